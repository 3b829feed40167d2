/*
 * Templates of configuration files: the part of Mustache that these need, and
 * stricter. A name that the view does not have is a mistake, not nothing; and a
 * value with a character that could end a line, a quote or a block is refused, so
 * that nothing in a POP file can say more than it should.
 *
 *   {{a.b}}            the value: a number, or a text of letters, digits and ._:/@+-[]
 *   {{{a.b}}}          the value as it is, for what the view has made safe
 *   {{.}}              the current value, of a list of texts
 *   {{#a}}...{{/a}}    for each entry of a list; once for another value, but for
 *                      null, false and an empty list
 *   {{^a}}...{{/a}}    once for null, false and an empty list
 *   {{! comment}}
 *
 * Names are looked up in the innermost section first. A line with nothing but a
 * section's tag or a comment leaves no empty line behind.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_TEMPLATE_H
#define FONTAINE_FONTAINE_TEMPLATE_H

#include "base/buf.h"

#include <yyjson.h>

struct template_error {
	unsigned line; /* from 1 */
	char what[160];
};

/**
 * Append @text (borrowed) filled in from @view to @out.
 * Return: 0; -EINVAL, or -ENOBUFS when @out is full, with *reterr.
 */
int template_render(const char *text, yyjson_val *view, struct buf *out,
                    struct template_error *reterr);

#endif
