/* The pages about a result: the one to share, and those that delete it. HTML, no script needed. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_RESULTS_PAGE_H
#define FONTAINE_SPEEDTEST_RESULTS_PAGE_H

#include "base/buf.h"
#include "speedtest/card.h"

enum { RESULTS_PAGE_MAX_BYTES = 32 * 1024 };

/** The page of the result @id, with what previews of links read; @base is the server's URL without a path. */
void results_page_share(struct buf *page, const struct card *c, const char *id, const char *base);

enum results_deletion {
	DELETION_ASKED, /* shows the button */
	DELETION_DONE,
	DELETION_REFUSED, /* not its key */
};

/** The page that answers to who has, or says to have, the key that deletes a result. */
void results_page_delete(struct buf *page, enum results_deletion deletion, enum language language);

#endif
