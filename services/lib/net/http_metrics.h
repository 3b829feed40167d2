/* What HTTP servers counted, as metrics. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_HTTP_METRICS_H
#define FONTAINE_NET_HTTP_METRICS_H

#include "base/buf.h"
#include "net/http.h"

/** Append the sums over @n servers, one per worker; every name starts with @daemon. */
void http_metrics_write(struct buf *b, const char *daemon, const struct http_counters *list,
                        size_t n);

#endif
