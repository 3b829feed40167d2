/* What the POP file's schema cannot say. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_check.h"

#include "base/addr.h"
#include "base/asn.h"
#include "base/mem.h"
#include "base/pop_bgp.h"
#include "base/pop_certificates.h"
#include "base/pop_dns.h"
#include "base/pop_exchange.h"
#include "base/pop_latency.h"
#include "base/pop_management.h"
#include "base/pop_member.h"
#include "base/pop_mirror.h"
#include "base/pop_neighbour.h"
#include "base/pop_network.h"
#include "base/pop_notices.h"
#include "base/pop_rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PATH_MAX_BYTES = 96,
	NTP_SOURCES_MIN = 4,
	DAEMON_WORKERS_MAX = 64,
	NONCES_MAX = 4 << 20,
	RELAY_PORT_MIN = 1024,
	REGISTRY_IPV4_MAX = 24, /* longer IPv4 prefixes have no zone at a registry (RFC 2317) */
	RECHECK_HOURS_MAX = 168,
};

static int check_languages(struct pop_doc *d, const struct pop_site *site)
{
	char path[PATH_MAX_BYTES];

	for (unsigned i = 0; i < site->n_languages; i++) {
		int rc = pop_rule_check(d, &pop_rule_language, site->languages[i], "site.languages[%u]", i);
		if (rc < 0)
			return rc;
		(void)snprintf(path, sizeof(path), "site.languages[%u]", i);
		for (unsigned j = 0; j < i; j++)
			if (strcmp(site->languages[i], site->languages[j]) == 0)
				return pop_doc_refuse(d, path, "remove one of the two",
				                      "\"%s\" is listed twice", site->languages[i]);
	}
	return 0;
}

static int check_site(struct pop_doc *d, const struct pop_site *site)
{
	int rc = pop_rule_check(d, &pop_rule_label, site->name, "site.name");

	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_domain, site->domain, "site.domain");
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_country, site->country, "site.country");
	if (rc == 0)
		rc = check_languages(d, site);
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_url, site->operated_by->url, "site.operated_by.url");
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_mail, site->operated_by->contact, "site.operated_by.contact");
	if (rc == 0 && site->sponsor != NULL)
		rc = pop_rule_check(d, &pop_rule_url, site->sponsor->url, "site.sponsor.url");
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_url, site->upgrades, "site.upgrades");
	return rc;
}

static int check_addresses(struct pop_doc *d, const struct pop_addresses *a, const char *path)
{
	if (a->ipv4 == NULL && a->ipv6 == NULL)
		return pop_doc_refuse(d, path, "give ipv4, ipv6 or both", "no address");
	int rc = pop_rule_check(d, &pop_rule_ipv4, a->ipv4, "%s.ipv4", path);
	return rc < 0 ? rc : pop_rule_check(d, &pop_rule_ipv6, a->ipv6, "%s.ipv6", path);
}

/** Every service that is on has an address. */
static int check_service_addresses(struct pop_doc *d, const struct pop *p)
{
	struct pop_service all[POP_SERVICES];
	unsigned n_on = 0;

	pop_list_services(p, all);
	for (size_t i = 0; i < POP_SERVICES; i++) {
		char path[PATH_MAX_BYTES];
		if (!all[i].is_on)
			continue;
		n_on++;
		(void)snprintf(path, sizeof(path), "services.%s", all[i].name);
		if (all[i].addresses == NULL)
			return pop_doc_refuse(d, path,
			                      "add \"addresses\" to this service, or for all services "
			                      "at the top of the file",
			                      "no address to answer on");
		(void)snprintf(path, sizeof(path), "services.%s.addresses", all[i].name);
		int rc = check_addresses(d, all[i].addresses, path);
		if (rc < 0)
			return rc;
	}
	if (n_on == 0)
		return pop_doc_refuse(d, "services", "add at least one, for instance \"speedtest: {}\"",
		                      "no service is on");
	return 0;
}

static bool is_udp(const struct pop_endpoint *e)
{
	static const char *const protocols[] = {"udp", "http3", "doq"};

	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++)
		if (strcmp(e->protocol, protocols[i]) == 0)
			return true;
	return false;
}

