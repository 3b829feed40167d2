/* The server over HTTP/2, on a real socket, asked by nghttp2's client. */
/* SPDX-License-Identifier: MIT */
#include "certificate.h"
#include "tls_client.h"

#include <nghttp2/nghttp2.h>
#include <signal.h>

enum { STREAMS_MAX = 64 };

static struct certificate_files files;

static int setup_h2(void **state)
{
	struct tls *tls;

	make_certificate(&files);
	assert_int_equal(tls_open(files.certificate, files.key, true, &tls), 0);
	return start_server(state, (struct limit_rate){0}, tls);
}

static int setup_limited(void **state)
{
	struct tls *tls;

	make_certificate(&files);
	assert_int_equal(tls_open(files.certificate, files.key, true, &tls), 0);
	return start_server(state, (struct limit_rate){.per_second = 1, .burst = 2}, tls);
}

static int teardown_h2(void **state)
{
	int rc = teardown(state);

	remove_certificate(&files);
	return rc;
}

struct stream {
	unsigned status;
	size_t bytes;
	char text[32]; /* how the body begins */
	bool ended;
};

struct peer {
	struct client client;
	nghttp2_session *http;
	struct stream streams[STREAMS_MAX];
	int goaway; /* the error code and one; 0: none came */
	bool ended; /* the server has closed */
};

static int on_header(nghttp2_session *http, const nghttp2_frame *frame, const uint8_t *name, size_t name_len,
                     const uint8_t *value, size_t value_len, uint8_t flags, void *data)
{
	struct peer *p = data;
	(void)http, (void)flags, (void)value_len;

	if (name_len == 7 && memcmp(name, ":status", 7) == 0)
		p->streams[frame->hd.stream_id].status = (unsigned)atoi((const char *)value);
	return 0;
}

static int on_data(nghttp2_session *http, uint8_t flags, int32_t id, const uint8_t *bytes, size_t len, void *data)
{
	struct stream *x = &((struct peer *)data)->streams[id];
	(void)http, (void)flags;

	for (size_t i = 0; i < len && x->bytes + i + 1 < sizeof(x->text); i++)
		x->text[x->bytes + i] = (char)bytes[i];
	x->bytes += len;
	return 0;
}

static int on_stream_closed(nghttp2_session *http, int32_t id, uint32_t code, void *data)
{
	struct peer *p = data;
	(void)http, (void)code;

	p->streams[id].ended = true;
	return 0;
}

static int on_frame(nghttp2_session *http, const nghttp2_frame *frame, void *data)
{
	struct peer *p = data;
	(void)http;

	if (frame->hd.type == NGHTTP2_GOAWAY)
		p->goaway = 1 + (int)frame->goaway.error_code;
	return 0;
}

static void peer_open(struct peer *p, const struct fixture *f, uint32_t window)
{
	const nghttp2_settings_entry settings = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window};
	nghttp2_session_callbacks *calls;

	*p = (struct peer){.client = client_on(f, TLS1_3_VERSION)};
	(void)SSL_set_alpn_protos(p->client.ssl, (const unsigned char *)"\2h2", 3);
	assert_int_equal(connect_in(p->client.ssl), 1);
	assert_int_equal(nghttp2_session_callbacks_new(&calls), 0);
	nghttp2_session_callbacks_set_on_header_callback(calls, on_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, on_data);
	nghttp2_session_callbacks_set_on_stream_close_callback(calls, on_stream_closed);
	nghttp2_session_callbacks_set_on_frame_recv_callback(calls, on_frame);
	assert_int_equal(nghttp2_session_client_new(&p->http, calls, p), 0);
	nghttp2_session_callbacks_del(calls);
	assert_int_equal(nghttp2_submit_settings(p->http, NGHTTP2_FLAG_NONE, &settings, 1), 0);
}

static void peer_close(struct peer *p)
{
	nghttp2_session_del(p->http);
	client_close(&p->client);
}

static void transmit(struct peer *p)
{
	const uint8_t *bytes;

	for (nghttp2_ssize n; (n = nghttp2_session_mem_send2(p->http, &bytes)) > 0;)
		send_in(p->client.ssl, (const char *)bytes, (size_t)n);
}

