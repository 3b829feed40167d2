/* The lines of Debian's control files: deb822(5). Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_DEB822_H
#define FONTAINE_MIRROR_DEB822_H

#include <stdbool.h>
#include <stddef.h>

enum deb822_kind {
	DEB822_FIELD, /* name and value */
	DEB822_MORE,  /* value goes on */
	DEB822_END,   /* of a paragraph: a blank line */
};

/** Texts are in the line that was read, without a NUL after them, without space around them. */
struct deb822 {
	enum deb822_kind kind;
	const char *name, *value;
	size_t name_len, value_len;
};

/** Read the @len bytes of a line. Return: 0, or -EINVAL: it is none of these. */
int deb822_read(const char *line, size_t len, struct deb822 *ret);

/** Whether it is the field called @name, in whichever case. */
bool deb822_is(const struct deb822 *d, const char *name);

/**
 * Cut the next word off a value: @ret is in it.
 * Return: its length; 0 at the end.
 */
size_t deb822_word(const char **value, size_t *len, const char **ret);

#endif
