/* A server on a real socket, whose loop runs in a thread of the test. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_HTTP_FIXTURE_H
#define FONTAINE_TESTS_HTTP_FIXTURE_H

#include "base/addr.h"
#include "net/assets.h"
#include "net/http.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

enum {
	BLOB_BYTES = 1000,
	KEEP_MAX_BYTES = 100,
};

struct fixture {
	uv_loop_t loop;
	uv_async_t stop;
	uv_timer_t later;
	pthread_t thread;
	bool stopping; /* the test's own */
	struct http_server *server;
	struct tls *tls; /* NULL: plain */
	struct http_config config;
	struct http_counters counters;
	struct http_blob blob;
	struct http_request *waiting; /* to be replied to by the timer */
	_Atomic uint64_t done;
	_Atomic uint64_t sent;          /* of blobs */
	_Atomic uint64_t stops, closes; /* of connections handed over */
	struct addr addr;
	struct sockaddr_un unix_addr; /* without a name in the file system */
	socklen_t unix_addr_len;
};

static void reply_text(struct http_request *r, const char *text, size_t len)
{
	http_reply(r, &(struct http_reply){.status = 200, .body = text, .body_bytes = len});
}

static void on_echo(struct http_request *r, void *data)
{
	(void)data;
	reply_text(r, r->body.data, r->body.len);
}

static void on_client(struct http_request *r, void *data)
{
	char text[ADDR_TEXT_MAX];
	(void)data;

	(void)addr_text(&r->client, text);
	reply_text(r, text, strlen(text));
}

static void on_count(struct http_request *r, void *data)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%llu", (unsigned long long)r->body_bytes);
	(void)data;

	reply_text(r, text, (size_t)n);
}

static void on_blob(struct http_request *r, void *data)
{
	struct fixture *f = data;

	r->data = f;
	http_reply(r, &(struct http_reply){
			      .status = 200, .blob = &f->blob, .blob_bytes = 2 * BLOB_BYTES + 500});
}

static void on_big(struct http_request *r, void *data)
{
	struct fixture *f = data;

	http_reply(r, &(struct http_reply){.status = 200, .blob = &f->blob, .blob_bytes = 64 << 20});
}

static void on_sent(struct http_request *r, size_t len)
{
	struct fixture *f = r->data;

	http_count(&f->sent, len);
}

/* Whoever upgrades gets back what it sends. */
static void on_raw_ready(struct conn *c, int events)
{
	char bytes[16];
	ssize_t n;
	(void)events;

	while ((n = conn_recv(c, bytes, sizeof(bytes))) > 0)
		(void)conn_sendv(c, (struct iovec[]){{bytes, 1}, {bytes + 1, (size_t)n - 1}}, 2, false);
	if (n == -EAGAIN)
		conn_want(c, UV_READABLE);
	else
		conn_close(c);
}

static void on_raw_stop(struct conn *c)
{
	struct fixture *f = c->data;

	http_count(&f->stops, 1);
}

static void on_raw_closed(struct conn *c)
{
	struct fixture *f = c->data;

	http_count(&f->closes, 1);
}

static void on_raw(struct http_request *r, void *data)
{
	static const struct conn_ops ops = {
		.on_ready = on_raw_ready, .on_timeout = conn_close, .on_closed = on_raw_closed, .on_stop = on_raw_stop};

	assert_true(http_request_socket(r) >= 0);
	assert_int_equal(http_request_is_secure(r), ((struct fixture *)data)->tls != NULL);
	assert_int_equal(http_upgrade(r, "Upgrade: raw\r\nConnection: Upgrade\r\n", &ops, data), 0);
}

static int on_head_refuse(struct http_request *r, void *data)
{
	(void)r, (void)data;
	return 503;
}

static void on_later(uv_timer_t *timer)
{
	struct fixture *f = timer->data;

	reply_text(f->waiting, "later", 5);
}

static void on_slow(struct http_request *r, void *data)
{
	struct fixture *f = data;

	f->waiting = r;
	(void)uv_timer_start(&f->later, on_later, 50, 0);
}

static void on_done(struct http_request *r, void *data)
{
	struct fixture *f = data;
	(void)r;

	http_count(&f->done, 1);
}

