/*
 * The list of servers that LibreSpeed's clients choose from: this POP and its
 * neighbours. Browser pages load it as servers.json, librespeed-cli finds it below
 * /.well-known/.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_SERVERS_H
#define FONTAINE_SPEEDTEST_SERVERS_H

#include "base/pop.h"
#include "net/http.h"

/** Handlers' data is struct speedtest. */
extern const struct http_route servers_routes[];

/**
 * The list as JSON, with this POP first, at @origin ("https://example.net:8443", borrowed).
 * Never NULL; release with free().
 */
char *servers_json(const struct pop *p, const char *origin);

#endif
