/* A question by DNS over HTTPS (RFC 8484), as one request of HTTP/2 (RFC 9113). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PROBE_DOH_H
#define FONTAINE_PROBE_DOH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DOH_REQUEST_MAX_BYTES = 512 };

/** Wrap @message, of at most DNS_QUESTION_MAX_BYTES: a POST to /dns-query. Return: bytes written. */
size_t doh_request(const uint8_t *message, size_t len, uint8_t out[DOH_REQUEST_MAX_BYTES]);

/** Whether the first @len bytes that came back have all of the answer, or no more will come. */
bool doh_is_whole(const uint8_t *answer, size_t len);

/**
 * Find the message in what came back.
 * Return: NULL with *ret, within @answer, and *ret_len; else what is wrong, for people.
 */
const char *doh_message(const uint8_t *answer, size_t len, const uint8_t **ret, size_t *ret_len);

#endif
