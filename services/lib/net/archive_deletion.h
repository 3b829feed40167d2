/* The pages behind the link that deletes a result: GET asks, POST deletes. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_ARCHIVE_DELETION_H
#define FONTAINE_NET_ARCHIVE_DELETION_H

#include "base/language.h"
#include "net/archive.h"

/** Nothing from elsewhere, no script but the one that picks the theme. */
#define ARCHIVE_PAGE_HEADERS \
	"Cache-Control: no-cache\r\nVary: Accept-Language\r\nReferrer-Policy: no-referrer\r\n" \
	"Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; " \
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'\r\n"

/** Answer @r, whose ?key= may delete the result @id (copied), in the visitor's language or @otherwise. */
void archive_delete(struct archive *a, struct http_request *r, const char *id, enum language otherwise);

enum archive_deletion {
	DELETION_ASKED, /* shows the button */
	DELETION_DONE,
	DELETION_REFUSED, /* not its key */
};

enum { ARCHIVE_PAGE_MAX_BYTES = 8 * 1024 };

/** The page that answers to who has, or says to have, the key that deletes a result. Pure. */
void archive_deletion_page(struct buf *page, enum archive_deletion deletion, enum language language);

#endif
