/* SPDX-License-Identifier: MIT */
#include "rdns/apex.h"

#include "base/mem.h"
#include "rdns/records.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { TYPE_DSYNC = 66 };

static char *hex_of(const uint8_t *bytes, size_t len)
{
	char *text = mem_new(2 * len + 1);

	for (size_t i = 0; i < len; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return text;
}

static void add(ldns_rr_list *list, const char *origin, const char *rest)
{
	char *line = mem_printf("%s. %d IN %s", origin, RECORDS_TTL_S, rest);
	ldns_rr *rr;

	ldns_status status = ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL);
	assert(status == LDNS_STATUS_OK); /* names were checked with the POP file */
	(void)status;
	(void)ldns_rr_list_push_rr(list, rr);
	free(line);
}

/** Where to send a NOTIFY for @type, whatever the child (RFC 9859, 2). */
static void add_dsync(ldns_rr_list *list, const struct pop *p, const char *origin, ldns_rr_type type)
{
	enum { SCHEME_NOTIFY = 1,
	       HEAD_BYTES = 5 };
	unsigned port = p->services->rdns->notify_port;
	char *name = mem_printf("ns1.%s.", p->site->domain);
	ldns_rdf *target = ldns_dname_new_frm_str(name);
	char *owner = mem_printf("*._dsync.%s", origin);
	char *head = mem_printf("TYPE%d \\# %zu %04x%02x%04x", TYPE_DSYNC, HEAD_BYTES + ldns_rdf_size(target),
	                        (unsigned)type, SCHEME_NOTIFY, port);
	char *tail = hex_of(ldns_rdf_data(target), ldns_rdf_size(target));
	char *rest = mem_printf("%s%s", head, tail);

	add(list, owner, rest);
	free(rest);
	free(tail);
	free(head);
	free(owner);
	ldns_rdf_deep_free(target);
	free(name);
}

void apex_add(ldns_rr_list *list, const struct pop *p, const char *origin)
{
	const struct pop_rdns *s = p->services->rdns;
	char *own = mem_printf("NS ns1.%s.", p->site->domain);

	add(list, origin, own);
	free(own);
	for (unsigned i = 0; i < s->n_secondaries; i++) {
		char *second = mem_printf("NS %s.", s->secondaries[i].name);
		add(list, origin, second);
		free(second);
	}
	add_dsync(list, p, origin, LDNS_RR_TYPE_CDS);
	add_dsync(list, p, origin, LDNS_RR_TYPE_CSYNC);
}
