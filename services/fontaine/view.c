/* The POP as the templates see it. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/view.h"

#include "base/mem.h"
#include "base/name.h"
#include "base/pop_notices.h"
#include "base/reverse.h"
#include "fontaine/ixf.h"
#include "fontaine/view_bgp.h"
#include "fontaine/view_dns.h"
#include "fontaine/view_management.h"
#include "fontaine/view_network.h"
#include "net/workers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DNS_PORT = 53 };

/** A mail address as a domain name: first.last@example.net is first\.last.example.net. (RFC 1035, 8). */
static void add_mailbox(yyjson_mut_doc *d, yyjson_mut_val *site, const char *mail)
{
	char *text = mem_new(2 * strlen(mail) + 2);
	char *out = text;

	for (; *mail != '@'; mail++) {
		if (*mail == '.')
			*out++ = '\\';
		*out++ = *mail;
	}
	*out++ = '.';
	strcpy(out, mail + 1);
	yyjson_mut_obj_add_strcpy(d, site, "mailbox", text);
	free(text);
}

static void add_site(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop_site *s)
{
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, root, "site");

	yyjson_mut_obj_add_strcpy(d, o, "name", s->name);
	yyjson_mut_obj_add_strcpy(d, o, "domain", s->domain);
	yyjson_mut_obj_add_bool(d, o, "is_delegated", !name_is_set_aside(s->domain));
	yyjson_mut_obj_add_strcpy(d, o, "contact", s->operated_by->contact);
	add_mailbox(d, o, s->operated_by->contact);
}

static void add_text(yyjson_mut_doc *d, yyjson_mut_val *list, const char *text)
{
	if (text != NULL)
		yyjson_mut_arr_add_strcpy(d, list, text);
}

/** The object of the service called @name, with its addresses; NULL when it is off. */
static yyjson_mut_val *add_service(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p,
                                   const char *name)
{
	struct pop_service all[POP_SERVICES];
	const struct pop_service *s = all;

	pop_list_services(p, all);
	while (strcmp(s->name, name) != 0)
		s++;
	if (!s->is_on) {
		yyjson_mut_obj_add_null(d, root, name);
		return NULL;
	}
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, root, name);
	yyjson_mut_val *addresses = yyjson_mut_obj_add_arr(d, o, "addresses");
	add_text(d, addresses, s->addresses->ipv4);
	add_text(d, addresses, s->addresses->ipv6);
	return o;
}

static void add_pages(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	yyjson_mut_val *o = add_service(d, root, p, "pages");
	if (o == NULL)
		return;

	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);
	yyjson_mut_val *http = yyjson_mut_obj_add_arr(d, o, "http");
	yyjson_mut_val *https = yyjson_mut_obj_add_arr(d, o, "https");

	yyjson_mut_obj_add_uint(d, o, "https_port", p->services->pages->https_port);
	for (size_t i = 0; i < n; i++) {
		char text[ADDR_PORT_TEXT_MAX];
		if (strcmp(all[i].service, "pages") != 0)
			continue;
		if (strcmp(all[i].protocol, "http") == 0)
			add_text(d, http, addr_port_text(&all[i].addr, text));
		else if (strcmp(all[i].protocol, "https") == 0) /* HTTP/3 has the same */
			add_text(d, https, addr_port_text(&all[i].addr, text));
	}
}

static void add_turn(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	const struct pop_turn *turn = p->services->turn;
	yyjson_mut_val *o = add_service(d, root, p, "turn");

	if (o == NULL)
		return;
	yyjson_mut_obj_add_uint(d, o, "port", turn->port);
	yyjson_mut_obj_add_uint(d, o, "relay_port_first", turn->relay_port_first);
	yyjson_mut_obj_add_uint(d, o, "relay_port_last", turn->relay_port_last);
}

