/* fontaine mirror traffic: what was downloaded. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/mirror.h"

#include "fontaine/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	PATH_MAX_BYTES = 64,
	NAME_MAX_BYTES = 64,
};

static void print_row(const char *name, yyjson_val *o)
{
	char size[MIRROR_SIZE_MAX];

	(void)printf("  %-32s  %12" PRId64 "  %9s\n", name, mirror_number(o, "requests"),
	             mirror_size(yyjson_obj_get(o, "bytes"), size));
}

static void print_head(const char *title)
{
	(void)printf("%-34s  %12s  %9s\n", title, "requests", "sent");
}

/** A table of what has its name in @key. */
static void print_named(yyjson_val *traffic, const char *title, const char *list, const char *key)
{
	yyjson_val *o;
	size_t i, n;

	print_head(title);
	yyjson_arr_foreach(yyjson_obj_get(traffic, list), i, n, o) {
		print_row(mirror_text(o, key), o);
	}
}

static void print_networks(yyjson_val *traffic)
{
	char name[NAME_MAX_BYTES];
	yyjson_val *o;
	size_t i, n;

	print_head("networks");
	yyjson_arr_foreach(yyjson_obj_get(traffic, "networks"), i, n, o) {
		(void)snprintf(name, sizeof(name), "AS%" PRId64 " %s", mirror_number(o, "asn"), mirror_text(o, "name"));
		print_row(mirror_number(o, "asn") == 0 ? "others" : name, o);
	}
}

int mirror_traffic(struct mirror_call *m)
{
	const char *span = m->span == NULL ? "day" : m->span;
	char path[PATH_MAX_BYTES];
	struct buf answer;

	if (strcmp(span, "day") != 0 && strcmp(span, "month") != 0 && strcmp(span, "year") != 0)
		return subcommand_usage_error(m->command);
	(void)snprintf(path, sizeof(path), "/api/v1/traffic?span=%s", span);
	int status = mirror_ask(m, "GET", path, &answer);
	if (status != EXIT_FINE)
		return status;
	yyjson_doc *doc = yyjson_read(buf_text(&answer), answer.len, 0);
	yyjson_val *traffic = yyjson_doc_get_root(doc);
	if (m->json) {
		(void)printf("%s\n", buf_text(&answer));
	} else {
		print_named(traffic, "projects", "projects", "name");
		print_named(traffic, "families", "families", "family");
		print_networks(traffic);
	}
	yyjson_doc_free(doc);
	buf_done(&answer);
	return EXIT_FINE;
}
