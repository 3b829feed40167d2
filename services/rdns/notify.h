/*
 * What children send when their CDS or CSYNC records have changed: NOTIFY for these types (RFC 9859, RFC 1996).
 * It proves nothing, so all that comes of it is an earlier look. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_NOTIFY_H
#define FONTAINE_RDNS_NOTIFY_H

#include "delegation/delegation.h"
#include "rdns/allocations.h"

#include <stdint.h>

enum notify_result {
	NOTIFY_TAKEN,
	NOTIFY_REFUSED, /* of no zone or no type that is followed here, or no NOTIFY at all */
	NOTIFY_MALFORMED,
	NOTIFY_DROPPED, /* no question: not to be answered */
	NOTIFY_RESULTS
};

/**
 * Read the message of @len bytes. @a: the zones served here, below which children are. @zone is set when it is
 * taken; @out, of at least @len bytes, gets what goes back. Return: *ret_len is 0 when nothing does.
 */
enum notify_result notify_read(const struct allocations *a, const uint8_t *bytes, size_t len,
                               char zone[DELEGATION_NAME_MAX], uint8_t *out, size_t *ret_len);

#endif
