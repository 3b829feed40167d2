/* SPDX-License-Identifier: MIT */
#include "net/h2_out.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char body[] = "the body of a frame";

/* Send all of it, @step bytes at a time, into a text. */
static void send_all(struct h2_out *o, size_t step, char *ret)
{
	while (o->len > 0) {
		const struct iovec *pieces;
		size_t n = h2_out_pieces(o, &pieces), sent = 0;
		for (size_t i = 0; i < n && sent < step; i++) {
			size_t len = pieces[i].iov_len < step - sent ? pieces[i].iov_len : step - sent;
			memcpy(ret, pieces[i].iov_base, len);
			ret += len;
			sent += len;
		}
		h2_out_sent(o, sent);
	}
	*ret = '\0';
}

static void it_is_sent_in_order_however_little_the_socket_takes(void **state)
{
	static struct h2_out o;
	char text[100];
	(void)state;

	for (size_t step = 1; step < 50; step++) {
		h2_out_start(&o, 1000);
		assert_int_equal(h2_out_copy(&o, "own ", 4), 4);
		assert_int_equal(h2_out_copy(&o, "bytes, ", 7), 7);
		assert_true(h2_out_frame(&o, "head: ", 6, body, strlen(body)));
		assert_int_equal(h2_out_copy(&o, ", more", 6), 6);
		assert_int_equal(o.len, 4 + 7 + 6 + strlen(body) + 6);
		send_all(&o, step, text);
		assert_string_equal(text, "own bytes, head: the body of a frame, more");
	}
}

static void a_body_is_not_copied(void **state)
{
	static struct h2_out o;
	const struct iovec *pieces;
	(void)state;

	h2_out_start(&o, 1000);
	assert_true(h2_out_frame(&o, "head", 4, body, strlen(body)));
	assert_int_equal(h2_out_pieces(&o, &pieces), 2);
	assert_ptr_equal(pieces[1].iov_base, body);
}

static void it_takes_what_there_is_room_for(void **state)
{
	static struct h2_out o;
	static const char own[2 * H2_OUT_OWN_BYTES];
	unsigned frames = 0;
	(void)state;

	h2_out_start(&o, SIZE_MAX);
	assert_int_equal(h2_out_copy(&o, own, sizeof(own)), H2_OUT_OWN_BYTES);
	assert_int_equal(h2_out_copy(&o, own, 1), 0);
	assert_false(h2_out_frame(&o, "head", 4, body, 1));
	h2_out_sent(&o, o.len);

	h2_out_start(&o, SIZE_MAX);
	while (h2_out_frame(&o, "head", 4, body, 1))
		frames++;
	assert_int_equal(frames, H2_OUT_PIECES / 2);
	h2_out_sent(&o, o.len);

	h2_out_start(&o, 10);
	assert_true(h2_out_frame(&o, "head", 4, body, strlen(body)));
	assert_false(h2_out_frame(&o, "head", 4, body, strlen(body)));
	assert_int_equal(h2_out_copy(&o, own, 1), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_sent_in_order_however_little_the_socket_takes),
		cmocka_unit_test(a_body_is_not_copied),
		cmocka_unit_test(it_takes_what_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
