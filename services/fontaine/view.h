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
 * resolver  addresses, port, clients: prefixes that may ask
 * authoritative  addresses, port
 * names     names of the POP itself, without the domain's
 * records   name, type (A or AAAA) and address of each of them
 *
 * A service that is off is null. Texts are copied, so @p may go first.
 * Return: the root object; or NULL when the IX-F export cannot be read, logged.
 */
yyjson_mut_val *view_new(yyjson_mut_doc *d, const struct pop *p, const char *dir);

#endif
