/* A session against frames made by hand, and too many of them. */
/* SPDX-License-Identifier: MIT */
#include "h2_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAGIC "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

static void take_raw(struct fixture *f, const void *bytes, size_t len)
{
	assert_int_equal(buf_add(&f->raw, bytes, len), 0);
}

static int setup(void **state)
{
	(void)setup_session(state);
	((struct fixture *)*state)->take = take_raw;
	return 0;
}

/* A frame made by hand (RFC 9113, 4.1). */
static void send_frame(struct fixture *f, uint8_t type, uint8_t flags, uint32_t id, const void *payload, size_t len)
{
	char frame[9 + 20000] = {(char)(len >> 16), (char)(len >> 8), (char)len, (char)type, (char)flags,
	                         (char)(id >> 24), (char)(id >> 16), (char)(id >> 8), (char)id};

	memcpy(frame + 9, payload, len);
	h2_session_receive(&f->session, frame, 9 + len, 0);
	(void)session_sends(f);
	buf_drop(&f->raw, f->raw.len > 1000 ? f->raw.len - 1000 : 0);
}

static void greet(struct fixture *f)
{
	h2_session_receive(&f->session, MAGIC, strlen(MAGIC), 0);
	send_frame(f, NGHTTP2_SETTINGS, 0, 0, "", 0);
}

static const char get_small[] = "\x82\x87\x01\x0bpop.example\x04\x06/small"; /* RFC 7541, appendix A */

static void send_get(struct fixture *f, uint32_t id, uint8_t flags)
{
	send_frame(f, NGHTTP2_HEADERS, flags, id, get_small, sizeof(get_small) - 1);
}

static void flood_of_pings(struct fixture *f, uint32_t i)
{
	(void)i;
	send_frame(f, NGHTTP2_PING, 0, 0, "12345678", 8);
}

static void flood_of_settings(struct fixture *f, uint32_t i)
{
	(void)i;
	send_frame(f, NGHTTP2_SETTINGS, 0, 0, "\0\3\0\0\0\1", 6);
}

static void flood_of_resets(struct fixture *f, uint32_t i)
{
	send_get(f, 2 * i + 1, NGHTTP2_FLAG_END_HEADERS);
	send_frame(f, NGHTTP2_RST_STREAM, 0, 2 * i + 1, "\0\0\0\x08", 4);
}

/* The client makes the server reset: no window may be so large (RFC 9113, 6.9.1). */
static void flood_of_resets_by_us(struct fixture *f, uint32_t i)
{
	send_get(f, 2 * i + 1, NGHTTP2_FLAG_END_HEADERS);
	send_frame(f, NGHTTP2_WINDOW_UPDATE, 0, 2 * i + 1, "\x7f\xff\xff\xff", 4);
}

static void flood_of_empty_data(struct fixture *f, uint32_t i)
{
	if (i == 0)
		send_get(f, 1, NGHTTP2_FLAG_END_HEADERS);
	send_frame(f, NGHTTP2_DATA, 0, 1, "", 0);
}

static void flood_of_windows(struct fixture *f, uint32_t i)
{
	(void)i;
	send_frame(f, NGHTTP2_WINDOW_UPDATE, 0, 0, "\0\0\0\1", 4);
}

static void flood_of_priorities(struct fixture *f, uint32_t i)
{
	send_frame(f, NGHTTP2_PRIORITY, 0, 2 * i + 1, "\0\0\0\0\1", 5);
}

static void flood_of_continuations(struct fixture *f, uint32_t i)
{
	if (i == 0)
		send_get(f, 1, 0);
	send_frame(f, NGHTTP2_CONTINUATION, 0, 1, "", 0);
}

/* One byte stands for 4000: the field was put into the table before (RFC 7541, 7.3). */
static void bomb(struct fixture *f, uint32_t i)
{
	static char head[16000];
	size_t at = sizeof(get_small) - 1;

	memcpy(head, get_small, at);
	memcpy(head + at, "\x40\x01y\x7f\x81\x1e", 6); /* "y": 127 + 129 + 30 * 128 bytes */
	at += 6;
	memset(head + at, 'z', 127 + 129 - 128 + 30 * 128);
	at += 127 + 129 - 128 + 30 * 128;
	memset(head + at, 0x80 | 62, sizeof(head) - at);
	send_frame(f, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 2 * i + 1, head, sizeof(head));
}

static void a_flood_ends_in_a_goaway(void **state)
{
	static void (*const floods[])(struct fixture *f, uint32_t i) = {
		flood_of_pings,
		flood_of_settings,
		flood_of_resets,
		flood_of_resets_by_us,
		flood_of_empty_data,
		flood_of_windows,
		flood_of_priorities,
		flood_of_continuations,
		bomb,
	};
	static const char calm[] = "\0\0\0\x0b"; /* ENHANCE_YOUR_CALM */

	for (size_t k = 0; k < sizeof(floods) / sizeof(floods[0]); k++) {
		(void)teardown_session(state);
		(void)setup(state);
		struct fixture *f = *state;
		uint32_t i = 0;
		greet(f);
		while (!h2_session_is_over(&f->session) && i < 3 * H2_FLOOD_BURST)
			floods[k](f, i++);
		assert_true(f->session.flooded);
		assert_true(h2_session_is_over(&f->session));
		const char *last = f->raw.data + f->raw.len - 17; /* a GOAWAY */
		assert_int_equal(last[3], NGHTTP2_GOAWAY);
		assert_memory_equal(last + 13, calm, 4);
	}
}

static void another_protocol_is_told_so(void **state)
{
	static const char get[] = "GET / HTTP/1.1\r\nHost: pop.example\r\n\r\n";
	struct fixture *f = *state;

	h2_session_receive(&f->session, get, strlen(get), 0);
	while (session_sends(f))
		;
	assert_false(f->session.flooded);
	assert_true(h2_session_is_over(&f->session));
	assert_memory_equal(f->raw.data + f->raw.len - 4, "\0\0\0\1", 4); /* PROTOCOL_ERROR */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_flood_ends_in_a_goaway, setup, teardown_session),
		cmocka_unit_test_setup_teardown(another_protocol_is_told_so, setup, teardown_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
