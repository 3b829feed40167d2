/* A table of origins made of lines, and what it says of an address. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_ORIGIN_TABLE_H
#define FONTAINE_TESTS_ORIGIN_TABLE_H

#include "base/origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>

static inline struct prefix_table *table(const char *const *lines)
{
	struct prefix_table *o = prefix_table_new(&origin_kind);

	for (; *lines != NULL; lines++)
		assert_int_equal(prefix_table_add_line(o, *lines) < 0, 0);
	(void)prefix_table_seal(o);
	return o;
}

/* "192.0.2.0/24 64500 64501", or "none". */
static inline const char *answer(const struct prefix_table *o, const char *address, char out[128])
{
	char text[PREFIX_TEXT_MAX];
	struct origin_match m;
	struct addr a;

	assert_int_equal(addr_parse(address, 443, &a), 0); /* a port is no matter */
	int rc = origin_find(o, &a, &m);
	if (rc < 0) {
		assert_int_equal(rc, -ENOENT);
		return "none";
	}
	int n = snprintf(out, 128, "%s", prefix_text(&m.prefix, text));
	for (size_t i = 0; i < m.n_asns; i++)
		n += snprintf(out + n, (size_t)(128 - n), " %u", m.asns[i]);
	return out;
}

#endif