static void receive(struct peer *p)
{
	static char bytes[64 * 1024];
	size_t n = receive_in(p->client.ssl, bytes, sizeof(bytes));

	p->ended = n == 0;
	assert_int_equal(nghttp2_session_mem_recv2(p->http, (const uint8_t *)bytes, n), n);
}

/* Go on until @what is so; the server must not close before. */
static void go_on_until(struct peer *p, const bool *what)
{
	transmit(p);
	while (!*what) {
		assert_false(p->ended);
		receive(p);
		transmit(p);
	}
}

static void hear_goaway(struct peer *p, uint32_t code)
{
	while (!p->ended)
		receive(p);
	assert_int_equal(p->goaway, 1 + (int)code);
}

static nghttp2_ssize read_body(nghttp2_session *http, int32_t id, uint8_t *to, size_t len, uint32_t *flags,
                               nghttp2_data_source *source, void *data)
{
	int left = source->fd;
	(void)http, (void)id, (void)data;

	if (len >= (size_t)left) {
		len = (size_t)left;
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	}
	source->fd -= (int)len;
	memset(to, 'y', len);
	return (nghttp2_ssize)len;
}

static nghttp2_nv field(const char *name, const char *value)
{
	return (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name), strlen(value), 0};
}

/* With a body of @body bytes; -1: none. Return: the stream. */
static int32_t request(struct peer *p, const char *method, const char *path, int body)
{
	const nghttp2_nv fields[] = {field(":method", method), field(":scheme", "https"), field(":path", path),
	                             field(":authority", "127.0.0.1")};
	const nghttp2_data_provider2 provider = {.source.fd = body, .read_callback = read_body};

	return nghttp2_submit_request2(p->http, NULL, fields, 4, body >= 0 ? &provider : NULL, NULL);
}

static void expect(struct peer *p, int32_t id, unsigned status, size_t bytes, const char *text)
{
	const struct stream *x = &p->streams[id];

	go_on_until(p, &x->ended);
	assert_int_equal(x->status, status);
	assert_int_equal(x->bytes, bytes);
	assert_memory_equal(x->text, text, strlen(text));
}

static void every_kind_of_route_is_served(void **state)
{
	struct fixture *f = *state;
	struct peer p;

	peer_open(&p, f, 1 << 20);
	int32_t page = request(&p, "GET", "/", -1), blob = request(&p, "GET", "/blob", -1);
	int32_t head = request(&p, "HEAD", "/blob", -1), tree = request(&p, "GET", "/tree/of/paths", -1);
	int32_t echo = request(&p, "POST", "/echo", KEEP_MAX_BYTES), count = request(&p, "POST", "/count", 1000000);
	expect(&p, page, 200, 8, "<p>hello");
	expect(&p, blob, 200, 2 * BLOB_BYTES + 500, "abcdefgh");
	expect(&p, head, 200, 0, "");
	expect(&p, tree, 200, 1, "0");
	expect(&p, echo, 200, KEEP_MAX_BYTES, "yyyy");
	expect(&p, count, 200, 7, "1000000");
	assert_int_equal(atomic_load(&f->counters.body_bytes_in), KEEP_MAX_BYTES + 1000000);
	assert_int_equal(atomic_load(&f->counters.responses[2]), 6);
	peer_close(&p);
}

static void each_refusal_has_its_status(void **state)
{
	struct fixture *f = *state;
	struct peer p;

	peer_open(&p, f, 1 << 20);
	int32_t missing = request(&p, "GET", "/nothing", -1), method = request(&p, "DELETE", "/count", -1);
	int32_t refused = request(&p, "POST", "/refused", 1000);
	int32_t kept = request(&p, "POST", "/echo", KEEP_MAX_BYTES + 1);
	expect(&p, missing, 404, 10, "Not Found");
	expect(&p, method, 405, 19, "Method Not Allowed");
	expect(&p, refused, 503, 20, "Service Unavailable");
	expect(&p, kept, 413, 18, "Content Too Large");
	expect(&p, request(&p, "GET", "/", -1), 200, 8, "<p>hello");
	peer_close(&p);
}