static void add_ntp(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	const struct pop_ntp *ntp = p->services->ntp;
	yyjson_mut_val *o = add_service(d, root, p, "ntp");

	if (o == NULL)
		return;
	yyjson_mut_obj_add_uint(d, o, "port", ntp->port);
	yyjson_mut_obj_add_bool(d, o, "set_clock", ntp->set_clock);
	yyjson_mut_obj_add_bool(d, o, "is_alone", ntp->n_sources + ntp->n_nts_sources == 0);
	yyjson_mut_obj_add_uint(d, o, "nts_port", ntp->nts_port);
	yyjson_mut_obj_add_uint(d, o, "processes", workers_default());
	yyjson_mut_obj_add_bool(d, o, "keys_are_pushed", ntp->nts_keys == POP_NTS_KEYS_PUSHED);
	yyjson_mut_obj_add_bool(d, o, "hardware_timestamps", ntp->hardware_timestamps);
	yyjson_mut_val *unicast = yyjson_mut_obj_add_arr(d, o, "unicast"); /* what other servers are asked from */
	if (ntp->addresses != NULL && p->addresses != NULL) {
		add_text(d, unicast, p->addresses->ipv4);
		add_text(d, unicast, p->addresses->ipv6);
	}
	yyjson_mut_val *nts_sources = yyjson_mut_obj_add_arr(d, o, "nts_sources");
	for (unsigned i = 0; i < ntp->n_nts_sources; i++)
		add_text(d, nts_sources, ntp->nts_sources[i]);
	yyjson_mut_val *sources = yyjson_mut_obj_add_arr(d, o, "sources");
	for (unsigned i = 0; i < ntp->n_sources; i++)
		add_text(d, sources, ntp->sources[i]);
}

/** Whom the resolver answers: the POP itself, and the members. */
static int add_clients(yyjson_mut_doc *d, yyjson_mut_val *resolver, const struct pop *p)
{
	yyjson_mut_val *clients = yyjson_mut_obj_add_arr(d, resolver, "clients");

	view_own_addresses(d, clients, p);
	for (unsigned i = 0; i < p->n_members; i++) {
		const struct pop_member *m = &p->members[i];
		for (unsigned j = 0; j < m->n_prefixes; j++)
			add_text(d, clients, m->prefixes[j]);
		for (unsigned j = 0; j < m->n_peering; j++)
			add_text(d, clients, m->peering[j]);
	}
	return p->ixf_export == NULL ? 0 : ixf_add_prefixes(p->ixf_export, d, clients);
}

/** Its addresses as a SVCB record has them (RFC 9460, 7.3). */
static void add_hints(yyjson_mut_doc *d, yyjson_mut_val *resolver, const struct pop_addresses *a)
{
	char *text = mem_printf("%s%s%s%s", a->ipv4 != NULL ? " ipv4hint=" : "", a->ipv4 != NULL ? a->ipv4 : "",
	                        a->ipv6 != NULL ? " ipv6hint=" : "", a->ipv6 != NULL ? a->ipv6 : "");

	yyjson_mut_obj_add_strcpy(d, resolver, "hints", text);
	free(text);
}

static int add_resolver(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	yyjson_mut_val *o = add_service(d, root, p, "resolver");

	if (o == NULL)
		return 0;
	const struct pop_resolver *r = p->services->resolver;
	yyjson_mut_obj_add_uint(d, o, "port", r->port);
	yyjson_mut_obj_add_uint(d, o, "tls_port", r->tls_port);
	yyjson_mut_obj_add_uint(d, o, "https_port", r->https_port);
	yyjson_mut_obj_add_uint(d, o, "threads", workers_default());
	yyjson_mut_obj_add_uint(d, o, "queries_per_second", r->queries_per_second);
	yyjson_mut_obj_add_bool(d, o, "local_root", r->local_root);
	add_hints(d, o, r->addresses != NULL ? r->addresses : p->addresses);
	yyjson_mut_val *root_servers = yyjson_mut_obj_add_arr(d, o, "root_servers");
	for (unsigned i = 0; i < r->n_root_servers; i++)
		add_text(d, root_servers, r->root_servers[i]);
	return add_clients(d, o, p);
}

/** Whether there are files for it: true, or null. */
static void add_whether(yyjson_mut_doc *d, yyjson_mut_val *root, const char *what, bool is_on)
{
	yyjson_mut_obj_add_val(d, root, what, is_on ? yyjson_mut_true(d) : yyjson_mut_null(d));
}