static bool same_socket(const struct pop_endpoint *a, const struct pop_endpoint *b)
{
	return is_udp(a) == is_udp(b) && addr_equal(&a->addr, &b->addr);
}

/** Where the POP file says the port of @e. */
static void write_port_key(const struct pop_endpoint *e, char ret[PATH_MAX_BYTES])
{
	bool is_dns = strcmp(e->protocol, "udp") == 0 || strcmp(e->protocol, "tcp") == 0;
	const char *key = strncmp(e->protocol, "mtu-", 4) == 0 ? e->protocol + 4 : e->protocol;

	if (strcmp(key, "http3") == 0 || strcmp(key, "doh") == 0)
		key = "https";
	if (strcmp(key, "dot") == 0 || strcmp(key, "doq") == 0)
		key = "tls";
	if (is_dns)
		key = "";
	if (is_dns && strcmp(e->service, "ipv6test") == 0)
		key = "dns";
	if (is_dns && strcmp(e->service, "rdns") == 0)
		key = "notify";
	(void)snprintf(ret, PATH_MAX_BYTES, "services.%s.%s%sport", e->service, key, *key == '\0' ? "" : "_");
}

/** No two services answer on one socket. */
static int check_clashes(struct pop_doc *d, const struct pop *p)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);
	char path[PATH_MAX_BYTES];
	char text[ADDR_PORT_TEXT_MAX];

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++) {
			if (!same_socket(&all[i], &all[j]))
				continue;
			write_port_key(&all[i], path);
			return pop_doc_refuse(d, path,
			                      "give one of the two another port or addresses of its own",
			                      "%s is taken by %s (%s)",
			                      addr_port_text(&all[i].addr, text), all[j].service,
			                      all[j].protocol);
		}
	return 0;
}

static int check_ntp(struct pop_doc *d, const struct pop_ntp *ntp)
{
	unsigned n_sources = ntp->n_sources + ntp->n_nts_sources;

	for (unsigned i = 0; i < ntp->n_sources; i++) {
		int rc = pop_rule_check(d, &pop_rule_host, ntp->sources[i], "services.ntp.sources[%u]", i);
		if (rc < 0)
			return rc;
	}
	for (unsigned i = 0; i < ntp->n_nts_sources; i++) {
		int rc = pop_rule_check(d, &pop_rule_host, ntp->nts_sources[i], "services.ntp.nts_sources[%u]", i);
		if (rc < 0)
			return rc;
	}
	if (!ntp->set_clock || n_sources >= NTP_SOURCES_MIN)
		return 0;
	return pop_doc_refuse(d, "services.ntp.sources",
	                      "list at least four, run by different operators: with fewer, a wrong "
	                      "one cannot be told; or set_clock: false in a container",
	                      "%u time sources", n_sources);
}

/** What daemons of ours have in common. */
static int check_daemon(struct pop_doc *d, const char *service, unsigned workers, const struct pop_results *r)
{
	char path[PATH_MAX_BYTES];

	(void)snprintf(path, sizeof(path), "services.%s.workers", service);
	if (workers > DAEMON_WORKERS_MAX)
		return pop_doc_refuse(d, path, "give at most 64, or leave the key out for one per core",
		                      "%u workers are too many", workers);
	for (unsigned i = 0; i < r->n_origins; i++) {
		int rc = pop_rule_check(d, &pop_rule_path, r->origins[i], "services.%s.results.origins[%u]", service,
		                        i);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int check_speedtest(struct pop_doc *d, const struct pop_speedtest *s)
{
	unsigned least_mbps = s->download_mbps < s->upload_mbps ? s->download_mbps : s->upload_mbps;

	int rc = check_daemon(d, "speedtest", s->workers, s->results);
	if (rc < 0)
		return rc;
	if (s->test_mbps > least_mbps)
		return pop_doc_refuse(d, "services.speedtest.test_mbps",
		                      "give no more than download_mbps and upload_mbps",
		                      "%u Mbit/s for one test, of %u in all", s->test_mbps, least_mbps);
	return 0;
}

/** An address beside those of the service, which its own kernel or none answers for. */
static int check_extra_ipv6(struct pop_doc *d, const struct pop *p, const char *key, const char *text)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);
	char path[PATH_MAX_BYTES], own[ADDR_TEXT_MAX], other[ADDR_TEXT_MAX];
	struct addr a;

	if (text == NULL)
		return 0;
	int rc = pop_rule_check(d, &pop_rule_ipv6, text, "services.ipv6test.%s", key);
	if (rc < 0)
		return rc;
	(void)addr_parse(text, 0, &a); /* was checked */
	(void)snprintf(path, sizeof(path), "services.ipv6test.%s", key);
	for (size_t i = 0; i < n; i++) {
		bool is_mtu = strncmp(all[i].protocol, "mtu-", 4) == 0 && strcmp(key, "mtu_ipv6") == 0;
		if (!is_mtu && strcmp(addr_text(&all[i].addr, other), addr_text(&a, own)) == 0)
			return pop_doc_refuse(d, path, "give an address that nothing else answers on",
			                      "%s is an address of %s", text, all[i].service);
	}
	return 0;
}

