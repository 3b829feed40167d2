/*
 * Which ports have a link, as switches and collectors say it in JSON: interfaces of RFC 8343 (RESTCONF), of OpenConfig
 * (gNMI), of "ip --json link", or a list "ports" as that of LibreNMS. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_LINKS_H
#define FONTAINE_PEERS_LINKS_H

#include "peers/subjects.h"

enum { LINKS_TEXT_MAX = 16 << 20, /* bytes of such a text */
       LINKS_ERROR_MAX = SUBJECT_ERROR_MAX };

/**
 * Read the @len bytes at @text, followed by a NUL: a subject for each port that is up or down, whose asn is what it
 * says itself by "asn" or by an "AS64500" in its description; a port whose state is not known is left out. A text with
 * a "time" (RFC 3339, UTC) that is more than @stale_s ago, of @now_s, says nothing.
 * Return: 0 and *ret of *ret_n, released with free(); or -EINVAL and @reterr.
 */
int links_read(const char *text, size_t len, int64_t now_s, unsigned stale_s, struct subject_seen **ret, size_t *ret_n,
               char reterr[LINKS_ERROR_MAX]);

#endif