static void add_authoritative(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	yyjson_mut_val *o = add_service(d, root, p, "authoritative");

	const struct pop_authoritative *a = p->services->authoritative;
	add_whether(d, root, "knot", a != NULL && a->server == POP_DNS_KNOT);
	add_whether(d, root, "nsd", a != NULL && a->server == POP_DNS_NSD);
	add_whether(d, root, "as112", a != NULL && a->as112);
	if (o == NULL)
		return;
	yyjson_mut_obj_add_uint(d, o, "port", a->port);
	yyjson_mut_obj_add_uint(d, o, "tls_port", a->tls_port);
	yyjson_mut_obj_add_uint(d, o, "threads", workers_default());
	view_secondaries(d, o, a->secondaries, a->n_secondaries);
	view_primaries(d, o, a);
	yyjson_mut_obj_add_bool(d, o, "has_keys", a->n_secondaries + a->n_primaries > 0 || p->services->rdns != NULL);
	view_as112(d, o, a->as112);
}

/** The reverse zones of a prefix that a registry delegates. */
static void add_reverse_zones(yyjson_mut_doc *d, yyjson_mut_val *list, const char *text)
{
	struct prefix allocated;

	(void)prefix_parse(text, &allocated); /* was checked */
	unsigned n = reverse_zones(&allocated);
	for (unsigned i = 0; i < n; i++) {
		struct prefix zone = reverse_zone(&allocated, i);
		char name[REVERSE_NAME_MAX];
		add_text(d, list, reverse_name(&zone, REVERSE_RANGE, name));
	}
}

static void add_rdns(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop_rdns *s)
{
	if (s == NULL) {
		yyjson_mut_obj_add_null(d, root, "rdns");
		return;
	}
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, root, "rdns");
	yyjson_mut_val *zones = yyjson_mut_obj_add_arr(d, o, "zones");
	view_secondaries(d, o, s->secondaries, s->n_secondaries);
	yyjson_mut_val *networks = yyjson_mut_obj_add_arr(d, o, "networks"); /* of IPv6 */
	for (unsigned i = 0; i < s->n_zones; i++) {
		add_reverse_zones(d, zones, s->zones[i]);
		if (strchr(s->zones[i], ':') != NULL)
			add_text(d, networks, s->zones[i]);
	}
}

static void add_mirror(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	const struct pop_mirror *m = p->services->mirror;
	yyjson_mut_val *o = add_service(d, root, p, "mirror");

	if (o == NULL)
		return;
	yyjson_mut_obj_add_strcpy(d, o, "root", m->root);
	yyjson_mut_obj_add_uint(d, o, "rsync_port", m->rsync_port);
	yyjson_mut_obj_add_uint(d, o, "rsync_connections", m->rsync_connections);
	yyjson_mut_obj_add_uint(d, o, "downloads_per_prefix", m->downloads_per_prefix);
	if (m->download_mbps == 0)
		yyjson_mut_obj_add_null(d, o, "bytes_per_second");
	else
		yyjson_mut_obj_add_uint(d, o, "bytes_per_second", m->download_mbps * 1000000ULL / 8);
	yyjson_mut_val *before = yyjson_mut_obj_add_arr(d, o, "before"); /* generations beside the published one */
	for (unsigned i = 1; i < m->keep_generations; i++)
		yyjson_mut_arr_add_uint(d, before, i);
	bool has_others = false;
	for (unsigned i = 0; i < p->n_neighbours; i++)
		has_others = has_others || p->neighbours[i].mirror != NULL;
	yyjson_mut_obj_add_bool(d, o, "elsewhere", has_others); /* what is not here may be at another POP */
	yyjson_mut_val *projects = yyjson_mut_obj_add_arr(d, o, "projects");
	for (unsigned i = 0; i < m->n_projects; i++)
		yyjson_mut_obj_add_strcpy(d, yyjson_mut_arr_add_obj(d, projects), "name", m->projects[i].name);
}

/** A zone that the resolver is told the servers of. */
static void add_stub(yyjson_mut_doc *d, yyjson_mut_val *stubs, const char *zone, const struct pop *p,
                     struct pop_addresses a)
{
	char *name = mem_printf("%s.ipv6test.%s", zone, p->site->domain);
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, stubs);
	const char *const addresses[] = {a.ipv4, a.ipv6};

	yyjson_mut_obj_add_strcpy(d, o, "name", name);
	yyjson_mut_val *servers = yyjson_mut_obj_add_arr(d, o, "servers");
	free(name);
	for (size_t i = 0; i < 2; i++) {
		if (addresses[i] == NULL)
			continue;
		char *server = mem_printf("%s@%u", addresses[i], p->services->ipv6test->dns_port);
		add_text(d, servers, server);
		free(server);
	}
}

