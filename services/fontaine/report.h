/* What a speed test from the command line has found, for people and as JSON. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_REPORT_H
#define FONTAINE_FONTAINE_REPORT_H

#include "base/addr.h"
#include "fontaine/load.h"

#include <yyjson.h>

enum { REPORT_RATE_MAX = 32 };

/** One family of addresses. */
struct report {
	int family;                  /* AF_INET or AF_INET6 */
	struct answer answer;        /* its reason and why: NULL while all is well */
	char address[ADDR_TEXT_MAX]; /* ours, as the server sees it; "" when it does not say */
	struct samples latency;      /* idle, milliseconds */
	unsigned streams;
	bool has_download, has_upload;
	struct load download, upload;
};

void report_done(struct report *r);

/** "ipv4" or "ipv6"; for people "IPv4" or "IPv6". */
const char *report_key(const struct report *r);
const char *report_name(const struct report *r);

/** "941 Mbit/s", "9.41 Mbit/s". Return: @out. */
const char *report_rate(double bits_per_second, char out[REPORT_RATE_MAX]);

/** Print one on standard output. */
void report_print(const struct report *r);

/** {"address", "latency", "download", "upload"} or {"reason", "why"}, or all of them. */
yyjson_mut_val *report_json(yyjson_mut_doc *d, const struct report *r);

#endif
