/* A session against nghttp2's client. */
/* SPDX-License-Identifier: MIT */
#include "h2_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int client_header(nghttp2_session *http, const nghttp2_frame *frame, const uint8_t *name, size_t name_len,
                         const uint8_t *value, size_t value_len, uint8_t flags, void *data)
{
	struct fixture *f = data;
	unsigned *status = &f->status[frame->hd.stream_id];
	(void)http, (void)flags, (void)value_len;

	if (name_len == 7 && memcmp(name, ":status", 7) == 0)
		*status = *status * 1000 + (unsigned)atoi((const char *)value); /* 100200: 100, then 200 */
	return 0;
}

static int client_data(nghttp2_session *http, uint8_t flags, int32_t id, const uint8_t *bytes, size_t len, void *data)
{
	struct fixture *f = data;
	(void)http, (void)flags;

	for (size_t i = 0; i < len && f->status[id] == 200 && len > 1; i += 997)
		assert_true(bytes[i] == 0 || (char)bytes[i] == blob_bytes[(f->bytes[id] + i) % BLOB_BYTES]);
	f->bytes[id] += len;
	return 0;
}

static int client_closed(nghttp2_session *http, int32_t id, uint32_t code, void *data)
{
	struct fixture *f = data;
	(void)http;

	f->ended[id] = 1 + (int)code;
	return 0;
}

static int client_frame(nghttp2_session *http, const nghttp2_frame *frame, void *data)
{
	struct fixture *f = data;
	(void)http;

	if (frame->hd.type == NGHTTP2_GOAWAY) {
		f->goaway = 1 + (int)frame->goaway.error_code;
		f->goaway_last = frame->goaway.last_stream_id;
	}
	return 0;
}

static void take(struct fixture *f, const void *bytes, size_t len)
{
	assert_int_equal(nghttp2_session_mem_recv2(f->client, bytes, len), len);
}

static void start_client(struct fixture *f)
{
	static const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 30}};
	nghttp2_session_callbacks *calls;
	nghttp2_option *options;

	f->take = take;
	assert_int_equal(nghttp2_session_callbacks_new(&calls), 0);
	assert_int_equal(nghttp2_option_new(&options), 0);
	nghttp2_option_set_no_http_messaging(options, 1); /* it may break the rules */
	nghttp2_session_callbacks_set_on_header_callback(calls, client_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, client_data);
	nghttp2_session_callbacks_set_on_stream_close_callback(calls, client_closed);
	nghttp2_session_callbacks_set_on_frame_recv_callback(calls, client_frame);
	assert_int_equal(nghttp2_session_client_new2(&f->client, calls, f, options), 0);
	nghttp2_option_del(options);
	nghttp2_session_callbacks_del(calls);
	assert_int_equal(nghttp2_submit_settings(f->client, NGHTTP2_FLAG_NONE, settings, 1), 0);
	assert_int_equal(nghttp2_session_set_local_window_size(f->client, NGHTTP2_FLAG_NONE, 0, 1 << 30), 0);
}

static int setup(void **state)
{
	(void)setup_session(state);
	start_client(*state);
	return 0;
}

static void client_sends(struct fixture *f)
{
	const uint8_t *bytes;

	for (nghttp2_ssize n; (n = nghttp2_session_mem_send2(f->client, &bytes)) > 0;)
		h2_session_receive(&f->session, (const char *)bytes, (size_t)n, 0);
}

static void exchange(struct fixture *f)
{
	do
		client_sends(f);
	while (session_sends(f));
}

static nghttp2_ssize client_payload(nghttp2_session *http, int32_t id, uint8_t *to, size_t len, uint32_t *flags,
                                    nghttp2_data_source *source, void *data)
{
	size_t *left = source->ptr;
	(void)http, (void)id, (void)data;

	if (len >= *left) {
		len = *left;
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	}
	memset(to, 1, len);
	*left -= len;
	return (nghttp2_ssize)len;
}

static nghttp2_nv field(const char *name, const char *value)
{
	return (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name), strlen(value), 0};
}