/** None on port 53, where the delegations lead to. */
static void add_stubs(yyjson_mut_doc *d, yyjson_mut_val *ipv6test, const struct pop *p, const char *const *zones,
                      size_t n)
{
	yyjson_mut_val *stubs = yyjson_mut_obj_add_arr(d, ipv6test, "stubs");
	struct pop_service all[POP_SERVICES];

	if (p->services->ipv6test->dns_port == DNS_PORT)
		return;
	pop_list_services(p, all);
	const struct pop_addresses *a = all[2].addresses;
	for (size_t i = 0; i < n; i++) {
		bool not_v4 = strcmp(zones[i], "v6ns") == 0, not_v6 = strcmp(zones[i], "v4ns") == 0;
		char *zone = mem_printf("%s.t", zones[i]);
		add_stub(d, stubs, zone, p, (struct pop_addresses){not_v4 ? NULL : a->ipv4, not_v6 ? NULL : a->ipv6});
		free(zone);
	}
	add_stub(d, stubs, "v6ns", p, (struct pop_addresses){.ipv6 = a->ipv6});
}

static void add_record(yyjson_mut_doc *d, yyjson_mut_val *records, const char *name,
                       const char *type, const char *address)
{
	if (address == NULL)
		return;
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, records);
	yyjson_mut_obj_add_strcpy(d, o, "name", name);
	yyjson_mut_obj_add_str(d, o, "type", type);
	yyjson_mut_obj_add_strcpy(d, o, "address", address);
}

/** By these names, a page measures one family. */
static void add_family_names(yyjson_mut_doc *d, yyjson_mut_val *list, yyjson_mut_val *records,
                             const struct pop_addresses *a)
{
	if (a->ipv4 != NULL)
		add_text(d, list, "speedtest-ipv4");
	if (a->ipv6 != NULL)
		add_text(d, list, "speedtest-ipv6");
	add_record(d, records, "speedtest-ipv4", "A", a->ipv4);
	add_record(d, records, "speedtest-ipv6", "AAAA", a->ipv6);
}

static void add_once(yyjson_mut_doc *d, yyjson_mut_val *list, const char *text)
{
	yyjson_mut_val *before;
	size_t i, n;

	yyjson_mut_arr_foreach(list, i, n, before)
		if (text != NULL && yyjson_mut_equals_str(before, text))
			return;
	add_text(d, list, text);
}

/** The names of the IPv6 test that stand still; the zones of its tests are delegated to it. */
static void add_ipv6test_names(yyjson_mut_doc *d, yyjson_mut_val *list, yyjson_mut_val *records, const struct pop *p,
                               const struct pop_addresses *a)
{
	static const struct {
		const char *name;
		bool ipv4, ipv6, is_server; /* of names, not of pages */
	} names[] = {
		{"ipv4", true, false, false},
		{"ipv6", false, true, false},
		{"ds", true, true, false},
		{"ns", true, true, true},
		{"ns4", true, false, true},
		{"ns6", false, true, true},
	};
	const char *mtu = p->services->ipv6test->mtu_ipv6;
	char text[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)snprintf(text, sizeof(text), "%s.ipv6test", names[i].name);
		add_record(d, records, text, "A", names[i].ipv4 ? a->ipv4 : NULL);
		add_record(d, records, text, "AAAA", names[i].ipv6 ? a->ipv6 : NULL);
		if (!names[i].is_server)
			add_text(d, list, text);
	}
	add_record(d, records, "mtu1280.ipv6test", "AAAA", mtu);
	if (mtu != NULL)
		add_text(d, list, "mtu1280.ipv6test");
	add_text(d, list, "ds.v6ns.ipv6test");
}

static void add_ipv6test(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	const char *zones[POP_IPV6_ZONES_MAX];
	size_t n = pop_ipv6_zones(p, zones);
	yyjson_mut_val *o = add_service(d, root, p, "ipv6test");

	if (o == NULL)
		return;
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d, o, "zones");
	for (size_t i = 0; i < n; i++)
		add_text(d, list, zones[i]);
	add_stubs(d, o, p, zones, n);
}

