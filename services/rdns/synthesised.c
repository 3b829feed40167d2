/* SPDX-License-Identifier: MIT */
#include "rdns/synthesised.h"

#include "base/mem.h"
#include "rdns/records.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *synthesised_server(const struct pop *p, char out[SYNTHESISED_NAME_MAX])
{
	(void)snprintf(out, SYNTHESISED_NAME_MAX, "ns1.%s", p->site->domain);
	return out;
}

const char *synthesised_catalog(const struct pop *p, char out[SYNTHESISED_NAME_MAX])
{
	(void)snprintf(out, SYNTHESISED_NAME_MAX, "synthesised.%s", p->site->domain);
	return out;
}

bool synthesised_is(const struct delegated *d, const struct pop *p)
{
	char own[SYNTHESISED_NAME_MAX];

	if (addr_family(&d->prefix.addr) == AF_INET)
		return false;
	(void)synthesised_server(p, own);
	for (size_t i = 0; i < d->n_zones; i++) {
		const struct delegation *zone = &d->zones[i];
		if (zone->n_servers != 1 || strcmp(zone->servers[0].name, own) != 0 ||
		    ldns_rr_list_rr_count(zone->ds) > 0)
			return false;
	}
	return true;
}

/** Whether @records have for the owner of @ns nothing but that. */
static bool is_alone(const ldns_rr_list *records, const ldns_rr *ns)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(records, i);
		if (rr != ns && ldns_dname_compare(ldns_rr_owner(rr), ldns_rr_owner(ns)) == 0)
			return false;
	}
	return true;
}

ldns_rr_list *synthesised_zones(const ldns_rr_list *records, const struct pop *p)
{
	char own[SYNTHESISED_NAME_MAX];
	ldns_rdf *name = ldns_dname_new_frm_str(synthesised_server(p, own));
	ldns_rdf *above = ldns_dname_new_frm_str("ip6.arpa");
	ldns_rr_list *list = ldns_rr_list_new();

	for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(records, i);
		bool is_own = ldns_rr_get_type(rr) == LDNS_RR_TYPE_NS &&
		              ldns_dname_compare(ldns_rr_rdf(rr, 0), name) == 0 &&
		              ldns_dname_is_subdomain(ldns_rr_owner(rr), above);
		if (is_own && is_alone(records, rr))
			(void)ldns_rr_list_push_rr(list, ldns_rr_clone(rr));
	}
	ldns_rdf_deep_free(above);
	ldns_rdf_deep_free(name);
	return list;
}

/* Frees @line. */
static void add(ldns_rr_list *list, char *line)
{
	ldns_rr *rr;
	ldns_status status = ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL);

	assert(status == LDNS_STATUS_OK); /* names of ours */
	(void)status;
	(void)ldns_rr_list_push_rr(list, rr);
	free(line);
}

void synthesised_add_own(ldns_rr_list *list, const char *zone, const struct pop *p)
{
	char own[SYNTHESISED_NAME_MAX];

	add(list, mem_printf("%s. %d IN NS %s.", zone, RECORDS_TTL_S, synthesised_server(p, own)));
}

/** As mod-synthrecord does it: dashes for colons, and none at the end; a pair of zeros there is written out. */
static void write_label(const struct addr *a, char *out, size_t size)
{
	enum { COLONS_OF_A_PAIR = 7 };
	char text[ADDR_TEXT_MAX];
	size_t len = strlen(addr_text(a, text)), n = 0;
	bool is_open = text[len - 1] == ':';

	for (size_t i = 0; i < len; i++)
		if (text[i] == ':') {
			text[i] = '-';
			n++;
		}
	bool is_pair = is_open && n == COLONS_OF_A_PAIR;
	const char *zeros = is_open ? "0" : "";
	(void)snprintf(out, size, "%.*s%s", (int)(len - is_pair), text, is_pair ? "0-0" : zeros);
}

void synthesised_add_ptr(ldns_rr_list *list, const struct addr *a, const struct pop *p)
{
	struct prefix alone = prefix_of(a, 128);
	char owner[REVERSE_NAME_MAX], label[ADDR_TEXT_MAX + sizeof("0-0")];

	write_label(a, label, sizeof(label));
	add(list, mem_printf("%s. %d IN PTR %s.ip6.%s.", reverse_name(&alone, REVERSE_RANGE, owner), RECORDS_TTL_S,
	                     label, p->site->domain));
}

void synthesised_add_apex(ldns_rr_list *list, const char *catalog)
{
	add(list, mem_printf("%s. 0 IN NS invalid.", catalog));
	add(list, mem_printf("version.%s. 0 IN TXT \"2\"", catalog));
}

void synthesised_add(ldns_rr_list *list, const char *zone, const char *catalog)
{
	char label[REVERSE_NAME_MAX] = "";
	size_t len = 0;

	for (const char *c = zone; c[0] != '\0' && c[1] == '.'; c += 2) /* its nibbles are unlike another's */
		label[len++] = *c;
	add(list, mem_printf("%.*s.zones.%s. 0 IN PTR %s.", (int)len, label, catalog, zone));
}

ldns_rr_list *synthesised_members(const ldns_rr_list *zones, const char *catalog)
{
	ldns_rr_list *members = ldns_rr_list_new();

	for (size_t i = 0; i < ldns_rr_list_rr_count(zones); i++) {
		char *zone = ldns_rdf2str(ldns_rr_owner(ldns_rr_list_rr(zones, i)));
		zone[strlen(zone) - 1] = '\0'; /* its dot */
		synthesised_add(members, zone, catalog);
		free(zone);
	}
	return members;
}
