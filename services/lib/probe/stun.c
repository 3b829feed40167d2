/* A question to a STUN server. */
/* SPDX-License-Identifier: MIT */
#include "probe/stun.h"

#include <stdbool.h>
#include <string.h>

enum {
	HEADER_BYTES = STUN_QUESTION_BYTES,
	ATTRIBUTE_HEADER_BYTES = 4,
	BINDING_REQUEST = 0x0001,
	BINDING_SUCCESS = 0x0101,
	BINDING_ERROR = 0x0111,
	XOR_MAPPED_ADDRESS = 0x0020,
};

/* Offsets in the header (RFC 8489, 5). */
enum {
	AT_TYPE = 0,
	AT_LENGTH = 2,
	AT_COOKIE = 4,
	AT_ID = 8,
};

static const uint8_t cookie[] = {0x21, 0x12, 0xa4, 0x42};

static unsigned get_16(const uint8_t *at)
{
	return (unsigned)(at[0] << 8 | at[1]);
}

void stun_question(const uint8_t id[STUN_ID_BYTES], uint8_t out[STUN_QUESTION_BYTES])
{
	memset(out, 0, STUN_QUESTION_BYTES);
	out[AT_TYPE + 1] = BINDING_REQUEST;
	memcpy(out + AT_COOKIE, cookie, sizeof(cookie));
	memcpy(out + AT_ID, id, STUN_ID_BYTES);
}

/** Whether @len bytes are the value of an XOR-MAPPED-ADDRESS (RFC 8489, 14.2). */
static bool is_address(const uint8_t *value, size_t len)
{
	enum { IPV4 = 1,
	       IPV6 = 2 };

	return (len == 8 && value[1] == IPV4) || (len == 20 && value[1] == IPV6);
}

/** Whether an address is among the attributes from @at to @end. */
static bool has_address(const uint8_t *at, const uint8_t *end)
{
	while (end - at >= ATTRIBUTE_HEADER_BYTES) {
		unsigned type = get_16(at), len = get_16(at + 2);
		at += ATTRIBUTE_HEADER_BYTES;
		if (end - at < (ptrdiff_t)len)
			return false;
		if (type == XOR_MAPPED_ADDRESS)
			return is_address(at, len);
		len = (len + 3) & ~3U; /* each is filled up to a multiple of four */
		at += end - at < (ptrdiff_t)len ? end - at : (ptrdiff_t)len;
	}
	return false;
}

const char *stun_answer(const uint8_t *packet, size_t len, const uint8_t id[STUN_ID_BYTES])
{
	if (len < HEADER_BYTES || get_16(packet + AT_LENGTH) != len - HEADER_BYTES)
		return "the answer has a wrong length";
	if (memcmp(packet + AT_COOKIE, cookie, sizeof(cookie)) != 0 ||
	    memcmp(packet + AT_ID, id, STUN_ID_BYTES) != 0)
		return "the answer is not to our question";
	if (get_16(packet + AT_TYPE) == BINDING_ERROR)
		return "it answers with an error";
	if (get_16(packet + AT_TYPE) != BINDING_SUCCESS)
		return "the answer is not to our question";
	if (!has_address(packet + HEADER_BYTES, packet + len))
		return "it answers without an address";
	return NULL;
}
