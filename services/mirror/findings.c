/* SPDX-License-Identifier: MIT */
#include "mirror/findings.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[FINDING_KINDS] = {
	[FINDING_MISSING] = "missing",
	[FINDING_SIZE] = "of another size",
	[FINDING_HASH] = "of another hash",
	[FINDING_MIXED] = "of different moments",
	[FINDING_MALFORMED] = "malformed",
	[FINDING_EXPIRED] = "expired",
	[FINDING_UNSAFE] = "unsafe",
	[FINDING_UNREADABLE] = "unreadable",
};

void findings_done(struct findings *f)
{
	for (unsigned i = 0; i < f->n_told; i++)
		free(f->told[i]);
	*f = (struct findings){0};
}

void findings_add(struct findings *f, enum finding_kind kind, const char *path, const char *format, ...)
{
	char said[FINDING_TEXT_MAX], whole[2 * FINDING_TEXT_MAX], told[FINDING_TEXT_MAX];
	va_list args;

	f->n[kind]++;
	if (f->n_told == FINDINGS_TOLD_MAX)
		return;
	va_start(args, format);
	(void)vsnprintf(said, sizeof(said), format, args);
	va_end(args);
	(void)snprintf(whole, sizeof(whole), "%.400s: %s", path, said);
	utf8_escape(whole, told, sizeof(told));
	f->told[f->n_told++] = mem_strdup(told);
}

size_t findings_count(const struct findings *f)
{
	size_t n = 0;

	for (unsigned i = 0; i < FINDING_KINDS; i++)
		n += f->n[i];
	return n;
}

void findings_summary(const struct findings *f, unsigned n_told, struct buf *b)
{
	const char *separator = "";
	size_t left = findings_count(f);

	for (unsigned i = 0; i < FINDING_KINDS; i++)
		if (f->n[i] > 0) {
			(void)buf_printf(b, "%s%zu %s", separator, f->n[i], kind_names[i]);
			separator = ", ";
		}
	separator = ": ";
	for (unsigned i = 0; i < f->n_told && i < n_told; i++, left--) {
		(void)buf_printf(b, "%s%s", separator, f->told[i]);
		separator = "; ";
	}
	if (left > 0)
		(void)buf_printf(b, "%sand %zu more", separator, left);
}
