/* Responsiveness under load, as networkQuality and goresponsiveness measure it (draft-ietf-ippm-responsiveness). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_RESPONSIVENESS_H
#define FONTAINE_SPEEDTEST_RESPONSIVENESS_H

#include "net/http.h"

/** /.well-known/nq and what it points at; the handlers' data is struct speedtest. */
extern const struct http_route responsiveness_routes[];

/**
 * What a client is to measure with: URLs on @host (an IPv6 address in brackets) and @port, under the names of the draft
 * and under those that one client reads instead. Never NULL; release with free().
 */
char *responsiveness_json(const char *host, uint16_t port);

#endif
