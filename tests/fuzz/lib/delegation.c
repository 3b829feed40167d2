/*
 * What a member says of a delegation, a line each: a zone or prefix, then name servers and DS records. Whatever is
 * added is within bounds and is one of what was given.
 */
/* SPDX-License-Identifier: MIT */
#include "delegation/delegation.h"

#include "../fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = NULL;
	char *line = strtok_r(text, "\n", &rest);
	struct delegation d;

	if (delegation_init(&d, line != NULL ? line : "") == NULL) {
		assert(strlen(d.zone) < sizeof(d.zone));
		while ((line = strtok_r(NULL, "\n", &rest)) != NULL)
			if (delegation_add_server(&d, line) != NULL)
				(void)delegation_add_ds(&d, line);
		assert(d.n_servers <= DELEGATION_SERVERS_MAX && ldns_rr_list_rr_count(d.ds) <= DELEGATION_DS_MAX);
		for (size_t i = 0; i < d.n_servers; i++) {
			assert(d.servers[i].n_addresses <= DELEGATION_ADDRESSES_MAX);
			assert(d.servers[i].is_inside == delegation_is_below(d.servers[i].name, d.zone));
		}
	}
	delegation_done(&d);
	free(text);
	return 0;
}
