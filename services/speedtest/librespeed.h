/* The LibreSpeed protocol: browser worker 6.2, command line 1.0. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_LIBRESPEED_H
#define FONTAINE_SPEEDTEST_LIBRESPEED_H

#include "net/http.h"

/** Handlers' data is struct speedtest. */
extern const struct http_route librespeed_routes[];

#endif
