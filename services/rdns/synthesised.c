/* SPDX-License-Identifier: MIT */
#include "rdns/synthesised.h"

#include "base/mem.h"

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

bool synthesised_is_in(const ldns_rr_list *records, const struct pop *p)
{
	char own[SYNTHESISED_NAME_MAX];
	ldns_rdf *name = ldns_dname_new_frm_str(synthesised_server(p, own));
	bool is_in = false;

	for (size_t i = 0; !is_in && i < ldns_rr_list_rr_count(records); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(records, i);
		is_in = ldns_rr_get_type(rr) == LDNS_RR_TYPE_NS && ldns_dname_compare(ldns_rr_rdf(rr, 0), name) == 0;
	}
	ldns_rdf_deep_free(name);
	return is_in;
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
