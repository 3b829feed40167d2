/* A peer's bytes, cut into pieces in every way, always tell the same story. */
/* SPDX-License-Identifier: MIT */
#include "net/ws.h"

#include "base/buf.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array)  (sizeof(array) / sizeof((array)[0]))
#define BYTES(text)   {text, sizeof(text) - 1}
#define KEY           "\x01\x02\x03\x04"
#define LIMIT_BYTES   300
#define STORY_BYTES   1000
#define STREAM_BYTES  4096
#define TOO_LONG_16   "\x00\x7d" /* 125 and 65535 in more bytes than they need */
#define TOO_LONG_64   "\x00\x00\x00\x00\x00\x00\xff\xff"
#define SIGNED_64     "\x80\x00\x00\x00\x00\x00\x00\x01"
#define LARGEST_64    "\x7f\xff\xff\xff\xff\xff\xff\xff"
#define JUST_TOO_LONG "\x01\x2d" /* 301 */

struct stream {
	const char *bytes;
	size_t len;
};

/* Tell what the reader says of @s when the bytes come in pieces of @piece. */
static void tell(struct buf *story, bool from_client, const struct stream *s, size_t piece)
{
	struct ws_reader r;
	enum ws_event event = WS_MORE;
	size_t used, at = 0;

	ws_reader_init(&r, from_client, LIMIT_BYTES);
	while (at < s->len && event != WS_BAD && event != WS_CLOSE) {
		size_t len = s->len - at < piece ? s->len - at : piece;
		uint64_t binary = ws_reader_binary_bytes(&r);
		if (binary > 0) {
			len = len < binary ? len : (size_t)binary;
			ws_reader_skip(&r, len);
			at += len;
			continue;
		}
		event = ws_reader_feed(&r, s->bytes + at, len, &used);
		assert_true(used <= len);
		assert_true(event != WS_MORE || used == len);
		at += used;
		if (event == WS_BINARY)
			(void)buf_printf(story, "binary %" PRIu64 "; ", ws_reader_binary_bytes(&r));
		if (event == WS_PING || event == WS_PONG)
			(void)buf_printf(story, "%s '%.*s'; ", event == WS_PING ? "ping" : "pong", (int)r.control_len,
			                 (const char *)r.control);
		if (event == WS_CLOSE || event == WS_BAD)
			(void)buf_printf(story, "%s %u; ", event == WS_CLOSE ? "close" : "bad", r.close_code);
	}
	if (event != WS_BAD && (r.in_frame || r.header_len > 0 || r.message != WS_OPCODE_CONTINUATION))
		(void)buf_printf(story, "unfinished; ");
}

static void expect_story(bool from_client, const struct stream *s, const char *expected)
{
	struct buf story;

	for (size_t piece = 1; piece <= s->len; piece++) {
		buf_init(&story, STORY_BYTES);
		(void)buf_printf(&story, "%s", "");
		tell(&story, from_client, s, piece);
		if (strcmp(buf_text(&story), expected) != 0)
			fail_msg("in pieces of %zu: \"%s\" and not \"%s\"", piece, story.data, expected);
		buf_done(&story);
	}
}

/* The same frames as a client sends them: with @key. Each frame of @s has a length of 7 bits. */
static struct stream masked(const struct stream *s, const char *key, char ret[STREAM_BYTES])
{
	size_t n = 0;

	for (size_t at = 0; at < s->len;) {
		size_t len = (size_t)s->bytes[at + 1];
		ret[n++] = s->bytes[at++];
		ret[n++] = (char)(0x80 | s->bytes[at++]);
		memcpy(ret + n, key, WS_MASK_BYTES);
		n += WS_MASK_BYTES;
		for (size_t i = 0; i < len && at < s->len; i++)
			ret[n++] = (char)(s->bytes[at++] ^ key[i % WS_MASK_BYTES]);
	}
	return (struct stream){ret, n};
}

