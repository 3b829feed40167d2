/* The POP as the templates see it: plain names, lists ready to loop over. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_VIEW_H
#define FONTAINE_FONTAINE_VIEW_H

#include "base/pop.h"

#include <yyjson.h>

/**
 * dir       where the configurations are written
 * site      name, domain; mailbox: the contact as DNS writes it; is_delegated: the
 *           domain is not under a name set aside (RFC 6761, RFC 2606)
 * pages     http, https: lists of "address:port"
 * turn      addresses, port, relay_port_first, relay_port_last
 * ntp       addresses, port, set_clock, sources, is_alone: has no source
 * resolver  addresses, port, tls_port, https_port, threads, queries_per_second, local_root, root_servers;
 *           hints: its addresses as in a SVCB record; clients: prefixes that may ask
 * authoritative  addresses, port, tls_port, threads, primaries, secondaries, has_keys;
 *           as112: hosts, its addresses, and empty, its zones; or null
 * knot, nsd which of them serves that, as112 whether it is a node of that: true or null
 * network   interfaces: name, kind (bond, vlan or null), is_bond, vlan, mtu, bond, addresses, gateways, vlans: those
 *           on it; sockets: family (4 or 6), address, transport and port of each; ssh4, ssh6: who may log in; or null
 * names     names of the POP itself, without the domain's
 * records   name, type (A or AAAA) and address of each of them
 *
 * A service that is off is null. Texts are copied, so @p may go first.
 * Return: the root object; or NULL when the IX-F export cannot be read, logged.
 */
yyjson_mut_val *view_new(yyjson_mut_doc *d, const struct pop *p, const char *dir);

#endif
