/* Tokens that are shown: checked once, then known; too many tries wait. */
/* SPDX-License-Identifier: MIT */
#include "net/bearer.h"

#include "base/argon2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
	uv_loop_t loop;
	struct sessions *sessions;
	struct bearer *bearer;
	struct token token;
	char text[TOKEN_LEN + 1], hash[ARGON2_TEXT_MAX];
	struct addr client;
	unsigned n_checked;
	int rc;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL || uv_loop_init(&f->loop) < 0)
		return -1;
	f->sessions = sessions_new(4);
	f->bearer = bearer_new(f->sessions);
	f->token = token_make();
	token_text(&f->token, f->text);
	*state = f;
	return addr_parse("192.0.2.1", 0, &f->client) | argon2_hash(f->token.secret, TOKEN_SECRET_BYTES, f->hash);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	int rc = uv_loop_close(&f->loop);

	bearer_free(f->bearer);
	sessions_free(f->sessions);
	free(f);
	return rc;
}

static enum bearer_shown show(struct fixture *f, const char *text)
{
	struct token t;
	unsigned wait_s = 0;
	enum bearer_shown shown = bearer_read(f->bearer, text, &f->client, &t, &wait_s);

	assert_int_equal(shown == BEARER_LIMITED, wait_s > 0);
	if (shown != BEARER_NONE)
		assert_string_equal(t.id, f->token.id);
	return shown;
}

static void on_checked(void *data, int rc)
{
	struct fixture *f = data;

	f->n_checked++;
	f->rc = rc;
}

static int check(struct fixture *f, const struct token *t)
{
	assert_int_equal(bearer_check(f->bearer, &f->loop, t, f->hash, on_checked, f), 0);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	return f->rc;
}

static void test_checked_once(void **state)
{
	struct fixture *f = *state;
	struct token wrong = f->token;
	char shouted[TOKEN_LEN + 1];

	for (size_t i = 0; i <= TOKEN_LEN; i++)
		shouted[i] = (char)toupper((unsigned char)f->text[i]);
	assert_int_equal(show(f, f->text), BEARER_NEW);
	wrong.secret[0] ^= 1;
	assert_int_equal(check(f, &wrong), -EACCES);
	assert_int_equal(show(f, f->text), BEARER_NEW);
	assert_int_equal(check(f, &f->token), 0);
	assert_int_equal(show(f, f->text), BEARER_KNOWN);
	assert_int_equal(show(f, shouted), BEARER_KNOWN);
	bearer_forget(f->bearer, f->token.id);
	assert_int_equal(show(f, f->text), BEARER_NEW);
	assert_int_equal(show(f, ""), BEARER_NONE);
	assert_int_equal(show(f, "fontaine_"), BEARER_NONE);
}

static void test_too_many(void **state)
{
	struct fixture *f = *state;
	struct buf b;
	unsigned n = 0;

	while (show(f, f->text) == BEARER_NEW)
		assert_true(++n < 100);
	assert_true(n > 1);
	for (n = 0; bearer_check(f->bearer, &f->loop, &f->token, f->hash, on_checked, f) == 0; n++)
		assert_true(n < 100);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_int_equal(f->n_checked, n);
	assert_int_equal(check(f, &f->token), 0); /* there is room again */
	bearer_count_failed(f->bearer);
	buf_init(&b, 4096);
	bearer_metrics(f->bearer, "testd", &b);
	assert_non_null(strstr(b.data, "testd_tokens_failed_total 1\n"));
	assert_non_null(strstr(b.data, "testd_tokens_limited_total 1\n"));
	buf_done(&b);
}

static void test_header(void **state)
{
	struct http_request r = {.n_headers = 1};
	(void)state;

	r.headers[0] = (struct http_header){"Authorization", "bearer  abc"};
	assert_string_equal(bearer_text(&r), "abc");
	r.headers[0].value = "Basic abc";
	assert_null(bearer_text(&r));
	r.n_headers = 0;
	assert_null(bearer_text(&r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_checked_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_many, setup, teardown),
		cmocka_unit_test(test_header),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