static const struct {
	struct stream stream;
	const char *story;
} frames[] = {
	{BYTES("\x82\x05hello"), "binary 5; "},
	{BYTES("\x82\x00\x82\x01x"), "binary 1; "},
	{BYTES("\x81\x05hello"), ""},
	{BYTES("\x81\x00"), ""},
	{BYTES("\x89\x00\x8a\x02hi"), "ping ''; pong 'hi'; "},
	/* in fragments, control frames between them */
	{BYTES("\x01\x02he\x89\x01p\x00\x00\x80\x03llo\x89\x00"), "ping 'p'; ping ''; "},
	{BYTES("\x02\x02he\x8a\x01p\x00\x01l\x80\x02lo"), "binary 2; pong 'p'; binary 1; binary 2; "},
	{BYTES("\x02\x00\x80\x00\x82\x01x"), "binary 1; "},
	{BYTES("\x01\x02he"), "unfinished; "},
	{BYTES("\x82\x05hel"), "binary 5; unfinished; "},
	{BYTES("\x89\x02h"), "unfinished; "},
	/* the end */
	{BYTES("\x88\x00"), "close 1005; "},
	{BYTES("\x88\x02\x03\xe8"), "close 1000; "},
	{BYTES("\x88\x06\x03\xe9n\xc3\xa9s\x89\x00"), "close 1001; "},
	{BYTES("\x88\x02\x0b\xb8"), "close 3000; "},
	{BYTES("\x88\x02\x13\x87"), "close 4999; "},
	{BYTES("\x88\x01\x03"), "bad 1002; "},
	{BYTES("\x88\x03\x03\xe8\xff"), "bad 1007; "},
	{BYTES("\x88\x03\x03\xe8\xc3"), "bad 1007; "},
	/* text that is none */
	{BYTES("\x81\x01\xff"), "bad 1007; "},
	{BYTES("\x81\x03x\xed\xa0"), "bad 1007; "},
	{BYTES("\x81\x01\xc3"), "bad 1007; "},
	{BYTES("\x01\x01\xc3\x80\x01\xa9"), ""}, /* a character over two fragments */
	{BYTES("\x01\x01\xc3\x00\x00\x80\x00"), "bad 1007; "},
	{BYTES("\x01\x01\xc3\x89\x01\xff\x80\x01x"), "ping '\xff'; bad 1007; "},
	{BYTES("\x82\x02\xff\xff"), "binary 2; "},
	/* fragments out of order */
	{BYTES("\x80\x00"), "bad 1002; "},
	{BYTES("\x00\x01x"), "bad 1002; "},
	{BYTES("\x81\x01x\x80\x01x"), "bad 1002; "},
	{BYTES("\x01\x01x\x81\x01x"), "bad 1002; "},
	{BYTES("\x02\x01x\x02\x01x"), "binary 1; bad 1002; "},
	/* control frames in fragments */
	{BYTES("\x09\x00"), "bad 1002; "},
	{BYTES("\x0a\x00"), "bad 1002; "},
	{BYTES("\x08\x00"), "bad 1002; "},
};

static void frames_tell_their_story_whoever_sends_them(void **state)
{
	static const char *const keys[] = {KEY, "\x00\x00\x00\x00", "\xff\x00\x80\x7f"};
	char bytes[STREAM_BYTES];
	(void)state;

	for (size_t i = 0; i < COUNT(frames); i++) {
		expect_story(false, &frames[i].stream, frames[i].story);
		for (size_t k = 0; k < COUNT(keys); k++) {
			struct stream s = masked(&frames[i].stream, keys[k], bytes);
			expect_story(true, &s, frames[i].story);
		}
	}
}

