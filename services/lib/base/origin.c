/* SPDX-License-Identifier: MIT */
#include "base/origin.h"

#include <errno.h>
#include <string.h>

enum { SET_MAX = 64 }; /* ASes in one set */

/* "64500" or "{64500,64501}". Return: what follows, or NULL. */
static const char *parse_asns(const char *text, uint32_t asns[SET_MAX], size_t *ret_n)
{
	bool is_set = *text == '{';
	size_t n = 0;

	do {
		if (n == SET_MAX)
			return NULL;
		text = prefix_line_u32(text + (is_set ? 1 : 0), &asns[n]);
		if (text == NULL || asns[n] == 0) /* AS 0 announces nothing (RFC 7607) */
			return NULL;
		n++;
	} while (is_set && *text == ',');
	if (is_set && *text != '}')
		return NULL;
	*ret_n = n;
	return text + (is_set ? 1 : 0);
}

static int add_line(struct prefix_table *t, const char *line)
{
	uint32_t asns[SET_MAX], n_peers;
	struct prefix p;
	size_t n;

	if (line[strspn(line, " \t\r\n")] == '\0' || *line == '%')
		return 0;
	line = parse_asns(line, asns, &n);
	if (line == NULL || *line != '\t')
		return -EINVAL;
	line = prefix_line_prefix(line + 1, '\t', &p);
	line = prefix_line_u32(line, &n_peers);
	if (line == NULL || line[strspn(line, "\r\n")] != '\0')
		return -EINVAL;
	if (p.len == 0)
		return 0;
	prefix_table_add(t, &p, n_peers, asns, n);
	return 1;
}

const struct prefix_table_kind origin_kind = {.name = "origins", .add_line = add_line};

int origin_find(const struct prefix_table *t, const struct addr *a, struct origin_match *ret)
{
	struct prefix_found f;

	if (!prefix_table_find(t, a, &f))
		return -ENOENT;
	*ret = (struct origin_match){.prefix = f.prefix, .asns = f.words, .n_asns = f.n_words};
	return 0;
}
