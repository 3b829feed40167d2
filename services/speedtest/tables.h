/* All that the speed test is asked. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_TABLES_H
#define FONTAINE_SPEEDTEST_TABLES_H

#include "net/http.h"

/** Routes of all its parts; NULL ends them. */
extern const struct http_route *const speedtest_tables[];

#endif
