/* What the POP file's schema cannot say. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_check.h"

#include "base/addr.h"
#include "base/mem.h"
#include "base/name.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PATH_MAX_BYTES = 96,
	NTP_SOURCES_MIN = 4,
	SPEEDTEST_WORKERS_MAX = 64,
};

/** What one text must be. */
struct rule {
	bool (*holds)(const char *text);
	const char *wanted; /* "is not ..." */
	const char *remedy;
};

static bool is_country(const char *text)
{
	return strlen(text) == 2 && isupper((unsigned char)text[0]) &&
	       isupper((unsigned char)text[1]);
}

static bool is_language(const char *text)
{
	return strcmp(text, "fr") == 0 || strcmp(text, "en") == 0;
}

/** An address that a host can have: neither "any" nor multicast nor broadcast. */
static bool is_host_address(const char *text, int family)
{
	struct addr a;

	if (addr_parse(text, 0, &a) < 0 || addr_family(&a) != family)
		return false;
	if (family == AF_INET6)
		return !IN6_IS_ADDR_UNSPECIFIED(&a.in6.sin6_addr) &&
		       !IN6_IS_ADDR_MULTICAST(&a.in6.sin6_addr);
	uint32_t host = ntohl(a.in.sin_addr.s_addr);
	return host >> 24 != 0 && host >> 28 < 0xe;
}

static bool is_ipv4(const char *text)
{
	return is_host_address(text, AF_INET);
}

static bool is_ipv6(const char *text)
{
	return is_host_address(text, AF_INET6);
}

static bool is_address(const char *text)
{
	return is_ipv4(text) || is_ipv6(text);
}

static bool is_host(const char *text)
{
	return is_address(text) || name_is_domain(text);
}

/** An absolute path without anything that a configuration file could trip over. */
static bool is_path(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr("/._-", *c) == NULL)
			return false;
	return text[0] == '/' && strstr(text, "..") == NULL;
}

/** "ssh-ed25519 AAAA... comment", as in authorized_keys without options (sshd(8)). */
static bool is_ssh_key(const char *text)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/=";
	size_t type = strcspn(text, " ");

	if (strncmp(text, "ssh-", 4) != 0 && strncmp(text, "ecdsa-sha2-", 11) != 0 &&
	    strncmp(text, "sk-", 3) != 0)
		return false;
	if (text[type] == '\0' || strncmp(text + type + 1, "AAAA", 4) != 0)
		return false;
	const char *end = text + type + 1 + strspn(text + type + 1, base64);
	return *end == '\0' || *end == ' ';
}

static const struct rule label_rule = {
	name_is_label, "a host name of one label",
	"use letters, digits and hyphens, such as \"lyon\""};
static const struct rule domain_rule = {
	name_is_domain, "a domain name", "write it like \"lyon.fontaine.example\", no dot at the end"};
static const struct rule mail_rule = {
	name_is_mail, "a mail address", "write it like \"noc@example.net\""};
static const struct rule url_rule = {
	name_is_url, "a web address", "write it like \"https://www.example.net/\""};
static const struct rule country_rule = {
	is_country, "a country code", "use the two capital letters of ISO 3166-1, such as FR"};
static const struct rule language_rule = {
	is_language, "a language of the pages", "choose from fr and en"};
static const struct rule ipv4_rule = {
	is_ipv4, "an IPv4 address of a host", "write one address, such as 192.0.2.1"};
static const struct rule ipv6_rule = {
	is_ipv6, "an IPv6 address of a host", "write one address, such as 2001:db8::1"};
static const struct rule address_rule = {
	is_address, "an address of a host", "write one address, such as 192.0.2.1 or 2001:db8::1"};
static const struct rule host_rule = {
	is_host, "a host name or an address", "write it like \"ntp.example.net\""};
static const struct rule path_rule = {
	is_path, "an absolute path", "write it like \"/etc/fontaine/ixf.json\""};
static const struct rule ssh_key_rule = {
	is_ssh_key, "an SSH public key",
	"paste one line of a file such as id_ed25519.pub, without options before it"};

/** Hold @text, NULL when the file does not give it, against @r. */
static int check_text(struct pop_doc *d, const struct rule *r, const char *text,
                      const char *path, ...) __attribute__((format(printf, 4, 5)));

static int check_text(struct pop_doc *d, const struct rule *r, const char *text,
                      const char *path, ...)
{
	char full_path[PATH_MAX_BYTES];
	va_list args;

	if (text == NULL || r->holds(text))
		return 0;
	va_start(args, path);
	(void)vsnprintf(full_path, sizeof(full_path), path, args);
	va_end(args);
	return pop_doc_refuse(d, full_path, r->remedy, "\"%s\" is not %s", text, r->wanted);
}

