/* SPDX-License-Identifier: MIT */
#include "delegation/delegation.h"

#include "base/mem.h"
#include "base/name.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/** Lower case, without the dot at the end. Return: whether @text has a length that a name can have. */
static bool copy_name(char out[DELEGATION_NAME_MAX], const char *text, size_t len)
{
	if (len > 0 && text[len - 1] == '.')
		len--;
	if (len == 0 || len >= DELEGATION_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		out[i] = (char)tolower((unsigned char)text[i]);
	out[len] = '\0';
	return true;
}

const char *delegation_init(struct delegation *d, const char *zone)
{
	*d = (struct delegation){.ds = ldns_rr_list_new()};
	if (prefix_parse(zone, &d->prefix) == 0) {
		if (reverse_zones(&d->prefix) != 1)
			return "this prefix is more than one zone: IPv4 is cut at octets, IPv6 at nibbles";
		(void)reverse_name(&d->prefix, REVERSE_RANGE, d->zone);
		return NULL;
	}
	if (reverse_parse(zone, &d->prefix) < 0 || !copy_name(d->zone, zone, strlen(zone)))
		return "this is no reverse zone; write it like 2.0.192.in-addr.arpa, "
		       "0-127.2.0.192.in-addr.arpa or 8.b.d.0.1.0.0.2.ip6.arpa, or as a prefix";
	return NULL;
}

void delegation_done(struct delegation *d)
{
	ldns_rr_list_deep_free(d->ds);
}

bool delegation_is_below(const char *name, const char *zone)
{
	size_t name_len = strlen(name), zone_len = strlen(zone);

	return name_len >= zone_len && strcmp(name + name_len - zone_len, zone) == 0 &&
	       (name_len == zone_len || name[name_len - zone_len - 1] == '.');
}

static const char *add_addresses(struct delegation_server *s, char *list)
{
	char *rest = NULL;

	for (char *one = strtok_r(list, ",", &rest); one != NULL; one = strtok_r(NULL, ",", &rest)) {
		if (s->n_addresses == DELEGATION_ADDRESSES_MAX)
			return "a name server has more than four addresses";
		if (addr_parse(one, 53, &s->addresses[s->n_addresses++]) < 0)
			return "after the = there must be addresses with commas between them";
	}
	return s->n_addresses == 0 ? "there is no address after the =" : NULL;
}

/** A name in a reverse zone may have a slash in it (RFC 2317). */
static bool is_server_name(const char *name)
{
	char plain[DELEGATION_NAME_MAX];
	size_t len = strlen(name);

	for (size_t i = 0; i <= len; i++)
		plain[i] = name[i];
	if (delegation_is_below(name, "in-addr.arpa"))
		for (char *slash = strchr(plain, '/'); slash != NULL; slash = strchr(slash, '/'))
			*slash = '-';
	return name_is_domain(plain);
}

const char *delegation_add_server(struct delegation *d, const char *text)
{
	struct delegation_server s = {.n_addresses = 0};
	const char *equals = strchrnul(text, '=');

	if (d->n_servers == DELEGATION_SERVERS_MAX)
		return "there are more than twelve name servers";
	if (!copy_name(s.name, text, (size_t)(equals - text)) || !is_server_name(s.name))
		return "this is no name of a name server";
	for (size_t i = 0; i < d->n_servers; i++)
		if (strcmp(d->servers[i].name, s.name) == 0)
			return "this name server is given twice";
	s.is_inside = delegation_is_below(s.name, d->zone);
	if (*equals != '\0') {
		char *list = mem_strdup(equals + 1);
		const char *wrong = add_addresses(&s, list);
		free(list);
		if (wrong != NULL)
			return wrong;
	}
	d->servers[d->n_servers++] = s;
	return NULL;
}

const char *delegation_add_ds(struct delegation *d, const char *text)
{
	static const size_t digest_bytes[] = {[1] = 20, [2] = 32, [4] = 48};
	ldns_rr *rr;

	if (ldns_rr_list_rr_count(d->ds) == DELEGATION_DS_MAX)
		return "there are more than twelve DS records";
	char *line = mem_printf("%s. 3600 IN DS %s", d->zone, text);
	ldns_status status = ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL);
	free(line);
	if (status != LDNS_STATUS_OK || ldns_rr_rd_count(rr) != 4) {
		if (status == LDNS_STATUS_OK)
			ldns_rr_free(rr);
		return "write a DS record like \"12345 13 2 0123...CDEF\": key tag, algorithm, digest type, digest";
	}
	uint8_t type = ldns_rdf2native_int8(ldns_rr_rdf(rr, 2));
	bool is_known = type < sizeof(digest_bytes) / sizeof(*digest_bytes) && digest_bytes[type] > 0;
	if (!is_known || ldns_rdf_size(ldns_rr_rdf(rr, 3)) != digest_bytes[type]) {
		ldns_rr_free(rr);
		return is_known ? "the digest of the DS record has the wrong length for its type"
		                : "the digest type of the DS record is none that is in use";
	}
	(void)ldns_rr_list_push_rr(d->ds, rr);
	return NULL;
}