/* @body: bytes of a body, counted off; NULL: none. Return: the stream. */
static int32_t ask(struct fixture *f, const char *method, const char *path, size_t *body)
{
	const nghttp2_nv fields[] = {field(":method", method), field(":scheme", "https"), field(":path", path),
	                             field(":authority", "pop.example"), field("expect", "100-continue")};
	nghttp2_data_provider2 provider = {.source.ptr = body, .read_callback = client_payload};

	if (body == NULL)
		return nghttp2_submit_request2(f->client, NULL, fields, 4, NULL, NULL);
	return nghttp2_submit_request2(f->client, NULL, fields, 5, &provider, NULL);
}

static void expect(const struct fixture *f, int32_t id, unsigned status, size_t bytes, int ended)
{
	assert_int_equal(f->status[id], status);
	assert_int_equal(f->bytes[id], bytes);
	assert_int_equal(f->ended[id], ended);
}

static void replies_are_short_and_long(void **state)
{
	struct fixture *f = *state;
	int32_t small = ask(f, "GET", "/small", NULL), head = ask(f, "HEAD", "/big", NULL);
	int32_t text = ask(f, "GET", "/text", NULL), big = ask(f, "GET", "/big", NULL);

	exchange(f);
	expect(f, small, 200, 1, 1 + NGHTTP2_NO_ERROR);
	expect(f, head, 200, 0, 1 + NGHTTP2_NO_ERROR);
	expect(f, text, 200, 400000, 1 + NGHTTP2_NO_ERROR);
	expect(f, big, 200, BIG_BYTES, 1 + NGHTTP2_NO_ERROR);
	assert_int_equal(f->sent, BIG_BYTES);
	assert_int_equal(f->done, 4);
	assert_false(h2_session_is_over(&f->session));
}

static void long_replies_share_and_short_ones_pass(void **state)
{
	struct fixture *f = *state;
	int32_t a = ask(f, "GET", "/big", NULL), b = ask(f, "GET", "/big", NULL);

	client_sends(f);
	for (int i = 0; i < 100; i++)
		assert_true(session_sends(f));
	assert_in_range(f->bytes[a], 45 * BATCH_BYTES, 55 * BATCH_BYTES);
	assert_in_range(f->bytes[b], f->bytes[a] - 2 * H2_FRAME_MAX_BYTES, f->bytes[a] + 2 * H2_FRAME_MAX_BYTES);
	int32_t small = ask(f, "GET", "/small", NULL);
	client_sends(f);
	assert_true(session_sends(f)); /* in the very next write */
	expect(f, small, 200, 1, 1 + NGHTTP2_NO_ERROR);
}

static void an_upload_is_taken_whole_before_the_reply(void **state)
{
	struct fixture *f = *state;
	size_t left = BIG_BYTES;
	int32_t id = ask(f, "POST", "/upload", &left);

	exchange(f);
	expect(f, id, 100200, 1, 1 + NGHTTP2_NO_ERROR);
	assert_int_equal(f->received, BIG_BYTES);
	assert_int_equal(f->states, (1u << H2_STREAM_STATES) - 1); /* it was in each */
}

static void a_refused_upload_is_told_to_stop(void **state)
{
	struct fixture *f = *state;
	size_t left = BIG_BYTES;
	const uint8_t *bytes;

	f->refuse = 503;
	int32_t id = ask(f, "POST", "/upload", &left);
	for (int i = 0; i < 3; i++) { /* magic, SETTINGS, HEADERS or so */
		nghttp2_ssize n = nghttp2_session_mem_send2(f->client, &bytes);
		h2_session_receive(&f->session, (const char *)bytes, (size_t)n, 0);
	}
	exchange(f);
	expect(f, id, 503, 3, 1 + NGHTTP2_NO_ERROR);
	assert_true(left > BIG_BYTES / 2);
	assert_int_equal(f->received, 0);
	assert_int_equal(f->requests, 0);
	assert_int_equal(f->done, 1);
}

