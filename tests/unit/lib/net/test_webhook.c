/* Events to a real HTTP server on the loop: in their order, again after a failure, and given up at the end. */
/* SPDX-License-Identifier: MIT */
#include "net/webhook.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WAIT_MS = 1,
	REQUEST_MAX_BYTES = 4096,
	LIMIT_MS = 20000,
};

struct fixture {
	uv_loop_t loop;
	uv_tcp_t server;
	uv_timer_t limit;
	const int *statuses; /* to reply with, one after the other; 0: nothing at all */
	unsigned n_requests, n_closed;
	struct buf bodies; /* one after the other */
	struct webhook *webhook;
	char url[64];
};

struct client {
	struct fixture *f;
	uv_tcp_t tcp;
	uv_write_t write;
	char request[REQUEST_MAX_BYTES], reply[128];
	size_t len;
};

static void ignore(const struct log_record *record)
{
	(void)record;
}

static void on_client_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void on_replied(uv_write_t *write, int status)
{
	assert_int_equal(status, 0);
	uv_close((uv_handle_t *)write->handle, on_client_closed);
}

static void reply(struct client *c, const char *body)
{
	int status = c->f->statuses[c->f->n_requests++];

	assert_int_equal(buf_printf(&c->f->bodies, "%s", body), 0);
	if (status == 0)
		return;
	int len = snprintf(c->reply, sizeof(c->reply),
	                   "HTTP/1.1 %d Told\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
	                   status);
	uv_buf_t out = uv_buf_init(c->reply, (unsigned)len);
	assert_int_equal(uv_write(&c->write, (uv_stream_t *)&c->tcp, &out, 1, on_replied), 0);
}

static void on_bytes(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct client *c = stream->data;
	(void)buf;

	if (n < 0) {
		if (!uv_is_closing((uv_handle_t *)stream))
			uv_close((uv_handle_t *)stream, on_client_closed);
		return;
	}
	c->len += (size_t)n;
	c->request[c->len] = '\0';
	const char *body = strstr(c->request, "\r\n\r\n"), *length = strstr(c->request, "Content-Length: ");
	if (body == NULL || length == NULL || strlen(body + 4) < strtoul(length + strlen("Content-Length: "), NULL, 10))
		return;
	assert_non_null(strstr(c->request, "POST /told HTTP/1.1\r\n"));
	assert_non_null(strstr(c->request, "Content-Type: application/json\r\n"));
	reply(c, body + 4);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
	struct client *c = handle->data;
	(void)suggested;

	*ret = uv_buf_init(c->request + c->len, (unsigned)(sizeof(c->request) - 1 - c->len));
}

static void on_connection(uv_stream_t *server, int status)
{
	struct fixture *f = server->data;
	struct client *c = mem_new(sizeof(*c));

	assert_int_equal(status, 0);
	c->f = f;
	assert_int_equal(uv_tcp_init(&f->loop, &c->tcp), 0);
	c->tcp.data = c;
	assert_int_equal(uv_accept(server, (uv_stream_t *)&c->tcp), 0);
	assert_int_equal(uv_read_start((uv_stream_t *)&c->tcp, on_room, on_bytes), 0);
}

static void on_limit(uv_timer_t *timer)
{
	(void)timer;
	fail_msg("nothing more happens");
}

static int setup(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));
	struct sockaddr_in address;
	int len = sizeof(address);

	log_set_sink(ignore);
	*state = f;
	buf_init(&f->bodies, REQUEST_MAX_BYTES);
	if (uv_loop_init(&f->loop) < 0 || uv_tcp_init(&f->loop, &f->server) < 0 ||
	    uv_ip4_addr("127.0.0.1", 0, &address) < 0 ||
	    uv_tcp_bind(&f->server, (struct sockaddr *)&address, 0) < 0 ||
	    uv_listen((uv_stream_t *)&f->server, 8, on_connection) < 0 ||
	    uv_tcp_getsockname(&f->server, (struct sockaddr *)&address, &len) < 0)
		return -1;
	f->server.data = f;
	(void)uv_timer_init(&f->loop, &f->limit);
	(void)uv_timer_start(&f->limit, on_limit, LIMIT_MS, 0);
	(void)snprintf(f->url, sizeof(f->url), "http://127.0.0.1:%u/told", ntohs(address.sin_port));
	return webhook_new(&f->loop, f->url, WAIT_MS, &f->webhook);
}

static void on_closed(void *data)
{
	struct fixture *f = data;

	f->n_closed++;
	uv_close((uv_handle_t *)&f->server, NULL);
	uv_close((uv_handle_t *)&f->limit, NULL);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	webhook_close(f->webhook, on_closed, f);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	int rc = f->n_closed == 1 ? uv_loop_close(&f->loop) : -1; /* UV_EBUSY: leaked handle */
	buf_done(&f->bodies);
	free(f);
	return rc;
}

/** Until so many events have had their end. */
static struct webhook_counters run_until(struct fixture *f, uint64_t n)
{
	struct webhook_counters c = webhook_counters(f->webhook);

	while (c.told + c.failed < n) {
		(void)uv_run(&f->loop, UV_RUN_NOWAIT);
		c = webhook_counters(f->webhook);
	}
	return c;
}

static void test_in_their_order(void **state)
{
	static const int statuses[] = {200, 204, 202};
	struct fixture *f = *state;

	f->statuses = statuses;
	for (int i = 1; i <= 3; i++)
		webhook_tell(f->webhook, mem_printf("{\"event\":%d}", i));
	assert_int_equal(run_until(f, 3).told, 3);
	assert_string_equal(f->bodies.data, "{\"event\":1}{\"event\":2}{\"event\":3}");
}

static void test_tried_again(void **state)
{
	static const int statuses[] = {500, 404, 200, 302, 503, 500, 200};
	struct fixture *f = *state;

	f->statuses = statuses;
	webhook_tell(f->webhook, mem_strdup("1"));
	webhook_tell(f->webhook, mem_strdup("2"));
	webhook_tell(f->webhook, mem_strdup("3"));
	struct webhook_counters c = run_until(f, 3);
	assert_int_equal(c.told, 2);
	assert_int_equal(c.failed, 1);
	assert_string_equal(f->bodies.data, "1112223");
}

static void test_too_many(void **state)
{
	static const int statuses[] = {0};
	struct fixture *f = *state;

	f->statuses = statuses;
	webhook_tell(f->webhook, mem_strdup("0"));
	while (f->n_requests == 0) /* it is under way */
		(void)uv_run(&f->loop, UV_RUN_NOWAIT);
	for (int i = 0; i < WEBHOOK_WAITING_MAX + 2; i++)
		webhook_tell(f->webhook, mem_strdup("{}"));
	assert_int_equal(webhook_counters(f->webhook).dropped, 2);
	/* teardown: a server that never replies holds nobody up */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_in_their_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tried_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_many, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
