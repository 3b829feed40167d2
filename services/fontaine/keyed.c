/* SPDX-License-Identifier: MIT */
#include "fontaine/keyed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MIDDLE_MAX = 32, /* of a name of a DNS type, a code, a thread */
	LABELS_MAX = 160,
};

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end == NULL ? NULL : end + 1;
}

/** "KEY=12", "KEY = 12.5". Return: whether @key, @len bytes, is that of @line. */
static bool number_of(const char *line, size_t len, double *ret)
{
	const char *at = line + len;
	char *end;

	at += *at == ' ';
	if (*at != '=')
		return false;
	*ret = strtod(at + 1, &end);
	return end > at + 1 && (*end == '\n' || *end == '\0');
}

/** The length of @line's key when it is one of @k; its middle goes to @middle. 0: another one. */
static size_t match(const struct keyed *k, const char *line, char middle[MIDDLE_MAX])
{
	const char *last = k->end == NULL ? "" : k->end;
	size_t len = strcspn(line, " =\n"), start = strlen(k->start), end = strlen(last);

	if (len < start + end || strncmp(line, k->start, start) != 0 || strncmp(line + len - end, last, end) != 0)
		return 0;
	size_t n = len - start - end;
	if (k->label == NULL)
		return n == 0 ? len : 0;
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	if (n == 0 || n >= MIDDLE_MAX || strspn(line + start, plain) < n)
		return 0;
	(void)snprintf(middle, MIDDLE_MAX, "%.*s", (int)n, line + start);
	return len;
}

static bool write_family(struct buf *out, const struct keyed *k, const char *text)
{
	const char *constants = k->constants != NULL ? k->constants : "";
	bool has_any = false;

	for (const char *line = text; line != NULL; line = next_line(line)) {
		char middle[MIDDLE_MAX], labels[LABELS_MAX];
		double value;
		size_t len = match(k, line, middle);
		if (len == 0 || !number_of(line, len, &value))
			continue;
		if (!has_any)
			metrics_family(out, k->name, k->type, k->help);
		has_any = true;
		if (k->label != NULL)
			(void)snprintf(labels, sizeof(labels), "%s%s=\"%s\"", constants, k->label, middle);
		else
			(void)snprintf(labels, sizeof(labels), "%s", constants);
		metrics_double(out, k->name, labels, value);
	}
	return has_any;
}

bool keyed_write(struct buf *out, const struct keyed *table, size_t n, const char *text)
{
	bool has_any = false;

	for (size_t i = 0; i < n; i++)
		has_any = write_family(out, &table[i], text) || has_any;
	return has_any;
}

bool keyed_number(const char *text, const char *key, double *ret)
{
	size_t len = strlen(key);

	for (const char *line = text; line != NULL; line = next_line(line))
		if (strncmp(line, key, len) == 0 && number_of(line, len, ret))
			return true;
	return false;
}
