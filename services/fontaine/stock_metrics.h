/* What unbound, Knot DNS and nginx say of themselves, made metrics. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_STOCK_METRICS_H
#define FONTAINE_FONTAINE_STOCK_METRICS_H

#include "base/buf.h"

#include <stdbool.h>

/** Each appends what @text, the server's answer, has. Return: whether it was understood. */
bool stock_unbound(struct buf *out, const char *text); /* stats_noreset, unbound-control(8) */
bool stock_knot(struct buf *out, const char *text);    /* knotc -f stats, knotc(8) */
bool stock_nginx(struct buf *out, const char *text);   /* the body of ngx_http_stub_status_module */

#endif