static const struct http_route routes[] = {
	{
		.path = "/echo",
		.methods = HTTP_METHOD_POST,
		.body = HTTP_BODY_KEEP,
		.max_body_bytes = KEEP_MAX_BYTES,
		.on_request = on_echo,
		.on_done = on_done,
	},
	{
		.path = "/count",
		.methods = HTTP_METHOD_GET | HTTP_METHOD_POST,
		.body = HTTP_BODY_COUNT,
		.max_body_bytes = 100 << 20,
		.on_request = on_count,
		.on_done = on_done,
	},
	{.path = "/client", .methods = HTTP_METHOD_GET, .on_request = on_client},
	{.path = "/blob", .methods = HTTP_METHOD_GET, .on_request = on_blob, .on_sent = on_sent},
	{.path = "/raw", .methods = HTTP_METHOD_GET, .on_request = on_raw, .on_done = on_done},
	{.path = "/tree/*", .methods = HTTP_METHOD_GET, .on_request = on_count},
	{.path = "/big", .methods = HTTP_METHOD_GET, .on_request = on_big, .on_done = on_done},
	{.path = "/slow", .methods = HTTP_METHOD_GET, .on_request = on_slow, .on_done = on_done},
	{
		.path = "/refused",
		.methods = HTTP_METHOD_POST,
		.body = HTTP_BODY_COUNT,
		.max_body_bytes = 100 << 20,
		.on_head = on_head_refuse,
		.on_request = on_count,
	},
	{.path = NULL},
};

static const struct http_route *const tables[] = {routes, NULL};

static void on_stop(uv_async_t *stop)
{
	struct fixture *f = stop->data;

	http_server_close(f->server, 1000, NULL, NULL);
	if (f->tls != NULL)
		tls_unwatch(f->tls);
	uv_close((uv_handle_t *)&f->later, NULL);
	uv_close((uv_handle_t *)stop, NULL);
}

static void *run_loop(void *arg)
{
	struct fixture *f = arg;

	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	return NULL;
}

static void make_blob(struct http_blob *blob)
{
	static char bytes[BLOB_BYTES];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)('a' + i % 26);
	*blob = (struct http_blob){.data = bytes, .size_bytes = BLOB_BYTES};
}

static int listen_somewhere(struct addr *ret)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_int_equal(addr_parse("127.0.0.1", 0, ret), 0);
	assert_int_equal(bind(fd, &ret->sa, addr_len(ret)), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&ss, &len), 0);
	addr_from_sockaddr(&ss, ret);
	return fd;
}

static int listen_unix(struct fixture *f)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	f->unix_addr = (struct sockaddr_un){.sun_family = AF_UNIX};
	f->unix_addr_len = sizeof(f->unix_addr);
	assert_int_equal(bind(fd, (struct sockaddr *)&f->unix_addr, sizeof(sa_family_t)), 0); /* unix(7): autobind */
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&f->unix_addr, &f->unix_addr_len), 0);
	return fd;
}

static int start_server(void **state, struct limit_rate rate, struct tls *tls)
{
	struct fixture *f = calloc(1, sizeof(*f));
	/* Short, but a busy machine may keep a client waiting for its processor. */
	static const struct http_timeouts quick = {
		.handshake = 500, .idle = 2000, .head = 1000, .body = 2000, .reply = 2000, .linger = 200};

	make_blob(&f->blob);
	struct assets *assets = assets_new();
	assets_add(assets, "/", "text/html", "<p>hello", 8);
	f->config = (struct http_config){
		.tables = tables, .assets = assets, .max_conns = 4, .rate = rate, .timeouts = quick, .data = f};
	assert_int_equal(uv_loop_init(&f->loop), 0);
	assert_int_equal(uv_async_init(&f->loop, &f->stop, on_stop), 0);
	assert_int_equal(uv_timer_init(&f->loop, &f->later), 0);
	f->stop.data = f->later.data = f;
	f->tls = tls;
	if (tls != NULL)
		tls_watch(tls, &f->loop, 5);
	f->server = http_server_new(&f->loop, &f->config, &f->counters);
	assert_int_equal(http_server_listen(f->server, listen_somewhere(&f->addr), tls), 0);
	assert_int_equal(http_server_listen(f->server, listen_unix(f), NULL), 0);
	*state = f;
	return pthread_create(&f->thread, NULL, run_loop, f);
}

static inline int setup(void **state)
{
	return start_server(state, (struct limit_rate){0}, NULL);
}

static void stop(struct fixture *f)
{
	if (!f->stopping)
		(void)uv_async_send(&f->stop);
	f->stopping = true;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	stop(f);
	(void)pthread_join(f->thread, NULL);
	int rc = uv_loop_close(&f->loop); /* UV_EBUSY: leaked handle */
	assets_free((struct assets *)(uintptr_t)f->config.assets);
	if (f->tls != NULL)
		tls_free(f->tls);
	free(f);
	return rc;
}

#endif
