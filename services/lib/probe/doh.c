/* DNS over HTTPS: one stream of HTTP/2, whose frames are read by hand. */
/* SPDX-License-Identifier: MIT */
#include "probe/doh.h"

#include "probe/dns.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
	FRAME_HEAD_BYTES = 9,
	FRAME_DATA = 0,
	FRAME_HEADERS = 1,
	FRAME_RST_STREAM = 3,
	FRAME_SETTINGS = 4,
	FRAME_GOAWAY = 7,
	FLAG_END_STREAM = 1,
	FLAG_END_HEADERS = 4,
	STREAM = 1,
	STATUS_200 = 0x88, /* of HPACK's static table (RFC 7541, appendix A), with which the answer begins */
};

struct frame {
	uint8_t type, flags;
	const uint8_t *payload;
	size_t len;
};

static uint8_t *put(uint8_t *at, const void *data, size_t len)
{
	memcpy(at, data, len);
	return at + len;
}

static uint8_t *put_frame(uint8_t *at, uint8_t type, uint8_t flags, const void *payload, size_t len)
{
	const uint8_t head[FRAME_HEAD_BYTES] = {
		0, (uint8_t)(len >> 8), (uint8_t)len, type, flags, 0, 0, 0, type == FRAME_SETTINGS ? 0 : STREAM};

	return put(put(at, head, sizeof(head)), payload, len);
}

/** A header field whose name is number @index of HPACK's static table, not to be remembered. */
static uint8_t *put_field(uint8_t *at, uint8_t index, const char *value)
{
	size_t len = strlen(value);

	if (index < 15) {
		*at++ = index;
	} else { /* RFC 7541, 5.1: what does not fit into four bits follows */
		*at++ = 15;
		*at++ = (uint8_t)(index - 15);
	}
	*at++ = (uint8_t)len;
	return put(at, value, len);
}

size_t doh_request(const uint8_t *message, size_t len, uint8_t out[DOH_REQUEST_MAX_BYTES])
{
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", type[] = "application/dns-message";
	enum { METHOD_POST = 0x83,
	       SCHEME_HTTPS = 0x87,
	       AUTHORITY = 1,
	       PATH = 4,
	       CONTENT_LENGTH = 28,
	       CONTENT_TYPE = 31 };
	uint8_t fields[128] = {METHOD_POST, SCHEME_HTTPS}, *at = fields + 2;
	char length[8];

	assert(len <= DNS_QUESTION_MAX_BYTES);
	(void)snprintf(length, sizeof(length), "%zu", len);
	at = put_field(at, AUTHORITY, "localhost");
	at = put_field(at, PATH, "/dns-query");
	at = put_field(at, CONTENT_LENGTH, length);
	at = put_field(at, CONTENT_TYPE, type);
	size_t fields_len = (size_t)(at - fields);

	at = put(out, preface, sizeof(preface) - 1);
	at = put_frame(at, FRAME_SETTINGS, 0, "", 0);
	at = put_frame(at, FRAME_HEADERS, FLAG_END_HEADERS, fields, fields_len);
	at = put_frame(at, FRAME_DATA, FLAG_END_STREAM, message, len);
	return (size_t)(at - out);
}

/** Read the frame at @at, and go on behind it. Return: whether all of it is there. */
static bool read_frame(const uint8_t **at, const uint8_t *end, struct frame *ret)
{
	const uint8_t *head = *at;

	if (end - head < FRAME_HEAD_BYTES)
		return false;
	size_t len = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
	if ((size_t)(end - head) - FRAME_HEAD_BYTES < len)
		return false;
	*ret = (struct frame){head[3], head[4], head + FRAME_HEAD_BYTES, len};
	*at = ret->payload + len;
	return true;
}

bool doh_is_whole(const uint8_t *answer, size_t len)
{
	const uint8_t *at = answer;
	struct frame f;

	while (read_frame(&at, answer + len, &f)) {
		bool is_refusal = f.type == FRAME_RST_STREAM || f.type == FRAME_GOAWAY;
		bool is_answer = f.type == FRAME_DATA || f.type == FRAME_HEADERS;
		if (is_refusal || (is_answer && (f.flags & FLAG_END_STREAM)))
			return true;
	}
	return false;
}

const char *doh_message(const uint8_t *answer, size_t len, const uint8_t **ret, size_t *ret_len)
{
	const uint8_t *at = answer;
	bool is_fine = false;
	struct frame f;

	while (read_frame(&at, answer + len, &f)) {
		if (f.type == FRAME_HEADERS)
			is_fine = f.len > 0 && f.payload[0] == STATUS_200;
		if (f.type != FRAME_DATA || f.len == 0)
			continue;
		*ret = f.payload;
		*ret_len = f.len;
		return is_fine ? NULL : "it does not answer with status 200";
	}
	return "it answers without a message";
}
