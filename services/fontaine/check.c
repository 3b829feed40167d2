/* fontaine check: whether a POP file is right. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"

#include "base/pop_json.h"

#include <stdio.h>
#include <stdlib.h>

static void print_summary(const char *path, const struct pop *p)
{
	struct pop_service services[POP_SERVICES];
	struct pop_endpoint sockets[POP_ENDPOINTS_MAX];
	unsigned n_on = 0;

	pop_list_services(p, services);
	for (size_t i = 0; i < POP_SERVICES; i++)
		n_on += services[i].is_on;
	(void)printf("%s: fine: site %s, %u services, %zu sockets\n", path, p->site->name, n_on,
	             pop_endpoints(p, sockets));
	const struct pop_ntp *ntp = p->services->ntp;
	if (ntp != NULL && ntp->set_clock && ntp->n_nts_sources == 0)
		(void)printf("  services.ntp.nts_sources: none: who is on the way to the sources can set this clock\n"
		             "  name some that have NTS\n");
}

static void print_json(const char *path, const struct pop_error *e)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *o = yyjson_mut_obj(d);

	yyjson_mut_obj_add_str(d, o, "file", path);
	yyjson_mut_obj_add_bool(d, o, "fine", e == NULL);
	if (e != NULL) {
		yyjson_mut_obj_add_uint(d, o, "line", e->line);
		yyjson_mut_obj_add_uint(d, o, "column", e->column);
		yyjson_mut_obj_add_str(d, o, "what", e->what);
		yyjson_mut_obj_add_str(d, o, "remedy", e->remedy);
	}
	char *text = pop_json_text(d, o);
	(void)fputs(text, stdout);
	free(text);
	yyjson_mut_doc_free(d);
}

/** Return: EXIT_WRONG_INPUT. */
static int print_mistake(const struct arguments *a, const struct pop_error *e)
{
	if (a->json)
		print_json(a->pop_path, e);
	else
		command_print_error(a->pop_path, e);
	return EXIT_WRONG_INPUT;
}

int check_run(const struct arguments *a)
{
	struct pop_error e;
	struct pop *p;

	if (pop_load(a->pop_path, &p, &e) < 0)
		return print_mistake(a, &e);
	if (a->json)
		print_json(a->pop_path, NULL);
	else
		print_summary(a->pop_path, p);
	pop_free(p);
	return EXIT_FINE;
}
