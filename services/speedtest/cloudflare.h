/* The paths of Cloudflare's speed test, for its module @cloudflare/speedtest pointed at a POP. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_CLOUDFLARE_H
#define FONTAINE_SPEEDTEST_CLOUDFLARE_H

#include "net/http.h"

/** /__down?bytes=N and /__up; the handlers' data is struct speedtest. */
extern const struct http_route cloudflare_routes[];

#endif