static void lengths_are_written_as_they_must_be_and_have_a_limit(void **state)
{
	static const struct {
		struct stream stream;
		const char *story;
	} cases[] = {
		{BYTES("\x82\x7e\x00\x7e"), "unfinished; "}, /* 126 follow */
		{BYTES("\x82\x7e\x01\x2c"), "unfinished; "}, /* 300 */
		{BYTES("\x82\x7e" JUST_TOO_LONG), "bad 1009; "},
		{BYTES("\x81\x7e" JUST_TOO_LONG), "bad 1009; "},
		{BYTES("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"), "bad 1009; "},
		{BYTES("\x82\x7f" LARGEST_64), "bad 1009; "},
		{BYTES("\x02\x01x\x80\x7f" LARGEST_64), "binary 1; bad 1009; "},
		{BYTES("\x82\x7e" TOO_LONG_16), "bad 1002; "},
		{BYTES("\x82\x7f" TOO_LONG_64), "bad 1002; "},
		{BYTES("\x82\x7f" SIGNED_64), "bad 1002; "},
		{BYTES("\x89\x7e\x00\x7e"), "bad 1002; "}, /* of a control frame, 126 at least */
		{BYTES("\x8a\x7f"), "bad 1002; "},
		{BYTES("\x88\x7e\x00\x02"), "bad 1002; "},
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ws_reader r;
		size_t used;
		const char *story = cases[i].story;

		if (strcmp(story, "unfinished; ") != 0) {
			expect_story(false, &cases[i].stream, story);
			continue;
		}
		ws_reader_init(&r, false, LIMIT_BYTES);
		assert_int_equal(ws_reader_feed(&r, cases[i].stream.bytes, cases[i].stream.len, &used), WS_BINARY);
		assert_int_equal(used, cases[i].stream.len);
	}
}

static void fragments_count_together(void **state)
{
	char stream[5 * 129];
	struct stream s = {stream, 0};
	(void)state;

	for (size_t i = 0; i < 5; i++) { /* of 100 bytes each: the fourth is too much */
		stream[s.len++] = (char)(i == 0 ? 0x01 : 0x00);
		stream[s.len++] = 100;
		memset(stream + s.len, 'x', 100);
		s.len += 100;
	}
	expect_story(false, &s, "bad 1009; ");
}

static void a_client_masks_and_a_server_does_not(void **state)
{
	static const struct stream plain = BYTES("\x82\x01x"), covered = BYTES("\x82\x81" KEY "x");
	(void)state;

	expect_story(true, &plain, "bad 1002; ");
	expect_story(false, &covered, "bad 1002; ");
}

static void only_known_first_bytes_pass(void **state)
{
	(void)state;

	for (unsigned first = 0; first < 256; first++) {
		uint8_t frame[] = {(uint8_t)first, 0};
		struct ws_reader r;
		size_t used;
		unsigned opcode = first & 0x0f;
		bool known = opcode == WS_OPCODE_TEXT || opcode == WS_OPCODE_BINARY ||
		             (opcode >= WS_OPCODE_CLOSE && opcode <= WS_OPCODE_PONG && (first & 0x80));

		ws_reader_init(&r, false, LIMIT_BYTES);
		enum ws_event event = ws_reader_feed(&r, frame, sizeof(frame), &used);
		assert_int_equal(event == WS_BAD, !known || (first & 0x70));
		if (event == WS_BAD)
			assert_int_equal(r.close_code, WS_CLOSE_PROTOCOL_ERROR);
	}
}

static void only_codes_that_mean_something_close(void **state)
{
	(void)state;

	for (unsigned code = 0; code <= UINT16_MAX; code++) {
		uint8_t frame[] = {0x88, 2, (uint8_t)(code >> 8), (uint8_t)code};
		struct ws_reader r;
		size_t used;
		bool allowed = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
		               (code >= 3000 && code <= 4999);

		ws_reader_init(&r, false, LIMIT_BYTES);
		assert_int_equal(ws_reader_feed(&r, frame, sizeof(frame), &used), allowed ? WS_CLOSE : WS_BAD);
		assert_int_equal(r.close_code, allowed ? code : WS_CLOSE_PROTOCOL_ERROR);
	}
}

