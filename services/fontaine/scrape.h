/*
 * All metrics of the POP as one text: every program of it is asked at once what it counts, each in a thread, and one
 * that does not answer within a second is said to be down and costs the others nothing.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_SCRAPE_H
#define FONTAINE_FONTAINE_SCRAPE_H

#include "base/buf.h"
#include "base/pop.h"

enum { SCRAPE_MAX_BYTES = 8 << 20 };

/** Append the metrics of @p; its certificate is in @tls_path. */
void scrape(const struct pop *p, const char *tls_path, struct buf *out);

/** Append what the time page shows of chronyd, as JSON. Return: 0, or -ENODATA: it does not say. */
int scrape_time(struct buf *out);

#endif
