/* SPDX-License-Identifier: MIT */
#include "ipv6test/zone.h"

#include "base/log.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* The longest name that a test asks for: a label, a nonce, and then the zone. */
	BELOW_APEX_BYTES = 2 + 1 + NONCE_LEN,
	/* SOA (RFC 1035, 3.3.13): there are no secondaries. */
	SERIAL = 1,
	REFRESH_S = 7200,
	RETRY_S = 900,
	EXPIRE_S = 1209600,
};

#define CHALLENGE "_acme-challenge"

/* A test of signatures: both addresses, and what becomes of the signatures. */
#define SIGNATURES(name, number, what) \
	{.label = (name), .a = true, .aaaa = ZONE_AAAA_OWN, .server = "ns", .algorithm = (number), .signatures = (what)}

static const struct zone_test tests[] = {
	{.label = "a", .a = true, .server = "ns"},
	{.label = "aaaa", .aaaa = ZONE_AAAA_OWN, .server = "ns"},
	{.label = "ds", .a = true, .aaaa = ZONE_AAAA_OWN, .server = "ns"},
	{.label = "mtu", .aaaa = ZONE_AAAA_MTU, .server = "ns"},
	{.label = "he", .a = true, .aaaa = ZONE_AAAA_BLACKHOLE, .server = "ns"},
	{.label = "late", .a = true, .aaaa = ZONE_AAAA_OWN, .server = "ns", .late = true},
	{.label = "tcp", .a = true, .aaaa = ZONE_AAAA_OWN, .server = "ns", .tcp_only = true},
	{.label = "v4ns", .a = true, .aaaa = ZONE_AAAA_OWN, .server = "ns4"},
	{.label = "v6ns", .a = true, .aaaa = ZONE_AAAA_OWN, .server = "ns6"},
	{.label = "v6ns", .a = true, .aaaa = ZONE_AAAA_OWN, .server = "ns6", .only = "ds"}, /* falling-sky's */
	{.label = "qmin", .a = true, .aaaa = ZONE_AAAA_OWN, .server = "ns", .minimisation = true},
	SIGNATURES("alg8", 8, ZONE_SIGNED),
	SIGNATURES("alg13", 13, ZONE_SIGNED),
	SIGNATURES("alg15", 15, ZONE_SIGNED),
	SIGNATURES("bogus", 13, ZONE_BOGUS),
	SIGNATURES("expired", 13, ZONE_EXPIRED),
	SIGNATURES("nosig", 13, ZONE_NOSIG),
};

static bool is_served(const struct zone_settings *s, const char *label)
{
	for (size_t i = 0; i < s->n_tests; i++)
		if (strcmp(s->tests[i], label) == 0)
			return true;
	return false;
}

static void add_bytes(struct zone_data *d, const void *bytes, size_t len)
{
	assert(d->len + len <= sizeof(d->bytes));
	memcpy(d->bytes + d->len, bytes, len);
	d->len = (uint16_t)(d->len + len);
}

static void add_u32(struct zone_data *d, uint32_t value)
{
	uint32_t wire = htonl(value);

	add_bytes(d, &wire, sizeof(wire));
}

static void set_address(struct zone_data *d, int family, const char *text)
{
	uint8_t wire[16];

	if (text != NULL && inet_pton(family, text, wire) == 1) /* the POP file was checked */
		add_bytes(d, wire, family == AF_INET ? 4 : 16);
}

/* A mail address as a name: what is before the @ is one label (RFC 1035, 8). */
static int add_mailbox(struct zone_data *d, const char *mail)
{
	size_t len = strcspn(mail, "@");
	struct dns_name host;

	if (len > DNS_LABEL_MAX_BYTES || dns_name_parse(mail + len + 1, &host) < 0)
		return -EINVAL;
	add_bytes(d, &(uint8_t){(uint8_t)len}, 1);
	add_bytes(d, mail, len);
	add_bytes(d, host.bytes, host.len);
	return 0;
}

static int set_soa(struct zone_data *d, const struct dns_name *server, const char *contact)
{
	static const uint32_t numbers[] = {SERIAL, REFRESH_S, RETRY_S, EXPIRE_S, ZONE_NEGATIVE_TTL_S};

	add_bytes(d, server->bytes, server->len);
	int rc = add_mailbox(d, contact);
	for (size_t i = 0; rc == 0 && i < sizeof(numbers) / sizeof(*numbers); i++)
		add_u32(d, numbers[i]);
	return rc;
}

