/* SPDX-License-Identifier: MIT */
#include "net/ws.h"

#include <assert.h>
#include <string.h>

enum {
	FIN = 0x80, /* in the first byte of a header */
	RESERVED = 0x70,
	OPCODE = 0x0f,
	CONTROL = 0x08,
	MASKED = 0x80, /* in the second */
	LENGTH = 0x7f,
	LENGTH_16 = 126, /* the length is in the next 2 bytes */
	LENGTH_64 = 127, /* or 8 */
	HEADER_MIN_BYTES = 2,
};

static void write_number(uint64_t value, size_t n_bytes, uint8_t *ret)
{
	for (size_t i = n_bytes; i > 0; i--, value >>= 8)
		ret[i - 1] = (uint8_t)value;
}

static uint64_t read_number(const uint8_t *bytes, size_t n_bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n_bytes; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* How many bytes a length takes beside the 7 bits that say so. */
static size_t length_bytes(unsigned length)
{
	if (length == LENGTH_64)
		return 8;
	return length == LENGTH_16 ? 2 : 0;
}

size_t ws_header_write(enum ws_opcode opcode, uint64_t payload_bytes, const uint8_t *mask,
                       uint8_t ret[WS_HEADER_MAX_BYTES])
{
	unsigned length = (unsigned)payload_bytes;

	if (payload_bytes > UINT16_MAX)
		length = LENGTH_64;
	else if (payload_bytes >= LENGTH_16)
		length = LENGTH_16;
	size_t len = HEADER_MIN_BYTES + length_bytes(length);

	ret[0] = (uint8_t)(FIN | opcode);
	ret[1] = (uint8_t)((mask != NULL ? MASKED : 0) | length);
	write_number(payload_bytes, length_bytes(length), ret + HEADER_MIN_BYTES);
	if (mask == NULL)
		return len;
	memcpy(ret + len, mask, WS_MASK_BYTES);
	return len + WS_MASK_BYTES;
}

void ws_close_write(enum ws_close code, uint8_t ret[2])
{
	write_number(code, 2, ret);
}

void ws_reader_init(struct ws_reader *r, bool from_client, uint64_t max_message_bytes)
{
	*r = (struct ws_reader){.from_client = from_client, .max_message_bytes = max_message_bytes};
}

static enum ws_event bad(struct ws_reader *r, enum ws_close code)
{
	r->close_code = code;
	return WS_BAD;
}

static bool is_control(enum ws_opcode opcode)
{
	return opcode & CONTROL;
}

/* The first two bytes: what frame is it, and may it come now (5.2, 5.4, 5.5)? */
static bool frame_is_allowed(const struct ws_reader *r)
{
	enum ws_opcode opcode = r->header[0] & OPCODE;

	if ((r->header[0] & RESERVED) || !!(r->header[1] & MASKED) != r->from_client)
		return false;
	switch (opcode) {
	case WS_OPCODE_CONTINUATION:
		return r->message != WS_OPCODE_CONTINUATION;
	case WS_OPCODE_TEXT:
	case WS_OPCODE_BINARY:
		return r->message == WS_OPCODE_CONTINUATION;
	case WS_OPCODE_CLOSE:
	case WS_OPCODE_PING:
	case WS_OPCODE_PONG:
		return (r->header[0] & FIN) && (r->header[1] & LENGTH) <= WS_CONTROL_MAX_BYTES;
	}
	return false;
}

/* The payload's length; UINT64_MAX when it is not written in the fewest bytes, or has a sign bit (5.2). */
static uint64_t payload_length(const struct ws_reader *r)
{
	unsigned length = r->header[1] & LENGTH;

	if (length < LENGTH_16)
		return length;
	uint64_t value = read_number(r->header + HEADER_MIN_BYTES, length_bytes(length));
	bool fewest = length == LENGTH_16 ? value >= LENGTH_16 : value > UINT16_MAX;
	return fewest && value <= INT64_MAX ? value : UINT64_MAX;
}

static enum ws_event start_frame(struct ws_reader *r)
{
	enum ws_opcode opcode = r->header[0] & OPCODE;
	uint64_t length = payload_length(r);

	if (length == UINT64_MAX)
		return bad(r, WS_CLOSE_PROTOCOL_ERROR);
	r->fin = r->header[0] & FIN;
	r->left = length;
	r->control_len = 0;
	r->mask_at = 0;
	r->in_frame = true;
	if (is_control(opcode)) {
		r->frame = opcode;
		return WS_MORE;
	}
	if (opcode != WS_OPCODE_CONTINUATION) {
		r->message = opcode;
		r->message_bytes = 0;
		r->text = (struct utf8){0};
	}
	if (length > r->max_message_bytes - r->message_bytes)
		return bad(r, WS_CLOSE_TOO_BIG);
	r->message_bytes += length;
	r->frame = r->message;
	return WS_MORE;
}

/* As far as it can be told from the bytes that are there. */
static size_t header_bytes(const struct ws_reader *r)
{
	if (r->header_len < HEADER_MIN_BYTES)
		return HEADER_MIN_BYTES;
	return HEADER_MIN_BYTES + length_bytes(r->header[1] & LENGTH) + (r->from_client ? WS_MASK_BYTES : 0);
}

static enum ws_event take_header(struct ws_reader *r, const uint8_t *data, size_t len, size_t *used)
{
	while (r->header_len < header_bytes(r)) {
		if (*used == len)
			return WS_MORE;
		r->header[r->header_len++] = data[(*used)++];
		if (r->header_len == HEADER_MIN_BYTES && !frame_is_allowed(r))
			return bad(r, WS_CLOSE_PROTOCOL_ERROR);
	}
	return start_frame(r);
}

/* A code that may be on the wire (7.4). */
static bool close_code_is_allowed(unsigned code)
{
	if (code >= 3000)
		return code <= 4999;
	return code >= WS_CLOSE_NORMAL && code <= 1014 && (code < 1004 || code > 1006);
}

static enum ws_event end_close(struct ws_reader *r)
{
	struct utf8 reason = {0};

	r->close_code = WS_CLOSE_NO_STATUS;
	if (r->control_len == 0)
		return WS_CLOSE;
	unsigned code = (unsigned)read_number(r->control, 2);
	if (r->control_len < 2 || !close_code_is_allowed(code))
		return bad(r, WS_CLOSE_PROTOCOL_ERROR);
	for (size_t i = 2; i < r->control_len; i++)
		if (!utf8_take(&reason, r->control[i]))
			return bad(r, WS_CLOSE_INVALID_TEXT);
	if (!utf8_is_whole(&reason))
		return bad(r, WS_CLOSE_INVALID_TEXT);
	r->close_code = code;
	return WS_CLOSE;
}

static enum ws_event end_frame(struct ws_reader *r)
{
	r->in_frame = false;
	r->header_len = 0;
	switch (r->frame) {
	case WS_OPCODE_CLOSE:
		return end_close(r);
	case WS_OPCODE_PING:
		return WS_PING;
	case WS_OPCODE_PONG:
		return WS_PONG;
	case WS_OPCODE_TEXT:
		if (r->fin && !utf8_is_whole(&r->text))
			return bad(r, WS_CLOSE_INVALID_TEXT);
		break;
	case WS_OPCODE_BINARY:
	case WS_OPCODE_CONTINUATION:
		break;
	}
	if (r->fin)
		r->message = WS_OPCODE_CONTINUATION;
	return WS_MORE;
}

static uint8_t unmask(struct ws_reader *r, uint8_t byte)
{
	const uint8_t *mask = r->header + r->header_len - WS_MASK_BYTES;

	return r->from_client ? byte ^ mask[r->mask_at++ % WS_MASK_BYTES] : byte;
}

/* Of text and control frames. */
static enum ws_event take_payload(struct ws_reader *r, const uint8_t *data, size_t len, size_t *used)
{
	for (; r->left > 0 && *used < len; r->left--) {
		uint8_t byte = unmask(r, data[(*used)++]);
		if (is_control(r->frame))
			r->control[r->control_len++] = byte;
		else if (!utf8_take(&r->text, byte))
			return bad(r, WS_CLOSE_INVALID_TEXT);
	}
	return r->left == 0 ? end_frame(r) : WS_MORE;
}

uint64_t ws_reader_binary_bytes(const struct ws_reader *r)
{
	return r->in_frame && r->frame == WS_OPCODE_BINARY ? r->left : 0;
}

enum ws_event ws_reader_feed(struct ws_reader *r, const void *data, size_t len, size_t *ret_used)
{
	enum ws_event event = WS_MORE;

	*ret_used = 0;
	do {
		if (!r->in_frame)
			event = take_header(r, data, len, ret_used);
		if (event == WS_MORE && r->in_frame) {
			if (ws_reader_binary_bytes(r) > 0)
				return WS_BINARY;
			event = take_payload(r, data, len, ret_used);
		}
	} while (event == WS_MORE && *ret_used < len);
	return event;
}

void ws_reader_skip(struct ws_reader *r, uint64_t len)
{
	assert(len <= ws_reader_binary_bytes(r));
	r->left -= len;
	if (r->left == 0)
		(void)end_frame(r); /* a binary frame ends in no event */
}
