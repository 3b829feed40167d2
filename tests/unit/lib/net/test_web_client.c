/* Questions to a real HTTP server on the same loop: answered, too long, too late, given up. */
/* SPDX-License-Identifier: MIT */
#include "net/web_client.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BODY_BYTES = 3000,
	SOON_MS = 100,
	LIMIT_MS = 20000,
};

struct fixture {
	uv_loop_t loop;
	int fd;
	struct http_config config;
	struct http_counters counters;
	struct http_server *server;
	struct web_client *client;
	char url[64];
	unsigned n_answers;
	int status;
	size_t body_bytes;
	char why[256], token[64];
};

static void ignore(const struct log_record *record)
{
	(void)record;
}

static void on_question(struct http_request *r, void *data)
{
	struct fixture *f = data;
	static const char body[BODY_BYTES] = "";
	const char *token = http_request_header(r, "Authorization");

	(void)snprintf(f->token, sizeof(f->token), "%s", token != NULL ? token : "");
	if (strcmp(r->path, "/never") != 0)
		http_reply(r, &(struct http_reply){.status = r->method == HTTP_METHOD_POST ? 202 : 200,
		                                   .body = body,
		                                   .body_bytes = sizeof(body)});
}

static const struct http_route routes[] = {
	{.path = "/there", .methods = HTTP_METHOD_GET | HTTP_METHOD_POST, .on_request = on_question},
	{.path = "/never", .methods = HTTP_METHOD_GET, .on_request = on_question},
	{.path = NULL},
};
static const struct http_route *const tables[] = {routes, NULL};

static int setup(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);

	log_set_sink(ignore);
	f->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (f->fd < 0 || bind(f->fd, (struct sockaddr *)&address, len) < 0 || listen(f->fd, 16) < 0 ||
	    getsockname(f->fd, (struct sockaddr *)&address, &len) < 0 || uv_loop_init(&f->loop) < 0)
		return -1;
	(void)snprintf(f->url, sizeof(f->url), "http://127.0.0.1:%u", ntohs(address.sin_port));
	f->config = (struct http_config){
		.tables = tables, .max_conns = 64, .timeouts = http_timeouts_default, .data = f};
	f->server = http_server_new(&f->loop, &f->config, &f->counters);
	f->client = web_client_new(&f->loop);
	*state = f;
	return http_server_listen(f->server, f->fd, NULL);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->client != NULL)
		web_client_close(f->client, NULL, NULL);
	http_server_close(f->server, 0, NULL, NULL);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	int rc = uv_loop_close(&f->loop); /* UV_EBUSY: leaked handle */
	(void)close(f->fd);
	free(f);
	return rc;
}

static void on_done(void *data, const struct web_answer *a)
{
	struct fixture *f = data;

	f->n_answers++;
	f->status = a->status;
	f->body_bytes = a->body_bytes;
	(void)snprintf(f->why, sizeof(f->why), "%s", a->why);
}

static void ask(struct fixture *f, const char *method, const char *path, struct web_question q)
{
	char url[96];

	(void)snprintf(url, sizeof(url), "%s%s", f->url, path);
	q.method = method;
	q.url = url;
	q.limit_ms = q.limit_ms > 0 ? q.limit_ms : LIMIT_MS;
	q.max_bytes = q.max_bytes > 0 ? q.max_bytes : BODY_BYTES;
	q.on_done = on_done;
	q.data = f;
	web_client_ask(f->client, &q);
}

static void run_until(struct fixture *f, unsigned n)
{
	while (f->n_answers < n)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
}

static void test_answers(void **state)
{
	struct fixture *f = *state;

	ask(f, "GET", "/there", (struct web_question){0});
	assert_int_equal(f->n_answers, 0); /* never from there */
	run_until(f, 1);
	assert_int_equal(f->status, 200);
	assert_int_equal(f->body_bytes, BODY_BYTES);
	assert_string_equal(f->token, "");
	ask(f, "HEAD", "/there", (struct web_question){.max_bytes = 1});
	run_until(f, 2);
	assert_int_equal(f->status, 200);
	assert_int_equal(f->body_bytes, 0);
	ask(f, "POST", "/there", (struct web_question){.token = "secret"});
	run_until(f, 3);
	assert_int_equal(f->status, 202);
	assert_string_equal(f->token, "Bearer secret");
	ask(f, "GET", "/nowhere", (struct web_question){0});
	run_until(f, 4);
	assert_int_equal(f->status, 404);
}

static void test_what_is_no_answer(void **state)
{
	struct fixture *f = *state;

	ask(f, "GET", "/there", (struct web_question){.max_bytes = BODY_BYTES - 1});
	run_until(f, 1);
	assert_int_equal(f->status, 0);
	assert_string_not_equal(f->why, "");
	ask(f, "GET", "/never", (struct web_question){.limit_ms = SOON_MS});
	run_until(f, 2);
	assert_int_equal(f->status, 0);
	assert_non_null(strstr(f->why, "timed out"));
	(void)snprintf(f->url, sizeof(f->url), "file:///etc");
	ask(f, "GET", "/passwd", (struct web_question){0});
	run_until(f, 3);
	assert_int_equal(f->status, 0);
	(void)snprintf(f->url, sizeof(f->url), "http://127.0.0.1:1");
	ask(f, "GET", "/", (struct web_question){0});
	run_until(f, 4);
	assert_int_equal(f->status, 0);
}

static void test_many_at_once_and_none_of_them_waits(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 0; i < 20; i++)
		ask(f, "GET", "/never", (struct web_question){0});
	for (unsigned i = 0; i < 20; i++)
		ask(f, "HEAD", "/there", (struct web_question){0});
	run_until(f, 20);
	assert_int_equal(f->status, 200);
	web_client_close(f->client, NULL, NULL);
	f->client = NULL;
	assert_int_equal(f->n_answers, 40);
	assert_int_equal(f->status, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_no_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_at_once_and_none_of_them_waits, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
