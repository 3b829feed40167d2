/* A question to a name server for a zone's SOA record (RFC 1035). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_DNS_H
#define FONTAINE_FONTAINE_DNS_H

#include <stddef.h>
#include <stdint.h>

enum { DNS_QUESTION_MAX_BYTES = 12 + 255 + 4 };

/** Ask for the SOA of @zone, a domain name without a dot at its end; "" is the root. Return: bytes written. */
size_t dns_question(uint16_t id, const char *zone, uint8_t out[DNS_QUESTION_MAX_BYTES]);

/**
 * Read the answer to @id.
 * Return: NULL and *ret_serial of the SOA; else what is wrong with it, for people.
 */
const char *dns_answer(const uint8_t *message, size_t len, uint16_t id, uint32_t *ret_serial);

#endif
