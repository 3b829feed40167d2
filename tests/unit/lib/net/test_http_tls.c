/* The server over TLS, asked by OpenSSL's own client, which blocks. */
/* SPDX-License-Identifier: MIT */
#include "certificate.h"
#include "tls_client.h"

#include "base/log.h"

#include <openssl/err.h>
#include <signal.h>

static struct certificate_files files;

static _Atomic uint64_t n_kept;

static void count_kept(const struct log_record *record)
{
	if (strstr(record->message, "stays as it was") != NULL)
		atomic_fetch_add(&n_kept, 1);
}

static int setup_tls(void **state)
{
	struct tls *tls;

	make_certificate(&files);
	assert_int_equal(tls_open(files.certificate, files.key, false, &tls), 0);
	return start_server(state, (struct limit_rate){0}, tls);
}

static int teardown_tls(void **state)
{
	int rc = teardown(state);

	remove_certificate(&files);
	return rc;
}

static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define LAST      "Host: a\r\nConnection: close\r\n"

static void both_versions_are_spoken(void **state)
{
	static const unsigned char offers[] = "\x02h2\x08http/1.1";
	struct fixture *f = *state;

	for (size_t i = 0; i < 2; i++) {
		const unsigned char *protocol;
		unsigned len;
		struct client c = client_on(f, versions[i]);
		assert_int_equal(SSL_set_alpn_protos(c.ssl, offers, sizeof(offers) - 1), 0);
		assert_int_equal(connect_in(c.ssl), 1);
		SSL_get0_alpn_selected(c.ssl, &protocol, &len);
		assert_int_equal(len, 8);
		assert_memory_equal(protocol, "http/1.1", 8);
		say_in(c.ssl, "POST /echo HTTP/1.1\r\n" LAST "Content-Length: 5\r\n\r\nhello");
		assert_contains(hear_in(c.ssl, SIZE_MAX), "\r\n\r\nhello");
		assert_int_equal(SSL_get_shutdown(c.ssl) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
		client_close(&c);
	}
	assert_int_equal(f->counters.tls_1_2, 1);
	assert_int_equal(f->counters.tls_1_3, 1);
	assert_int_equal(f->counters.tls_resumed, 0);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
	struct client c = client_open(*state, TLS1_3_VERSION);

	say_in(c.ssl, GET("/slow") "POST /echo HTTP/1.1\r\n" LAST "Content-Length: 3\r\n\r\ntwo");
	const char *answer = hear_in(c.ssl, SIZE_MAX);
	assert_contains(answer, "later");
	assert_contains(strstr(answer, "later"), "\r\n\r\ntwo");
	client_close(&c);
}

static void a_large_body_is_counted_to_the_last_byte(void **state)
{
	enum { BODY_BYTES = 8 << 20 };
	struct fixture *f = *state;
	struct client c = client_open(f, TLS1_3_VERSION);
	char *body = calloc(1, BODY_BYTES);

	say_in(c.ssl, "POST /count HTTP/1.1\r\n" LAST "Content-Length: 8388608\r\n\r\n");
	send_in(c.ssl, body, BODY_BYTES);
	assert_contains(hear_in(c.ssl, SIZE_MAX), "\r\n\r\n8388608");
	assert_int_equal(f->counters.body_bytes_in, BODY_BYTES);
	free(body);
	client_close(&c);
}

/* The socket is full most of the time, so what TLS keeps goes out in its place. */
static void a_large_reply_comes_whole_to_a_slow_reader(void **state)
{
	enum { BODY_BYTES = 4 << 20 };
	struct client c = client_open(*state, TLS1_3_VERSION);
	static const int small = 32768;
	static char piece[10000];
	size_t at = 0;

	(void)setsockopt(c.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	say_in(c.ssl, GET("/big"));
	while (strcmp(hear_in(c.ssl, 1), "\n") != 0 || strcmp(hear_in(c.ssl, 1), "\r") != 0) {
	}
	(void)hear_in(c.ssl, 1);
	while (at < BODY_BYTES) {
		size_t n = receive_in(c.ssl, piece, sizeof(piece));
		if (n == 0)
			fail_msg("%s after %zu bytes", ERR_reason_error_string(ERR_peek_error()), at);
		for (size_t i = 0; i < n; i++, at++)
			assert_int_equal(piece[i], 'a' + at % BLOB_BYTES % 26);
	}
	client_close(&c);
}

static void what_is_left_of_the_last_reply_still_goes_out(void **state)
{
	struct fixture *f = *state;
	struct client c = client_open(f, TLS1_3_VERSION);
	static char piece[1 << 16];
	size_t len = 0, n;

	say_in(c.ssl, "GET /big HTTP/1.1\r\n" LAST "\r\n");
	while ((n = receive_in(c.ssl, piece, sizeof(piece))) > 0)
		len += n;
	assert_int_equal(SSL_get_error(c.ssl, 0), SSL_ERROR_ZERO_RETURN);
	assert_true(len > 64 << 20);
	client_close(&c);
}

static void a_ticket_resumes_the_session(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 2; i++) {
		struct client first = client_open(f, versions[i]);
		say_in(first.ssl, "GET /count HTTP/1.1\r\n" LAST "\r\n");
		(void)hear_in(first.ssl, SIZE_MAX);
		SSL_SESSION *session = SSL_get1_session(first.ssl);
		(void)SSL_shutdown(first.ssl);
		struct client second = client_on(f, versions[i]);
		assert_int_equal(SSL_set_session(second.ssl, session), 1);
		assert_int_equal(connect_in(second.ssl), 1);
		assert_true(SSL_session_reused(second.ssl));
		SSL_SESSION_free(session);
		client_close(&second);
		client_close(&first);
	}
	assert_becomes(&f->counters.tls_resumed, 2);
}

static void plain_http_is_told_what_this_port_speaks(void **state)
{
	struct fixture *f = *state;
	const char *answer = ask(f, GET("/count"));

	assert_contains(answer, "HTTP/1.1 400 Bad Request\r\n");
	assert_contains(answer, "https://");
	assert_int_equal(f->counters.tls_failed, 1);
	assert_int_equal(f->counters.responses[4], 1);
}

static void who_begins_no_handshake_is_closed_on(void **state)
{
	static const char *const beginnings[] = {
		"garbage that is no record of TLS",
		"\x16\x03\x01\x02\x05\x01", /* a hello, cut off */
		"\x16\x03\x01\xff\xff",     /* a record longer than any may be */
		"\x17\x03\x03\x01\x10"
		"data before", /* before there is a key for it */
		"",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		(void)ask(f, beginnings[i]); /* until it closes */
		assert_becomes(&f->counters.tls_failed, i + 1);
	}
	assert_becomes(&f->counters.open, 0);
}

static void a_client_that_wants_another_protocol_is_refused(void **state)
{
	static const unsigned char offers[] = "\x02h2";
	struct fixture *f = *state;
	struct client c = client_on(f, TLS1_3_VERSION);

	(void)SSL_set_alpn_protos(c.ssl, offers, sizeof(offers) - 1);
	assert_int_not_equal(connect_in(c.ssl), 1);
	assert_int_equal(ERR_GET_REASON(ERR_peek_error()), SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
	assert_becomes(&f->counters.tls_failed, 1);
	client_close(&c);
}

static void nothing_is_renegotiated(void **state)
{
	struct fixture *f = *state;
	struct client c = client_open(f, TLS1_2_VERSION);

	assert_int_equal(SSL_renegotiate(c.ssl), 1);
	(void)SSL_do_handshake(c.ssl);
	(void)hear_in(c.ssl, 1);
	assert_int_equal(ERR_GET_REASON(ERR_peek_last_error()), SSL_R_NO_RENEGOTIATION);
	client_close(&c);
	assert_becomes(&f->counters.open, 0);
	assert_int_equal(f->counters.tls_1_2, 1);
}

/* Where the kernel encrypts and is too old to change its keys, the connection ends instead. */
static void keys_may_be_updated_for_ever(void **state)
{
	struct fixture *f = *state;
	struct client c = client_open(f, TLS1_3_VERSION);
	const char *heard = NULL;

	for (int i = 0; i < 100 && (heard == NULL || *heard != '\0'); i++) {
		assert_int_equal(SSL_key_update(c.ssl, SSL_KEY_UPDATE_REQUESTED), 1);
		say_in(c.ssl, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\npong");
		do
			heard = hear_in(c.ssl, 1);
		while (*heard != 'p' && *heard != '\0');
		assert_true(*heard != '\0' || f->counters.tls_offloaded > 0);
		if (*heard != '\0')
			assert_string_equal(hear_in(c.ssl, 3), "ong"); /* heard points there, too */
	}
	client_close(&c);
	assert_becomes(&f->counters.open, 0);
}

static void who_just_goes_is_let_go(void **state)
{
	struct fixture *f = *state;
	struct client c = client_open(f, TLS1_3_VERSION);

	say_in(c.ssl, "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nabc");
	assert_becomes(&f->counters.body_bytes_in, 3);
	client_close(&c); /* the end of the stream, without a word of TLS */
	assert_becomes(&f->done, 1);
	assert_becomes(&f->counters.open, 0);
}

static void an_upgraded_connection_stays_encrypted(void **state)
{
	struct client c = client_open(*state, TLS1_3_VERSION);

	say_in(c.ssl, "GET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: raw\r\nConnection: Upgrade\r\n\r\nearly");
	assert_contains(hear_in(c.ssl, 34), "HTTP/1.1 101 Switching Protocols\r\n");
	while (strcmp(hear_in(c.ssl, 1), "\n") != 0 || strcmp(hear_in(c.ssl, 1), "\r") != 0) {
	}
	assert_string_equal(hear_in(c.ssl, 6), "\nearly");
	say_in(c.ssl, "one record, of which the new owner receives sixteen bytes at a time");
	assert_string_equal(hear_in(c.ssl, 67), "one record, of which the new owner receives sixteen bytes at a time");
	client_close(&c);
}

static long serial_of(const struct fixture *f)
{
	struct client c = client_open(f, TLS1_3_VERSION);
	X509 *x = SSL_get1_peer_certificate(c.ssl);
	long serial = ASN1_INTEGER_get(X509_get0_serialNumber(x));

	X509_free(x);
	client_close(&c);
	return serial;
}

static void write_nonsense(FILE *f, void *data)
{
	(void)data;
	(void)fputs("no certificate\n", f);
}

static void a_new_certificate_is_taken_and_a_broken_one_is_not(void **state)
{
	struct fixture *f = *state;
	struct client early = client_open(f, TLS1_3_VERSION);

	renew_certificate(&files, 2);
	for (int i = 0; i < WAIT_S * 100 && serial_of(f) != 2; i++)
		(void)usleep(10000);
	assert_int_equal(serial_of(f), 2);
	atomic_store(&n_kept, 0); /* between the two files they did not match */
	put_file(files.certificate, write_nonsense, NULL);
	assert_becomes(&n_kept, 1);
	assert_int_equal(serial_of(f), 2);
	(void)usleep(50000); /* ten looks: it is told once */
	assert_int_equal(n_kept, 1);
	say_in(early.ssl, "POST /echo HTTP/1.1\r\n" LAST "Content-Length: 5\r\n\r\nstill");
	assert_contains(hear_in(early.ssl, SIZE_MAX), "\r\n\r\nstill");
	client_close(&early);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_tls, teardown_tls)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_versions_are_spoken),
		TEST(pipelined_requests_are_answered_in_order),
		TEST(a_large_body_is_counted_to_the_last_byte),
		TEST(a_large_reply_comes_whole_to_a_slow_reader),
		TEST(what_is_left_of_the_last_reply_still_goes_out),
		TEST(a_ticket_resumes_the_session),
		TEST(plain_http_is_told_what_this_port_speaks),
		TEST(who_begins_no_handshake_is_closed_on),
		TEST(a_client_that_wants_another_protocol_is_refused),
		TEST(nothing_is_renegotiated),
		TEST(keys_may_be_updated_for_ever),
		TEST(who_just_goes_is_let_go),
		TEST(an_upgraded_connection_stays_encrypted),
		TEST(a_new_certificate_is_taken_and_a_broken_one_is_not),
	};

	log_set_sink(count_kept);
	(void)signal(SIGPIPE, SIG_IGN); /* as daemon_start() does */
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	uv_library_shutdown(); /* its threads end, and with them what OpenSSL keeps for each */
	return rc;
}
