/* SPDX-License-Identifier: MIT */
#include "mirror/deb822.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/** The bytes without space at both ends. */
static void trim(const char **text, size_t *len)
{
	while (*len > 0 && is_space((*text)[*len - 1]))
		--*len;
	for (; *len > 0 && is_space(**text); --*len)
		++*text;
}

int deb822_read(const char *line, size_t len, struct deb822 *ret)
{
	struct deb822 d = {.kind = DEB822_MORE, .value = line, .value_len = len};

	trim(&d.value, &d.value_len);
	if (d.value_len == 0) {
		d.kind = DEB822_END;
	} else if (!is_space(line[0])) {
		const char *colon = memchr(line, ':', len);
		if (colon == NULL || colon == line)
			return -EINVAL;
		d.kind = DEB822_FIELD;
		d.name = line;
		d.name_len = (size_t)(colon - line);
		d.value = colon + 1;
		d.value_len = len - d.name_len - 1;
		trim(&d.value, &d.value_len);
	}
	*ret = d;
	return 0;
}

bool deb822_is(const struct deb822 *d, const char *name)
{
	return d->kind == DEB822_FIELD && strlen(name) == d->name_len && strncasecmp(d->name, name, d->name_len) == 0;
}

size_t deb822_word(const char **value, size_t *len, const char **ret)
{
	trim(value, len);
	size_t n = 0;
	while (n < *len && !is_space((*value)[n]))
		n++;
	*ret = *value;
	*value += n;
	*len -= n;
	return n;
}
