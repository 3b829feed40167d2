/* SPDX-License-Identifier: MIT */
#include "ipv6test/echo.h"

#include "base/mem.h"
#include "ipv6test/callback.h"
#include "ipv6test/ipv6test.h"
#include "ipv6test/tunnel.h"
#include "ipv6test/visitor.h"
#include "net/reply.h"
#include "net/whose.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BODY_MAX_BYTES = 64 * 1024,
	PADDING_MAX_BYTES = 64 * 1024,
	SHORT_REPLY_MAX_BYTES = 1024, /* without the padding */
	ASN_TEXT_MAX = 11,
};

struct question {
	char callback[CALLBACK_MAX + 1]; /* "": plain JSON */
	unsigned padding_bytes;
	struct addr about;
	bool wants_origin;
};

struct origin_texts {
	char asn[ASN_TEXT_MAX];
	char name[VISITOR_TEXT_MAX];
	char list[WHOSE_ASNS_MAX * ASN_TEXT_MAX];
};

/* Return: whether ?size= is absent or a number that we pad to. */
static bool read_size(const struct http_request *r, unsigned *ret)
{
	char text[8];
	int rc = http_request_query(r, "size", text, sizeof(text));

	*ret = 0;
	if (rc == -ENOENT)
		return true;
	if (rc < 0 || *text == '\0' || text[strspn(text, "0123456789")] != '\0')
		return false;
	*ret = (unsigned)strtoul(text, NULL, 10);
	return *ret <= PADDING_MAX_BYTES;
}

/* Return: 0, or the status to refuse with. */
static int read_question(const struct http_request *r, struct question *ret)
{
	char address[ADDR_TEXT_MAX];

	*ret = (struct question){.about = r->client};
	if (*r->query == '\0')
		return 0;
	int rc = http_request_query(r, "callback", ret->callback, sizeof(ret->callback));
	if (rc != -ENOENT && (rc < 0 || !callback_is_legal(ret->callback)))
		return 400;
	if (!read_size(r, &ret->padding_bytes))
		return 400;
	ret->wants_origin = http_request_query(r, "asn", address, sizeof(address)) == 0;
	rc = http_request_query(r, "testip", address, sizeof(address));
	if (rc == -ENOENT)
		return 0;
	return rc < 0 || addr_parse(address, 0, &ret->about) < 0 ? 400 : 0;
}

/* Whose the address is, when that is asked for: else all is "". */
static void find_origin(struct whose *whose, const struct question *q, struct origin_texts *ret)
{
	struct whose_answer answer;
	size_t len = 0;

	*ret = (struct origin_texts){.asn = ""};
	if (!q->wants_origin || whose_find(whose, &q->about, &answer) < 0)
		return;
	for (size_t i = 0; i < answer.n_asns; i++)
		len += (size_t)snprintf(ret->list + len, sizeof(ret->list) - len, "%s%" PRIu32, i == 0 ? "" : " ",
		                        answer.asns[i].asn);
	if (answer.n_asns == 0)
		return;
	(void)snprintf(ret->asn, sizeof(ret->asn), "%" PRIu32, answer.asns[0].asn);
	(void)visitor_text(answer.asns[0].name, ret->name);
}

static size_t write_reply(const struct http_request *r, const struct question *q, const struct origin_texts *o,
                          char *ret)
{
	char address[ADDR_TEXT_MAX], via[VISITOR_TEXT_MAX];
	bool is_called = *q->callback != '\0';

	int n = sprintf(ret, "%s%s{\"ip\":\"%s\",\"type\":\"%s\",\"subtype\":\"%s\",\"via\":\"%s\",\"padding\":\"",
	                q->callback, is_called ? "(" : "", addr_text(&q->about, address),
	                visitor_family(&q->about), tunnel_of(&q->about), visitor_header(r, "Via", via));
	memset(ret + n, 'x', q->padding_bytes);
	size_t len = (size_t)n + q->padding_bytes;
	n = sprintf(ret + len, "\",\"asn\":\"%s\",\"asn_name\":\"%s\",\"asnlist\":\"%s\"}%s\n", o->asn, o->name,
	            o->list, is_called ? ")" : "");
	return len + (size_t)n;
}

static void on_echo(struct http_request *r, void *data)
{
	const struct ipv6test *t = data;
	struct origin_texts origin;
	struct question q;

	if (r->method == HTTP_METHOD_OPTIONS) {
		reply_empty(r);
		return;
	}
	int status = read_question(r, &q);
	if (status != 0) {
		http_reply_status(r, status);
		return;
	}
	if (q.padding_bytes > 0)
		http_send_large(r); /* whether that arrives is the question */
	char *body = mem_new(SHORT_REPLY_MAX_BYTES + q.padding_bytes);
	find_origin(t->whose, &q, &origin);
	size_t len = write_reply(r, &q, &origin, body);
	http_reply(r, &(struct http_reply){
			      .status = 200,
			      .type = *q.callback != '\0' ? "text/javascript" : "application/json",
			      .headers = REPLY_HEADERS,
			      .body = body,
			      .body_bytes = len});
	free(body);
}

const struct http_route echo_routes[] = {
	{.path = "/ip/",
         .methods = HTTP_METHOD_GET | HTTP_METHOD_POST | HTTP_METHOD_OPTIONS,
         .body = HTTP_BODY_COUNT,
         .max_body_bytes = BODY_MAX_BYTES,
         .on_request = on_echo},
	{.path = NULL},
};
