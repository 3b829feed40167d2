/* Memory that is always there. */
/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mem_exhausted(void)
{
	(void)fputs("out of memory\n", stderr);
	abort();
}

static void *present(void *p)
{
	if (p == NULL)
		mem_exhausted();
	return p;
}

void *mem_new(size_t size)
{
	return present(calloc(1, size));
}

void *mem_resize(void *p, size_t count, size_t size)
{
	if (count == 0) /* realloc() to nothing would free @p and return NULL */
		count = 1;
	return present(reallocarray(p, count, size));
}

char *mem_strdup(const char *text)
{
	return text == NULL ? NULL : present(strdup(text));
}

char *mem_printf(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	int n = vasprintf(&text, format, args);
	va_end(args);
	return present(n < 0 ? NULL : text);
}
