/*
 * WebSocket frames of a client and of a server (net/ws.h): however they are parted, the same events come of them, and
 * a close that is written is read.
 */
/* SPDX-License-Identifier: MIT */
#include "net/ws.h"

#include "../fuzz.h"

#include "base/buf.h"

enum {
	TOLD_MAX_BYTES = 1 << 20,
	MESSAGE_MAX_BYTES = 4096,
};

/* Return: whether more may come. */
static bool tell(struct buf *told, const struct ws_reader *r, enum ws_event e)
{
	assert(r->control_len <= WS_CONTROL_MAX_BYTES);
	if (e == WS_PING || e == WS_PONG)
		assert(buf_printf(told, "%d %zu;", e, r->control_len) == 0 &&
		       buf_add(told, r->control, r->control_len) == 0);
	if (e == WS_CLOSE || e == WS_BAD)
		assert(buf_printf(told, "%d %u;", e, r->close_code) == 0);
	return e != WS_CLOSE && e != WS_BAD;
}

/* Return: whether more may come. */
static bool feed(struct ws_reader *r, const char *data, size_t len, struct buf *told)
{
	for (size_t used = 0; len > 0; data += used, len -= used) {
		uint64_t binary = ws_reader_binary_bytes(r);
		if (binary > 0) {
			used = binary < len ? (size_t)binary : len;
			ws_reader_skip(r, used);
			continue;
		}
		enum ws_event e = ws_reader_feed(r, data, len, &used);
		if (!tell(told, r, e))
			return false;
		assert(used <= len && (e != WS_MORE || used == len));
		assert(e != WS_BINARY || ws_reader_binary_bytes(r) <= MESSAGE_MAX_BYTES);
	}
	return true;
}

static struct buf read_parted(const uint8_t *data, size_t size, bool from_client, enum fuzz_way way)
{
	struct ws_reader r;
	struct buf told;

	buf_init(&told, TOLD_MAX_BYTES);
	ws_reader_init(&r, from_client, MESSAGE_MAX_BYTES);
	for (size_t at = 0, n; at < size; at += n) {
		n = fuzz_piece(way, at, size - at);
		char *piece = fuzz_bytes(data + at, n);
		bool goes_on = feed(&r, piece, n, &told);
		free(piece);
		if (!goes_on)
			break;
	}
	return told;
}

static void read_as(const uint8_t *data, size_t size, bool from_client)
{
	struct buf first = read_parted(data, size, from_client, FUZZ_WHOLE);

	for (enum fuzz_way w = FUZZ_BYTES; w < FUZZ_WAYS; w++) {
		struct buf told = read_parted(data, size, from_client, w);
		assert(told.len == first.len && memcmp(buf_text(&told), buf_text(&first), first.len) == 0);
		buf_done(&told);
	}
	buf_done(&first);
}

/* The bytes as the payload of a frame of ours, which the other side reads. */
static void write_and_read(const uint8_t *data, size_t size, const uint8_t *mask)
{
	uint8_t frame[WS_HEADER_MAX_BYTES + WS_CONTROL_MAX_BYTES];
	struct ws_reader r;
	size_t used;

	if (size > WS_CONTROL_MAX_BYTES)
		return;
	size_t head = ws_header_write(WS_OPCODE_PING, size, mask, frame);
	for (size_t i = 0; i < size; i++)
		frame[head + i] = mask != NULL ? data[i] ^ mask[i % WS_MASK_BYTES] : data[i];
	ws_reader_init(&r, mask != NULL, MESSAGE_MAX_BYTES);
	assert(ws_reader_feed(&r, frame, head + size, &used) == WS_PING && used == head + size);
	assert(r.control_len == size && (size == 0 || memcmp(r.control, data, size) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as(data, size, true);
	read_as(data, size, false);
	write_and_read(data, size, NULL);
	if (size >= WS_MASK_BYTES)
		write_and_read(data, size, data);
	return 0;
}