static void headers_written_are_read_again(void **state)
{
	static const uint64_t lengths[] = {0, 1, 125, 126, 127, 65535, 65536, 1 << 20, INT64_MAX};
	static const size_t header_bytes[] = {2, 2, 2, 4, 4, 4, 10, 10, 10};
	static const uint8_t mask[WS_MASK_BYTES] = KEY;
	(void)state;

	for (size_t i = 0; i < COUNT(lengths); i++)
		for (int from_client = 0; from_client <= 1; from_client++) {
			uint8_t header[WS_HEADER_MAX_BYTES];
			struct ws_reader r;
			const uint8_t *key = from_client ? mask : NULL;
			size_t used, len = ws_header_write(WS_OPCODE_BINARY, lengths[i], key, header);

			ws_reader_init(&r, from_client, INT64_MAX);
			assert_int_equal(len, header_bytes[i] + (from_client ? WS_MASK_BYTES : 0));
			enum ws_event event = ws_reader_feed(&r, header, len, &used);
			assert_int_equal(event, lengths[i] == 0 ? WS_MORE : WS_BINARY);
			assert_int_equal(used, len);
			assert_int_equal(ws_reader_binary_bytes(&r), lengths[i]);
			if (lengths[i] > 0)
				ws_reader_skip(&r, lengths[i]);
			assert_int_equal(ws_reader_binary_bytes(&r), 0);
		}
}

static void a_close_is_written_as_it_is_read(void **state)
{
	uint8_t frame[WS_HEADER_MAX_BYTES + 2];
	struct ws_reader r;
	size_t used, len = ws_header_write(WS_OPCODE_CLOSE, 2, NULL, frame);
	(void)state;

	ws_close_write(WS_CLOSE_TOO_BIG, frame + len);
	ws_reader_init(&r, false, LIMIT_BYTES);
	assert_int_equal(ws_reader_feed(&r, frame, len + 2, &used), WS_CLOSE);
	assert_int_equal(r.close_code, WS_CLOSE_TOO_BIG);
}

/* Any bytes at all: whatever they mean, the reader stays within its limits (ASan watches). */
static void noise_never_leads_astray(void **state)
{
	uint32_t seed = 1;
	(void)state;

	for (int round = 0; round < 20000; round++) {
		uint8_t noise[256];
		struct ws_reader r;
		size_t at = 0, used;
		enum ws_event event = WS_MORE;

		for (size_t i = 0; i < sizeof(noise); i++) {
			seed = seed * 1664525 + 1013904223;
			noise[i] = (uint8_t)(seed >> 24);
		}
		noise[0] = (uint8_t)(noise[0] & 0x8f); /* past the first check more often */
		noise[1] = (uint8_t)(noise[1] | 0x80);
		ws_reader_init(&r, true, 1 << 24);
		while (at < sizeof(noise) && event != WS_BAD && event != WS_CLOSE) {
			event = ws_reader_feed(&r, noise + at, sizeof(noise) - at, &used);
			at += used;
			if (event == WS_BINARY) {
				uint64_t skip = ws_reader_binary_bytes(&r);
				skip = skip < sizeof(noise) - at ? skip : sizeof(noise) - at;
				ws_reader_skip(&r, skip);
				at += skip;
			}
			assert_true(at <= sizeof(noise));
			assert_true(r.control_len <= WS_CONTROL_MAX_BYTES);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_tell_their_story_whoever_sends_them),
		cmocka_unit_test(lengths_are_written_as_they_must_be_and_have_a_limit),
		cmocka_unit_test(fragments_count_together),
		cmocka_unit_test(a_client_masks_and_a_server_does_not),
		cmocka_unit_test(only_known_first_bytes_pass),
		cmocka_unit_test(only_codes_that_mean_something_close),
		cmocka_unit_test(headers_written_are_read_again),
		cmocka_unit_test(a_close_is_written_as_it_is_read),
		cmocka_unit_test(noise_never_leads_astray),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
