/* Memory that is always there, also for libraries. */
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

/*
 * Libraries' allocations too end a program rather than fail: half a message of ldns, a list that lacks a record or a
 * filter of libseccomp's that is not whole would be worse. Sanitizers have allocators of their own.
 */
#ifndef SANITIZED
void *libc_malloc(size_t size) __asm__("__libc_malloc");
void *libc_calloc(size_t count, size_t size) __asm__("__libc_calloc");
void *libc_realloc(void *p, size_t size) __asm__("__libc_realloc");

void *malloc(size_t size)
{
	return present(libc_malloc(size));
}

void *calloc(size_t nmemb, size_t size)
{
	return present(libc_calloc(nmemb, size));
}

void *realloc(void *ptr, size_t size)
{
	void *resized = libc_realloc(ptr, size);

	return size == 0 ? resized : present(resized); /* to nothing frees @ptr */
}
#endif

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