static void a_reply_may_come_later(void **state)
{
	struct fixture *f = *state;
	struct peer p;

	peer_open(&p, f, 1 << 20);
	int32_t slow = request(&p, "GET", "/slow", -1), page = request(&p, "GET", "/", -1);
	expect(&p, page, 200, 8, "<p>hello");
	expect(&p, slow, 200, 5, "later");
	peer_close(&p);
}

static void the_rate_counts_requests_of_all_streams(void **state)
{
	struct fixture *f = *state;
	struct peer p;

	peer_open(&p, f, 1 << 20);
	int32_t first = request(&p, "GET", "/", -1), second = request(&p, "GET", "/", -1);
	int32_t third = request(&p, "GET", "/", -1);
	expect(&p, first, 200, 8, "");
	expect(&p, second, 200, 8, "");
	expect(&p, third, 429, 18, "Too Many Requests");
	assert_int_equal(atomic_load(&f->counters.limited), 1);
	peer_close(&p);
}

static void a_client_that_leaves_ends_its_requests(void **state)
{
	struct fixture *f = *state;
	struct peer p;

	peer_open(&p, f, 0);
	int32_t big = request(&p, "GET", "/big", -1);
	(void)request(&p, "POST", "/count", 100);
	transmit(&p);
	while (p.streams[big].status == 0)
		receive(&p);
	peer_close(&p);
	assert_becomes(&f->done, 2);
	assert_becomes(&f->counters.open, 0);
}

static void an_idle_client_is_told_to_go(void **state)
{
	struct fixture *f = *state;
	struct peer p;

	peer_open(&p, f, 1 << 20);
	expect(&p, request(&p, "GET", "/", -1), 200, 8, "");
	hear_goaway(&p, NGHTTP2_NO_ERROR);
	assert_int_equal(atomic_load(&f->counters.timeouts), 0);
	peer_close(&p);
}

static void the_end_lets_requests_finish(void **state)
{
	struct fixture *f = *state;
	struct peer p;

	peer_open(&p, f, 1 << 20);
	int32_t count = request(&p, "POST", "/count", 1000000);
	transmit(&p); /* as much as the first window lets through */
	assert_becomes(&f->counters.body_bytes_in, NGHTTP2_INITIAL_WINDOW_SIZE);
	stop(f);
	expect(&p, count, 200, 7, "1000000");
	hear_goaway(&p, NGHTTP2_NO_ERROR);
	peer_close(&p);
}

static void the_end_lets_a_new_client_ask(void **state)
{
	struct fixture *f = *state;
	struct peer p;

	peer_open(&p, f, 1 << 20);
	transmit(&p);
	receive(&p);
	stop(f);
	expect(&p, request(&p, "GET", "/", -1), 200, 8, "<p>hello");
	hear_goaway(&p, NGHTTP2_NO_ERROR);
	peer_close(&p);
}

static void the_grace_ends_what_does_not_finish(void **state)
{
	struct fixture *f = *state;
	struct peer p;

	peer_open(&p, f, 0); /* no window: the reply waits for ever */
	int32_t big = request(&p, "GET", "/big", -1);
	transmit(&p);
	while (p.streams[big].status == 0)
		receive(&p);
	stop(f);
	hear_goaway(&p, NGHTTP2_NO_ERROR);
	assert_becomes(&f->done, 1);
	peer_close(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_kind_of_route_is_served, setup_h2, teardown_h2),
		cmocka_unit_test_setup_teardown(each_refusal_has_its_status, setup_h2, teardown_h2),
		cmocka_unit_test_setup_teardown(a_reply_may_come_later, setup_h2, teardown_h2),
		cmocka_unit_test_setup_teardown(the_rate_counts_requests_of_all_streams, setup_limited, teardown_h2),
		cmocka_unit_test_setup_teardown(a_client_that_leaves_ends_its_requests, setup_h2, teardown_h2),
		cmocka_unit_test_setup_teardown(an_idle_client_is_told_to_go, setup_h2, teardown_h2),
		cmocka_unit_test_setup_teardown(the_end_lets_requests_finish, setup_h2, teardown_h2),
		cmocka_unit_test_setup_teardown(the_end_lets_a_new_client_ask, setup_h2, teardown_h2),
		cmocka_unit_test_setup_teardown(the_grace_ends_what_does_not_finish, setup_h2, teardown_h2),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
