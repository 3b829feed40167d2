/* Ookla's legacy HTTP test, which speedtest-cli --mini and many appliances speak. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_OOKLA_H
#define FONTAINE_SPEEDTEST_OOKLA_H

#include "net/http.h"

/** /speedtest/{latency.txt,randomNxN.jpg,upload.php}; the handlers' data is struct speedtest. */
extern const struct http_route ookla_routes[];

#endif