static int check_ipv6test(struct pop_doc *d, const struct pop *p)
{
	const struct pop_ipv6test *s = p->services->ipv6test;
	int rc = check_daemon(d, "ipv6test", s->workers, s->results);

	if (rc == 0 && s->nonces > NONCES_MAX)
		rc = pop_doc_refuse(d, "services.ipv6test.nonces", "give at most 4194304: each takes a KiB of memory",
		                    "%u tests are too many to remember", s->nonces);
	if (rc == 0)
		rc = check_extra_ipv6(d, p, "mtu_ipv6", s->mtu_ipv6);
	if (rc == 0)
		rc = check_extra_ipv6(d, p, "blackhole_ipv6", s->blackhole_ipv6);
	return rc < 0 ? rc : pop_rule_check(d, &pop_rule_path, s->vrps, "services.ipv6test.vrps");
}

static int check_turn(struct pop_doc *d, const struct pop_services *s)
{
	const struct pop_turn *t = s->turn;

	if (t->relay_port_first < RELAY_PORT_MIN)
		return pop_doc_refuse(d, "services.turn.relay_port_first", "give 1024 or more",
		                      "port %u belongs to other services", t->relay_port_first);
	if (t->relay_port_first > t->relay_port_last)
		return pop_doc_refuse(d, "services.turn.relay_port_last",
		                      "give the same as relay_port_first, or more",
		                      "%u is before the first, %u", t->relay_port_last, t->relay_port_first);
	if (s->speedtest == NULL)
		return pop_doc_refuse(d, "services.turn", "add the speed test, or leave this out",
		                      "a part of the speed test, which is off");
	return 0;
}

/** A reverse zone that a registry delegates, and that is in no other one of the list. */
static int check_zone(struct pop_doc *d, const struct pop_rdns *s, unsigned i)
{
	char path[PATH_MAX_BYTES];
	struct prefix zone, other;

	(void)snprintf(path, sizeof(path), "services.rdns.zones[%u]", i);
	int rc = pop_rule_check_prefix(d, s->zones[i], path);
	if (rc < 0)
		return rc;
	(void)prefix_parse(s->zones[i], &zone); /* was checked */
	if (addr_family(&zone.addr) == AF_INET && zone.len > REGISTRY_IPV4_MAX)
		return pop_doc_refuse(d, path, "give the /24 or shorter prefix that a registry delegates",
		                      "%s has no reverse zone of its own", s->zones[i]);
	for (unsigned j = 0; j < i; j++) {
		(void)prefix_parse(s->zones[j], &other);
		if (prefix_overlaps(&zone, &other))
			return pop_doc_refuse(d, path, "keep the one that a registry delegates to the POP",
			                      "overlaps %s", s->zones[j]);
	}
	return 0;
}