static bool has_tls(const struct pop_endpoint *e)
{
	static const char *const protocols[] = {"https", "rpm", "http3", "dot", "doh", "doq", "nts"};

	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++)
		if (strcmp(e->protocol, protocols[i]) == 0)
			return true;
	return false;
}

/** What the certificate is for: all names, and the addresses that TLS is spoken at; null when it is nowhere. */
static void add_tls(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);
	yyjson_mut_val *addresses = yyjson_mut_arr(d);

	for (size_t i = 0; i < n; i++) {
		char text[ADDR_TEXT_MAX];
		if (has_tls(&all[i]))
			add_once(d, addresses, addr_text(&all[i].addr, text));
	}
	if (yyjson_mut_arr_size(addresses) == 0)
		yyjson_mut_obj_add_null(d, root, "tls");
	else
		yyjson_mut_obj_add_val(d, yyjson_mut_obj_add_obj(d, root, "tls"), "addresses", addresses);
}

/** How a CA is asked for the certificate; null when the POP's own test CA makes it. */
static void add_certificates(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	const struct pop_certificates *c = p->certificates;

	if (c == NULL || yyjson_mut_is_null(yyjson_mut_obj_get(root, "tls"))) {
		yyjson_mut_obj_add_null(d, root, "certificates");
		return;
	}
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, root, "certificates");
	yyjson_mut_obj_add_strcpy(d, o, "directory", c->directory);
	yyjson_mut_obj_add_strcpy(d, o, "contact", c->contact != NULL ? c->contact : p->site->operated_by->contact);
	yyjson_mut_obj_add_bool(d, o, "is_http", c->challenge == POP_CHALLENGE_HTTP);
	yyjson_mut_obj_add_bool(d, o, "is_dns", c->challenge == POP_CHALLENGE_DNS);
	yyjson_mut_obj_add_bool(d, o, "external_account", c->external_account);
	if (c->ca_file != NULL)
		yyjson_mut_obj_add_strcpy(d, o, "ca_file", c->ca_file);
	else
		yyjson_mut_obj_add_null(d, o, "ca_file");
}

/** The POP's own names, for its zone and for its certificate. */
static void add_names(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	static const char *const names[POP_SERVICES] = {"www", "speedtest", "ipv6test", "turn",
	                                                "ntp", "dns", "ns1", NULL, NULL};
	struct pop_service all[POP_SERVICES];
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d, root, "names");
	yyjson_mut_val *records = yyjson_mut_obj_add_arr(d, root, "records");

	pop_list_services(p, all);
	if (all[0].is_on) { /* the domain alone leads to the pages */
		add_record(d, records, "@", "A", all[0].addresses->ipv4);
		add_record(d, records, "@", "AAAA", all[0].addresses->ipv6);
	}
	for (size_t i = 0; i < POP_SERVICES; i++) {
		if (!all[i].is_on || names[i] == NULL)
			continue;
		add_text(d, list, names[i]);
		add_record(d, records, names[i], "A", all[i].addresses->ipv4);
		add_record(d, records, names[i], "AAAA", all[i].addresses->ipv6);
	}
	if (p->services->speedtest != NULL)
		add_family_names(d, list, records, all[1].addresses);
	if (p->services->ipv6test != NULL)
		add_ipv6test_names(d, list, records, p, all[2].addresses);
}

yyjson_mut_val *view_new(yyjson_mut_doc *d, const struct pop *p, const char *dir)
{
	yyjson_mut_val *root = yyjson_mut_obj(d);

	yyjson_mut_obj_add_strcpy(d, root, "dir", dir);
	add_site(d, root, p->site);
	add_pages(d, root, p);
	view_management(d, root, p);
	add_ipv6test(d, root, p);
	add_turn(d, root, p);
	add_ntp(d, root, p);
	add_authoritative(d, root, p);
	add_rdns(d, root, p->services->rdns);
	add_mirror(d, root, p);
	view_bgp_add(d, root, p->bgp);
	add_whether(d, root, "exchange", p->exchange != NULL);
	add_whether(d, root, "latency", p->latency != NULL);
	add_whether(d, root, "peers", p->latency != NULL || p->notices != NULL);
	add_whether(d, root, "states", pop_notices_are_shown(p));
	add_names(d, root, p);
	add_tls(d, root, p);
	add_certificates(d, root, p);
	view_network(d, root, p);
	return add_resolver(d, root, p) < 0 ? NULL : root;
}
