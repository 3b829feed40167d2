/* The page of a result, to share. HTML, no script needed. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_RESULTS_PAGE_H
#define FONTAINE_SPEEDTEST_RESULTS_PAGE_H

#include "base/buf.h"
#include "speedtest/card.h"

enum { RESULTS_PAGE_MAX_BYTES = 32 * 1024 };

/** The page of the result @id, with what previews of links read; @base is the server's URL without a path. */
void results_page_share(struct buf *page, const struct card *c, const char *id, const char *base);

#endif
