/* The POP file's routers. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_bgp.h"

#include "base/addr.h"
#include "base/asn.h"
#include "base/pop_rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	PATH_MAX_BYTES = 96,
	IPV4_LENGTH_MIN = 8,
	IPV6_LENGTH_MIN = 16,
	SECONDS_MAX = 3600,
};

void pop_bgp_fill(struct pop_bgp *b)
{
	b->ipv4_length = b->ipv4_length != 0 ? b->ipv4_length : 32;
	b->ipv6_length = b->ipv6_length != 0 ? b->ipv6_length : 128;
	b->hold_seconds = b->hold_seconds != 0 ? b->hold_seconds : 10;
	b->leave_seconds = b->leave_seconds != 0 ? b->leave_seconds : 30;
}

static int check_asn(struct pop_doc *d, uint32_t asn, const char *path)
{
	if (asn_is_usable(asn))
		return 0;
	return pop_doc_refuse(d, path, "give the network's own AS number", "AS%" PRIu32 " is reserved", asn);
}

static int check_length(struct pop_doc *d, unsigned len, unsigned min, unsigned max, const char *path)
{
	if (len >= min && len <= max)
		return 0;
	return pop_doc_refuse(d, path, "give the length of the prefix that is the POP's to announce",
	                      "%u is not from %u to %u", len, min, max);
}

static int check_seconds(struct pop_doc *d, unsigned seconds, const char *path)
{
	if (seconds <= SECONDS_MAX)
		return 0;
	return pop_doc_refuse(d, path, "give at most 3600, an hour", "%u seconds are too long", seconds);
}

/** Its name is looked for in one folder. */
static int check_password(struct pop_doc *d, const char *name, unsigned i)
{
	char path[PATH_MAX_BYTES];

	(void)snprintf(path, sizeof(path), "bgp.neighbours[%u].password", i);
	if (name == NULL || (strchr(name, '/') == NULL && name[0] != '.' && strpbrk(name, "\" ") == NULL))
		return 0;
	return pop_doc_refuse(d, path, "give the name of a file in /etc/fontaine/bgp, which has the password",
	                      "\"%s\" is not the name of a file", name);
}

static int check_neighbour(struct pop_doc *d, const struct pop_bgp *b, unsigned i)
{
	const struct pop_bgp_neighbour *n = &b->neighbours[i];
	char path[PATH_MAX_BYTES];

	(void)snprintf(path, sizeof(path), "bgp.neighbours[%u].asn", i);
	int rc = check_asn(d, n->asn, path);
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_address, n->address, "bgp.neighbours[%u].address", i);
	if (rc == 0)
		rc = check_password(d, n->password, i);
	(void)snprintf(path, sizeof(path), "bgp.neighbours[%u].address", i);
	for (unsigned j = 0; j < i && rc == 0; j++)
		if (strcmp(n->address, b->neighbours[j].address) == 0)
			rc = pop_doc_refuse(d, path, "remove one of the two", "%s is listed twice", n->address);
	return rc;
}

/** What is announced around @text; its own bits beyond the length are left out. */
static bool announced(const struct pop_bgp *b, const char *text, struct addr *ret_addr, struct prefix *ret)
{
	if (text == NULL || addr_parse(text, 0, ret_addr) < 0)
		return false;
	*ret = prefix_of(ret_addr, addr_family(ret_addr) == AF_INET ? b->ipv4_length : b->ipv6_length);
	return true;
}

/** One prefix goes and comes with one address: those of two would each take the other's along. */
static int check_pair(struct pop_doc *d, const struct pop_bgp *b, const char *one, const char *other)
{
	struct addr addr, other_addr;
	struct prefix prefix, other_prefix;

	if (!announced(b, one, &addr, &prefix) || !announced(b, other, &other_addr, &other_prefix) ||
	    addr_equal(&addr, &other_addr) || !prefix_overlaps(&prefix, &other_prefix))
		return 0;
	const char *path = addr_family(&addr) == AF_INET ? "bgp.ipv4_length" : "bgp.ipv6_length";
	return pop_doc_refuse(d, path, "leave it out, or give each service addresses in a prefix of its own",
	                      "%s and %s are in one prefix of that length", one, other);
}

static int check_prefixes(struct pop_doc *d, const struct pop *p)
{
	struct pop_service all[POP_SERVICES];
	int rc = 0;

	pop_list_services(p, all);
	for (size_t i = 0; i < POP_SERVICES; i++)
		for (size_t j = 0; j < i && rc == 0; j++) {
			if (!all[i].is_on || !all[j].is_on)
				continue;
			rc = check_pair(d, p->bgp, all[j].addresses->ipv4, all[i].addresses->ipv4);
			if (rc == 0)
				rc = check_pair(d, p->bgp, all[j].addresses->ipv6, all[i].addresses->ipv6);
		}
	return rc;
}

int pop_bgp_check(struct pop_doc *d, const struct pop *p)
{
	const struct pop_bgp *b = p->bgp;
	int rc = check_asn(d, b->asn, "bgp.asn");

	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_ipv4, b->router_id, "bgp.router_id");
	if (rc == 0)
		rc = check_length(d, b->ipv4_length, IPV4_LENGTH_MIN, 32, "bgp.ipv4_length");
	if (rc == 0)
		rc = check_length(d, b->ipv6_length, IPV6_LENGTH_MIN, 128, "bgp.ipv6_length");
	if (rc == 0)
		rc = check_seconds(d, b->hold_seconds, "bgp.hold_seconds");
	if (rc == 0)
		rc = check_seconds(d, b->leave_seconds, "bgp.leave_seconds");
	for (unsigned i = 0; i < b->n_neighbours && rc == 0; i++)
		rc = check_neighbour(d, b, i);
	return rc < 0 ? rc : check_prefixes(d, p);
}
