/* SPDX-License-Identifier: MIT */
#include "mirror/names.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/** The text ends with NUL: a buffer has one after its end, also where the last name was cut off. */
static size_t split(const struct buf *text, const char **ret)
{
	size_t n = 0;

	for (size_t at = 0; at < text->len; at += strlen(text->data + at) + 1) {
		if (ret != NULL)
			ret[n] = text->data + at;
		n++;
	}
	return n;
}

int names_read(const char *path, struct names *ret)
{
	struct names names = {.all = NULL};

	buf_init(&names.text, NAMES_MAX_BYTES);
	int rc = buf_add_file(&names.text, path);
	if (rc < 0) {
		buf_done(&names.text);
		return rc;
	}
	names.n = split(&names.text, NULL);
	names.all = (const char **)mem_new((names.n + 1) * sizeof(*names.all));
	(void)split(&names.text, names.all);
	qsort((void *)names.all, names.n, sizeof(*names.all), compare);
	*ret = names;
	return 0;
}

void names_done(struct names *n)
{
	free((void *)n->all);
	buf_done(&n->text);
}
