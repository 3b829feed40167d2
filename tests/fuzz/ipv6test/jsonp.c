/*
 * The arguments of /ip/ (ipv6test/echo.h), in a request as it comes: a reply is JSON, or a call of just the function
 * that was asked for with JSON in it.
 */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/echo.h"

#include "../fuzz.h"

#include "ipv6test/callback.h"
#include "ipv6test/ipv6test.h"
#include "net/conn.h"
#include "net/http.h"
#include "net/http_transport.h"
#include "net/whose.h"

#include <yyjson.h>

static char called[CALLBACK_MAX + 2]; /* "callback(", or "" */
static int replied;

static void on_reply(struct http_request *r, const struct http_reply *reply)
{
	const char *body = reply->body;
	size_t len = reply->body_bytes, before = strlen(called);
	(void)r;

	replied = reply->status;
	if (reply->status != 200 || len == 0)
		return;
	assert(len > before + 1 && memcmp(body, called, before) == 0 && body[len - 1] == '\n');
	assert(before == 0 || body[len - 2] == ')');
	yyjson_doc *doc = yyjson_read(body + before, len - before - (before > 0 ? 2 : 1), 0);
	assert(doc != NULL);
	yyjson_doc_free(doc);
}

static struct conn *conn_of(const struct http_request *r)
{
	static struct conn conn; /* takes the wish for large segments */
	(void)r;

	return &conn;
}

static const struct http_transport transport = {.reply = on_reply, .conn = conn_of};

static void ask(struct http_request *r)
{
	static struct ipv6test test;
	static const struct pop pop;

	if (test.whose == NULL)
		test.whose = whose_new(&pop, NULL, 0, NULL);
	assert(addr_parse("192.0.2.1", 0, &r->client) == 0);
	r->transport = &transport;
	called[0] = '\0';
	if (http_request_query(r, "callback", called, CALLBACK_MAX + 1) == 0 && called[0] != '\0')
		strcat(called, "(");
	replied = 0;
	echo_routes[0].on_request(r, &test);
	assert(replied == 200 || replied == 400);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_parser *p = mem_new(sizeof(*p));
	struct http_request *r = mem_new(sizeof(*r));
	char *bytes = fuzz_bytes(data, size);
	size_t used;

	http_parser_init(p, NULL, NULL);
	http_parser_start(p, r);
	if (http_parser_feed(p, bytes, size, &used) == HTTP_PARSE_HEAD && http_request_check(r) == 0)
		ask(r);
	http_parser_done(p);
	free(bytes);
	free(r);
	free(p);
	return 0;
}