static void a_stream_may_be_reset_by_either_side(void **state)
{
	struct fixture *f = *state;
	int32_t theirs = ask(f, "GET", "/later", NULL), ours = ask(f, "GET", "/big", NULL);

	client_sends(f);
	h2_session_reset(LIST_FIRST(&f->session.streams)); /* the later one */
	assert_int_equal(nghttp2_submit_rst_stream(f->client, NGHTTP2_FLAG_NONE, theirs, NGHTTP2_CANCEL), 0);
	exchange(f);
	assert_int_equal(f->ended[theirs], 1 + NGHTTP2_CANCEL);
	assert_int_equal(f->ended[ours], 1 + NGHTTP2_CANCEL);
	assert_int_equal(f->done, 2);
	assert_true(LIST_EMPTY(&f->session.streams));
}

static void replies_that_wait_hold_new_streams_back(void **state)
{
	struct fixture *f = *state;
	static const nghttp2_settings_entry closed = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0};
	int32_t first[3], id;

	exchange(f);
	assert_int_equal(nghttp2_submit_settings(f->client, NGHTTP2_FLAG_NONE, &closed, 1), 0);
	for (size_t i = 0; i < 3; i++)
		first[i] = ask(f, "GET", "/text", NULL); /* 1.2 MB in all */
	exchange(f);
	id = ask(f, "GET", "/text", NULL);
	exchange(f);
	assert_int_equal(f->ended[id], 1 + NGHTTP2_REFUSED_STREAM);
	assert_int_equal(nghttp2_submit_window_update(f->client, NGHTTP2_FLAG_NONE, first[0], 1 << 20), 0);
	exchange(f);
	expect(f, first[0], 200, 400000, 1 + NGHTTP2_NO_ERROR);
	expect(f, first[2], 200, 0, 0);
	id = ask(f, "HEAD", "/text", NULL);
	exchange(f);
	expect(f, id, 200, 0, 1 + NGHTTP2_NO_ERROR);
}

static void the_end_lets_what_was_asked_finish(void **state)
{
	struct fixture *f = *state;
	int32_t big = ask(f, "GET", "/big", NULL);

	assert_false(h2_session_was_asked(&f->session));
	client_sends(f);
	assert_true(h2_session_was_asked(&f->session));
	h2_session_announce_end(&f->session);
	h2_session_go_away(&f->session);
	exchange(f);
	assert_int_equal(f->goaway, 1 + NGHTTP2_NO_ERROR);
	assert_int_equal(f->goaway_last, big);
	expect(f, big, 200, BIG_BYTES, 1 + NGHTTP2_NO_ERROR);
	assert_true(h2_session_is_over(&f->session));
}

static void what_is_no_request_resets_its_stream(void **state)
{
	struct fixture *f = *state;
	const nghttp2_nv fields[] = {field(":method", "GET"), field("connection", "close")};
	int32_t bad = nghttp2_submit_request2(f->client, NULL, fields, 2, NULL, NULL);
	int32_t good = ask(f, "GET", "/small", NULL);

	exchange(f);
	assert_int_equal(f->ended[bad], 1 + NGHTTP2_PROTOCOL_ERROR);
	expect(f, good, 200, 1, 1 + NGHTTP2_NO_ERROR);
	assert_int_equal(f->requests, 1);
	assert_int_equal(f->done, 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(replies_are_short_and_long, setup, teardown_session),
		cmocka_unit_test_setup_teardown(long_replies_share_and_short_ones_pass, setup, teardown_session),
		cmocka_unit_test_setup_teardown(an_upload_is_taken_whole_before_the_reply, setup, teardown_session),
		cmocka_unit_test_setup_teardown(a_refused_upload_is_told_to_stop, setup, teardown_session),
		cmocka_unit_test_setup_teardown(a_stream_may_be_reset_by_either_side, setup, teardown_session),
		cmocka_unit_test_setup_teardown(replies_that_wait_hold_new_streams_back, setup, teardown_session),
		cmocka_unit_test_setup_teardown(the_end_lets_what_was_asked_finish, setup, teardown_session),
		cmocka_unit_test_setup_teardown(what_is_no_request_resets_its_stream, setup, teardown_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
