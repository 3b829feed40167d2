/* SPDX-License-Identifier: MIT */
#include "rdns/apex.h"

#include "base/mem.h"
#include "rdns/records.h"

#include <assert.h>
#include <stdlib.h>

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
}