/* "@label.@infix@domain"; a name that is too long is -EINVAL. */
static int make_name(const char *label, const char *infix, const char *domain, struct dns_name *ret)
{
	char *text = mem_printf("%s.%s%s", label, infix, domain);
	int rc = dns_name_parse(text, ret);

	free(text);
	return rc;
}

/* "LABEL._acme-challenge.DOMAIN", where LABEL is all of the zone's own. */
static int set_challenge(struct zone_data *d, const struct zone_test *test, const char *domain)
{
	char label[DNS_LABEL_MAX_BYTES + 1];
	struct dns_name name;

	(void)snprintf(label, sizeof(label), "%s%s%s", test->only != NULL ? test->only : "",
	               test->only != NULL ? "-" : "", test->label);
	int rc = make_name(label, CHALLENGE ".", domain, &name);
	if (rc == 0)
		add_bytes(d, name.bytes, name.len);
	return rc;
}

static int zone_init(struct zone *z, const struct zone_test *test, const struct zone_settings *s)
{
	const char *const aaaa[] = {
		[ZONE_AAAA_OWN] = s->ipv6,
		[ZONE_AAAA_MTU] = s->mtu_ipv6,
		[ZONE_AAAA_BLACKHOLE] = s->blackhole_ipv6,
	};
	struct dns_name server = {.len = 0};

	z->test = test;
	int rc = make_name(test->label, test->only == NULL ? "t." : "", s->domain, &z->apex);
	if (rc == 0)
		rc = make_name(test->server, "", s->domain, &server);
	if (rc == 0)
		rc = set_challenge(&z->challenge, test, s->domain);
	if (rc < 0 || z->apex.len + BELOW_APEX_BYTES > DNS_NAME_MAX_BYTES)
		return -EINVAL;
	if (test->a)
		set_address(&z->a, AF_INET, s->ipv4);
	set_address(&z->aaaa, AF_INET6, aaaa[test->aaaa]);
	add_bytes(&z->ns, server.bytes, server.len);
	return set_soa(&z->soa, &server, s->contact);
}

int zones_new(const struct zone_settings *settings, struct zones **ret)
{
	struct zones *zones = mem_new(sizeof(*zones));
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(tests) / sizeof(*tests); i++) {
		if (!is_served(settings, tests[i].label))
			continue;
		zones->list[zones->n].index = zones->n;
		rc = zone_init(&zones->list[zones->n++], &tests[i], settings);
	}
	if (rc == 0) {
		*ret = zones;
		return 0;
	}
	log_error("site.domain or site.operated_by.contact: too long for names of the IPv6 test: choose a shorter one");
	free(zones);
	return rc;
}

const struct zone *zones_find(const struct zones *zones, const struct dns_name *name)
{
	for (unsigned i = 0; i < zones->n; i++)
		if (dns_name_ends_with(name, &zones->list[i].apex))
			return &zones->list[i];
	return NULL;
}

unsigned zone_depth(const struct zone *z, const struct dns_name *name)
{
	return (unsigned)name->n_labels - z->apex.n_labels;
}

static bool looks_like_nonce(const uint8_t *label)
{
	if (label[0] != NONCE_LEN)
		return false;
	for (unsigned i = 1; i <= NONCE_LEN; i++)
		if ((label[i] < 'a' || label[i] > 'z') && (label[i] < '2' || label[i] > '7'))
			return false;
	return true;
}

const char *zone_nonce(const struct zone *z, const struct dns_name *name)
{
	unsigned depth = zone_depth(z, name);

	if (depth == 0 || z->test->only != NULL)
		return NULL;
	const uint8_t *label = &name->bytes[name->label_at[depth - 1]];
	return looks_like_nonce(label) ? (const char *)label + 1 : NULL;
}

/* Whether the label of @name that has @n others before it is @text. */
static bool is_label(const struct dns_name *name, unsigned n, const char *text)
{
	const uint8_t *label = &name->bytes[name->label_at[n]];

	return label[0] == strlen(text) && memcmp(&label[1], text, label[0]) == 0;
}

bool zone_is_challenge(const struct zone *z, const struct dns_name *name)
{
	unsigned depth = zone_depth(z, name);

	if (depth == 0 || !is_label(name, 0, CHALLENGE))
		return false;
	return z->test->only == NULL ? depth == 1 : depth == 2 && is_label(name, 1, z->test->only);
}

bool zone_has(const struct zone *z, const struct dns_name *name)
{
	const char *only = z->test->only;

	if (zone_depth(z, name) == 0 || zone_is_challenge(z, name))
		return true;
	if (only == NULL)
		return zone_nonce(z, name) != NULL;
	return zone_depth(z, name) == 1 && is_label(name, 0, only);
}