static int check_rdns_lists(struct pop_doc *d, const struct pop_rdns *r)
{
	char path[PATH_MAX_BYTES];
	int rc = 0;

	for (unsigned i = 0; i < r->n_secondaries && rc == 0; i++) {
		(void)snprintf(path, sizeof(path), "services.rdns.secondaries[%u]", i);
		rc = pop_dns_check_secondary(d, &r->secondaries[i], path);
	}
	for (unsigned i = 0; i < r->n_lab_prefixes && rc == 0; i++) {
		(void)snprintf(path, sizeof(path), "services.rdns.lab_prefixes[%u]", i);
		rc = pop_rule_check_prefix(d, r->lab_prefixes[i], path);
		if (rc == 0 && i == POP_LAB_PREFIXES_MAX)
			rc = pop_doc_refuse(d, path, "name fewer, larger ones",
			                    "one more than the %u that are possible", i);
	}
	for (unsigned i = 0; i < r->n_origins && rc == 0; i++)
		rc = pop_rule_check(d, &pop_rule_path, r->origins[i], "services.rdns.origins[%u]", i);
	return rc;
}

static int check_rdns(struct pop_doc *d, const struct pop_services *s)
{
	const struct pop_rdns *r = s->rdns;
	int rc = 0;

	if (s->pages == NULL)
		return pop_doc_refuse(d, "services.rdns", "add \"pages: {}\"", "reached by the pages, which are off");
	if (s->authoritative == NULL)
		return pop_doc_refuse(d, "services.rdns", "add \"authoritative: {}\"",
		                      "served by the authoritative DNS server, which is off");
	if (s->resolver == NULL)
		return pop_doc_refuse(d, "services.rdns", "add \"resolver: {}\"",
		                      "its checks look names up at the resolver, which is off");
	for (unsigned i = 0; i < r->n_zones && rc == 0; i++)
		rc = check_zone(d, r, i);
	if (rc == 0)
		rc = check_rdns_lists(d, r);
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_path, r->assignments, "services.rdns.assignments");
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_url, r->webhook, "services.rdns.webhook");
	if (rc == 0 && r->recheck_hours > RECHECK_HOURS_MAX)
		rc = pop_doc_refuse(d, "services.rdns.recheck_hours", "give at most 168, a week",
		                    "%u hours are too long to notice what broke", r->recheck_hours);
	return rc;
}

static int check_services(struct pop_doc *d, const struct pop *p)
{
	const struct pop_services *s = p->services;

	int rc = check_service_addresses(d, p);
	if (rc == 0 && s->ipv6test != NULL)
		rc = check_ipv6test(d, p);
	if (rc == 0)
		rc = check_clashes(d, p);
	if (rc == 0 && s->ntp != NULL)
		rc = check_ntp(d, s->ntp);
	if (rc == 0)
		rc = pop_dns_check(d, p);
	if (rc == 0 && s->speedtest != NULL)
		rc = check_speedtest(d, s->speedtest);
	if (rc == 0 && s->turn != NULL)
		rc = check_turn(d, s);
	if (rc == 0 && s->rdns != NULL)
		rc = check_rdns(d, s);
	if (rc == 0 && s->mirror != NULL)
		rc = pop_mirror_check(d, p);
	return rc;
}

static int check_operators(struct pop_doc *d, const struct pop *p)
{
	for (unsigned i = 0; i < p->n_operators; i++) {
		int rc = pop_rule_check(d, &pop_rule_ssh_key, p->operators[i].ssh_key,
		                        "operators[%u].ssh_key", i);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int pop_check(struct pop_doc *d, const struct pop *p)
{
	int rc = check_site(d, p->site);

	if (rc == 0 && p->addresses != NULL)
		rc = check_addresses(d, p->addresses, "addresses");
	if (rc == 0)
		rc = pop_neighbours_check(d, p); /* before mirrors, which may follow one */
	if (rc == 0)
		rc = check_services(d, p);
	if (rc == 0 && p->bgp != NULL)
		rc = pop_bgp_check(d, p);
	if (rc == 0)
		rc = pop_certificates_check(d, p);
	if (rc == 0)
		rc = pop_management_check(d, p);
	if (rc == 0)
		rc = pop_members_check(d, p);
	if (rc == 0)
		rc = pop_exchange_check(d, p);
	if (rc == 0)
		rc = pop_latency_check(d, p);
	if (rc == 0)
		rc = pop_network_check(d, p);
	if (rc == 0)
		rc = pop_notices_check(d, p);
	return rc < 0 ? rc : check_operators(d, p);
}
