/* The bytes of a download: random, so that nothing on the way compresses them. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_PAYLOAD_H
#define FONTAINE_SPEEDTEST_PAYLOAD_H

#include "net/http.h"

enum { PAYLOAD_BYTES = 4 * 1024 * 1024 };

/**
 * Make PAYLOAD_BYTES in a memory file that every connection sends from, so that
 * a download costs no copy and no memory of its own.
 * Return: 0, or a negative errno, logged. Release with payload_close().
 */
int payload_open(struct http_blob *ret);
void payload_close(struct http_blob *p);

#endif
