/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "net/http_conn.h"
#include "net/http_transport.h"

#include <stdlib.h>

static int on_chunk(void *data, const char *piece, size_t len)
{
	struct exchange *x = data;

	return http_received_piece(x->conn->server, &x->request, piece, len);
}

void http_exchange_begin(struct http_conn *c)
{
	struct http_server *s = c->server;
	struct exchange *x = s->spare;

	s->spare = NULL;
	if (x == NULL) {
		x = mem_new(sizeof(*x));
		http_parser_init(&x->parser, on_chunk, x);
		buf_init(&x->out, HTTP_OUTPUT_MAX_BYTES);
	}
	x->conn = c;
	x->request.client = c->client;
	x->request.transport = &http_conn_transport;
	http_parser_start(&x->parser, &x->request);
	c->exchange = x;
}

static void free_exchange(struct exchange *x)
{
	http_parser_done(&x->parser);
	free(x);
}

void http_exchange_end(struct http_conn *c)
{
	struct http_server *s = c->server;
	struct exchange *x = c->exchange;

	if (x == NULL)
		return;
	c->exchange = NULL;
	http_ended(s, &x->request);
	buf_done(&x->request.body);
	buf_done(&x->out);
	if (s->spare != NULL) {
		free_exchange(x);
		return;
	}
	/* One after the other, requests cost no memory to be had and cleared. */
	http_request_reset(&x->request);
	x->blob = NULL;
	x->blob_left = x->blob_at = x->body_left = 0;
	s->spare = x;
}

void http_exchange_done(struct http_server *s)
{
	if (s->spare != NULL)
		free_exchange(s->spare);
}