static int check_languages(struct pop_doc *d, const struct pop_site *site)
{
	char path[PATH_MAX_BYTES];

	for (unsigned i = 0; i < site->n_languages; i++) {
		int rc = check_text(d, &language_rule, site->languages[i], "site.languages[%u]", i);
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
	int rc = check_text(d, &label_rule, site->name, "site.name");

	if (rc == 0)
		rc = check_text(d, &domain_rule, site->domain, "site.domain");
	if (rc == 0)
		rc = check_text(d, &country_rule, site->country, "site.country");
	if (rc == 0)
		rc = check_languages(d, site);
	if (rc == 0)
		rc = check_text(d, &url_rule, site->operated_by->url, "site.operated_by.url");
	if (rc == 0)
		rc = check_text(d, &mail_rule, site->operated_by->contact, "site.operated_by.contact");
	if (rc == 0 && site->sponsor != NULL)
		rc = check_text(d, &url_rule, site->sponsor->url, "site.sponsor.url");
	return rc;
}

static int check_addresses(struct pop_doc *d, const struct pop_addresses *a, const char *path)
{
	if (a->ipv4 == NULL && a->ipv6 == NULL)
		return pop_doc_refuse(d, path, "give ipv4, ipv6 or both", "no address");
	int rc = check_text(d, &ipv4_rule, a->ipv4, "%s.ipv4", path);
	return rc < 0 ? rc : check_text(d, &ipv6_rule, a->ipv6, "%s.ipv6", path);
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

static bool same_socket(const struct pop_endpoint *a, const struct pop_endpoint *b)
{
	bool a_is_udp = strcmp(a->protocol, "udp") == 0;
	bool b_is_udp = strcmp(b->protocol, "udp") == 0;

	return a_is_udp == b_is_udp && addr_equal(&a->addr, &b->addr);
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
			bool is_http = strncmp(all[i].protocol, "http", 4) == 0;
			(void)snprintf(path, sizeof(path), "services.%s.%s%sport", all[i].service,
			               is_http ? all[i].protocol : "", is_http ? "_" : "");
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
	for (unsigned i = 0; i < ntp->n_sources; i++) {
		int rc = check_text(d, &host_rule, ntp->sources[i], "services.ntp.sources[%u]", i);
		if (rc < 0)
			return rc;
	}
	if (!ntp->set_clock || ntp->n_sources >= NTP_SOURCES_MIN)
		return 0;
	return pop_doc_refuse(d, "services.ntp.sources",
	                      "list at least four, run by different operators: with fewer, a wrong "
	                      "one cannot be told; or set_clock: false in a container",
	                      "%u time sources", ntp->n_sources);
}

static int check_services(struct pop_doc *d, const struct pop *p)
{
	const struct pop_services *s = p->services;

	int rc = check_service_addresses(d, p);
	if (rc == 0)
		rc = check_clashes(d, p);
	if (rc == 0 && s->ntp != NULL)
		rc = check_ntp(d, s->ntp);
	if (rc == 0 && s->speedtest != NULL && s->speedtest->workers > SPEEDTEST_WORKERS_MAX)
		rc = pop_doc_refuse(d, "services.speedtest.workers",
		                    "give at most 64, or leave the key out for one per core",
		                    "%u workers are too many", s->speedtest->workers);
	return rc;
}

static int check_prefix(struct pop_doc *d, const char *text, const char *path)
{
	struct prefix p;
	struct addr a;
	char address[ADDR_TEXT_MAX], right[PREFIX_TEXT_MAX], remedy[128];
	size_t len = strcspn(text, "/");

	if (text[len] == '/' && prefix_parse(text, &p) == 0)
		return 0;
	(void)snprintf(address, sizeof(address), "%.*s", (int)len, text);
	bool has_length = text[len] == '/' && text[len + 1] != '\0' &&
	                  text[len + 1 + strspn(text + len + 1, "0123456789")] == '\0';
	if (!has_length || len >= sizeof(address) || addr_parse(address, 0, &a) < 0)
		return pop_doc_refuse(d, path, "write it like 192.0.2.0/24 or 2001:db8::/32",
		                      "\"%s\" is not a prefix", text);

	unsigned long bits = strtoul(text + len + 1, NULL, 10);
	unsigned long max = addr_family(&a) == AF_INET ? 32 : 128;
	if (bits > max)
		return pop_doc_refuse(d, path, "shorten it to what the address has",
		                      "%lu bits are more than %lu", bits, max);
	p = prefix_of(&a, (unsigned)bits);
	(void)snprintf(remedy, sizeof(remedy), "write %s", prefix_text(&p, right));
	return pop_doc_refuse(d, path, remedy, "\"%s\" has bits set beyond its length", text);
}

/** Numbers that a network can originate routes with (RFC 7607, 7300, 6793). */
static bool is_asn(uint32_t asn)
{
	enum { AS_TRANS = 23456,
	       LAST_16_BIT = 65535 };

	return asn != 0 && asn != AS_TRANS && asn != LAST_16_BIT && asn != UINT32_MAX;
}

static int check_member(struct pop_doc *d, const struct pop_member *m, unsigned i)
{
	char path[PATH_MAX_BYTES];

	(void)snprintf(path, sizeof(path), "members[%u].asn", i);
	if (!is_asn(m->asn))
		return pop_doc_refuse(d, path, "give the member's own AS number",
		                      "AS%" PRIu32 " is reserved", m->asn);
	for (unsigned j = 0; j < m->n_prefixes; j++) {
		(void)snprintf(path, sizeof(path), "members[%u].prefixes[%u]", i, j);
		int rc = check_prefix(d, m->prefixes[j], path);
		if (rc < 0)
			return rc;
	}
	for (unsigned j = 0; j < m->n_peering; j++) {
		int rc = check_text(d, &address_rule, m->peering[j], "members[%u].peering[%u]", i, j);
		if (rc < 0)
			return rc;
	}
	for (unsigned j = 0; j < m->n_contacts; j++) {
		int rc = check_text(d, &mail_rule, m->contacts[j], "members[%u].contacts[%u]", i, j);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/** No AS number is listed twice. */
static int check_asns(struct pop_doc *d, const struct pop *p)
{
	char path[PATH_MAX_BYTES];

	for (unsigned i = 0; i < p->n_members; i++)
		for (unsigned j = 0; j < i; j++) {
			if (p->members[i].asn != p->members[j].asn)
				continue;
			(void)snprintf(path, sizeof(path), "members[%u].asn", i);
			return pop_doc_refuse(d, path, "join the two entries into one",
			                      "AS%" PRIu32 " is listed twice, as \"%s\" and \"%s\"",
			                      p->members[i].asn, p->members[j].name,
			                      p->members[i].name);
		}
	return 0;
}

struct owned_prefix {
	struct prefix prefix;
	unsigned member, index; /* members[member].prefixes[index] */
};

static bool overlap(const struct prefix *a, const struct prefix *b)
{
	return prefix_contains(a, &b->addr) || prefix_contains(b, &a->addr);
}

/** No address belongs to two members: each would get the other's rights. */
static int check_overlaps(struct pop_doc *d, const struct pop *p)
{
	struct owned_prefix *all = NULL;
	size_t n = 0;
	int rc = 0;

	for (unsigned i = 0; i < p->n_members; i++)
		for (unsigned j = 0; j < p->members[i].n_prefixes; j++) {
			struct owned_prefix *o;
			all = mem_resize(all, n + 1, sizeof(*all));
			o = &all[n++];
			*o = (struct owned_prefix){.member = i, .index = j};
			(void)prefix_parse(p->members[i].prefixes[j], &o->prefix); /* was checked */
		}
	for (size_t i = 0; i < n && rc == 0; i++)
		for (size_t j = 0; j < i && rc == 0; j++) {
			const struct owned_prefix *a = &all[j], *b = &all[i];
			char path[PATH_MAX_BYTES], text[PREFIX_TEXT_MAX];
			if (a->member == b->member || !overlap(&a->prefix, &b->prefix))
				continue;
			(void)snprintf(path, sizeof(path), "members[%u].prefixes[%u]", b->member,
			               b->index);
			rc = pop_doc_refuse(d, path, "leave every address to one member",
			                    "overlaps %s of AS%" PRIu32,
			                    prefix_text(&a->prefix, text), p->members[a->member].asn);
		}
	free(all);
	return rc;
}

static int check_members(struct pop_doc *d, const struct pop *p)
{
	if (p->n_members > 0 && p->ixf_export != NULL)
		return pop_doc_refuse(d, "ixf_export", "keep one of the two",
		                      "members are listed in this file as well");
	for (unsigned i = 0; i < p->n_members; i++) {
		int rc = check_member(d, &p->members[i], i);
		if (rc < 0)
			return rc;
	}
	int rc = check_asns(d, p);
	if (rc == 0)
		rc = check_overlaps(d, p);
	return rc < 0 ? rc : check_text(d, &path_rule, p->ixf_export, "ixf_export");
}

static int check_operators(struct pop_doc *d, const struct pop *p)
{
	for (unsigned i = 0; i < p->n_operators; i++) {
		int rc = check_text(d, &ssh_key_rule, p->operators[i].ssh_key,
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
		rc = check_services(d, p);
	if (rc == 0)
		rc = check_members(d, p);
	return rc < 0 ? rc : check_operators(d, p);
}
