/* fontaine endpoints: where the services answer. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"

#include "base/pop_json.h"

#include <stdio.h>
#include <stdlib.h>

/** "speedtest      http   ipv4  http://192.0.2.1" */
static void print_table(yyjson_mut_val *endpoints)
{
	yyjson_mut_val *service, *protocol, *family, *protocols, *families, *text;
	size_t i, j, k, n_i, n_j, n_k;

	yyjson_mut_obj_foreach(endpoints, i, n_i, service, protocols)
		yyjson_mut_obj_foreach(protocols, j, n_j, protocol, families)
			yyjson_mut_obj_foreach(families, k, n_k, family, text)
				(void)printf("%-14s %-6s %-5s %s\n", yyjson_mut_get_str(service),
				             yyjson_mut_get_str(protocol),
				             yyjson_mut_get_str(family), yyjson_mut_get_str(text));
}

int endpoints_run(const struct arguments *a)
{
	struct pop *p;

	int rc = command_load_pop(a->pop_path, &p);
	if (rc != EXIT_FINE)
		return rc;
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *endpoints = pop_json_endpoints(d, p);
	if (a->json) {
		char *text = pop_json_text(d, endpoints);
		(void)fputs(text, stdout);
		free(text);
	} else {
		print_table(endpoints);
	}
	yyjson_mut_doc_free(d);
	pop_free(p);
	return EXIT_FINE;
}
