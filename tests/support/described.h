/* The description of an API, held against the routes that are there. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_DESCRIBED_H
#define FONTAINE_TESTS_DESCRIBED_H

#include "base/buf.h"
#include "net/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static inline bool is_described(const char *text, const char *path)
{
	size_t len = strcspn(path, "*");
	char line[128];

	(void)snprintf(line, sizeof(line), "\n  %.*s%s", (int)len, path, path[len] == '*' ? "{" : ":");
	return strstr(text, line) != NULL;
}

/** A path that answers as @route does will do. */
static inline bool is_described_somewhere(const char *text, const struct http_route *const *tables,
                                          const struct http_route *route)
{
	for (; *tables != NULL; tables++)
		for (const struct http_route *r = *tables; r->path != NULL; r++)
			if (r->on_request == route->on_request && is_described(text, r->path))
				return true;
	return false;
}

/** Each route of @tables, but for metrics, which are the POP's own, is in the file at @path. */
static inline void assert_described(const char *path, const struct http_route *const *tables)
{
	struct buf text;

	buf_init(&text, 1 << 20);
	assert_int_equal(buf_add_file(&text, path), 0);
	for (const struct http_route *const *table = tables; *table != NULL; table++)
		for (const struct http_route *r = *table; r->path != NULL; r++)
			if (strcmp(r->path, "/metrics") != 0 && !is_described_somewhere(text.data, tables, r))
				fail_msg("%s is not in %s", r->path, path);
	buf_done(&text);
}

#endif
