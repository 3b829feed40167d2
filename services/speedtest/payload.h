/* The bytes of a download: random, so that nothing on the way compresses them. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_PAYLOAD_H
#define FONTAINE_SPEEDTEST_PAYLOAD_H

#include "net/http.h"

enum { PAYLOAD_BYTES = 2 * 1024 * 1024 }; /* stays in a processor's cache */

/**
 * Make PAYLOAD_BYTES that every connection sends from. They are copied into the
 * socket: sendfile(2) copies nothing, but what it does for each page of 4 KiB
 * costs twice as much (make bench).
 * Return: 0, or a negative errno, logged. Release with payload_done().
 */
int payload_init(struct http_blob *ret);
void payload_done(struct http_blob *p);

#endif
