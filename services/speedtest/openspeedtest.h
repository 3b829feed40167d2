/* OpenSpeedTest's browser test: a POP is good as one of its servers. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_OPENSPEEDTEST_H
#define FONTAINE_SPEEDTEST_OPENSPEEDTEST_H

#include "net/http.h"

/** /downloading and /upload; the handlers' data is struct speedtest. */
extern const struct http_route openspeedtest_routes[];

#endif
