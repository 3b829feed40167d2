/* The POP as JSON: what its pages may know, and where its services are. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_JSON_H
#define FONTAINE_BASE_POP_JSON_H

#include "base/pop.h"

#include <yyjson.h>

/**
 * {"speedtest":{"http":{"ipv4":"http://192.0.2.1","ipv6":"http://[2001:db8::1]"}},
 * "ntp":{"udp":{"ipv4":"192.0.2.1:123",...}},...}: URLs for the web, leaving the
 * scheme's own port out, and address:port for the rest. Owned by @d.
 */
yyjson_mut_val *pop_json_endpoints(yyjson_mut_doc *d, const struct pop *p);

/** {"ipv4":{"http":URL,"https":URL},"ipv6":...}: where a page measures over each family. Owned by @d. */
yyjson_mut_val *pop_json_speedtest(yyjson_mut_doc *d, const struct pop *p);

/** Add to @o what a visitor may know of results that are kept: "store" and "keep_days". */
void pop_json_results(yyjson_mut_doc *d, yyjson_mut_val *o, const struct pop_results *results);

/** The file /pop.json: {"site":...,"endpoints":...,"version":...}. Release with free(). */
char *pop_public_json(const struct pop *p);

/** Write @root, which becomes the root of @d, for people to read. Release with free(). */
char *pop_json_text(yyjson_mut_doc *d, yyjson_mut_val *root);

#endif
