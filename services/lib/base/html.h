/* Pages that are written for one visitor: what they share. No script needed. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_HTML_H
#define FONTAINE_BASE_HTML_H

#include "base/buf.h"
#include "base/language.h"

/* What does not fit is left out: the buffer has room for all that a page may have. */

/** Append as it is. */
void html_add(struct buf *b, const char *text);

/** Append, fit for text and for attribute values in double quotes. */
void html_add_escaped(struct buf *b, const char *text);

/** The start of a page that search engines leave alone; more of its head may follow. */
void html_head(struct buf *b, enum language language, const char *title);

/** The end of its head, and its header; what follows is in main. */
void html_body(struct buf *b);

void html_end(struct buf *b);

#endif
