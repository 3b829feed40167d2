/* Memory that is always there: out of memory aborts, in libraries too, so no caller checks. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_MEM_H
#define FONTAINE_BASE_MEM_H

#include <stddef.h>

/** End: what a library needed is not there. */
void mem_exhausted(void) __attribute__((noreturn));

/** Return @size zeroed bytes, never NULL. Release with free(). */
void *mem_new(size_t size) __attribute__((malloc, returns_nonnull, warn_unused_result));

/** Resize @p (owned; may be NULL) to @count elements of @size bytes; growth is not zeroed. */
void *mem_resize(void *p, size_t count, size_t size)
    __attribute__((returns_nonnull, warn_unused_result));

/** Return a copy of @text, which may be NULL (then NULL). Release with free(). */
char *mem_strdup(const char *text) __attribute__((malloc, warn_unused_result));

/** Return the formatted text. Release with free(). */
char *mem_printf(const char *format, ...)
    __attribute__((format(printf, 1, 2), malloc, returns_nonnull, warn_unused_result));

#endif
