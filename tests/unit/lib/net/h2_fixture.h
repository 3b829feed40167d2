/* A session without a socket: what it says of its streams is counted, what it sends is taken by its peer. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_H2_FIXTURE_H
#define FONTAINE_TESTS_H2_FIXTURE_H

#include "net/h2_session.h"
#include "net/http_reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	BATCH_BYTES = 64 * 1024,
	BLOB_BYTES = 100000, /* no multiple of a frame */
	BIG_BYTES = 50 << 20,
	STREAMS_MAX = 256,
};

struct fixture {
	struct h2_session session;
	struct buf text;
	unsigned requests, done, states;
	size_t received, sent;
	int refuse; /* on_head replies with this status */

	nghttp2_session *client;      /* NULL: the frames are made by hand */
	unsigned status[STREAMS_MAX]; /* by stream */
	size_t bytes[STREAMS_MAX];
	int ended[STREAMS_MAX]; /* 1 + the error code */
	int32_t goaway_last;
	int goaway;     /* 1 + the error code */
	struct buf raw; /* what it sent, without a client */
	void (*take)(struct fixture *f, const void *bytes, size_t len);
};

static char blob_bytes[BLOB_BYTES];
static const struct http_blob blob = {.data = blob_bytes, .size_bytes = BLOB_BYTES};

static void reply(struct h2_stream *x, const struct http_reply *r)
{
	struct fixture *f = x->session->data;

	buf_drop(&f->text, f->text.len);
	const struct http_reply_context context = {"now", x->request.method == HTTP_METHOD_HEAD, false};
	assert_int_equal(http_reply_write(&f->text, r, &context), 0);
	h2_session_reply(x, r, &f->text, 0);
}

static void on_state(struct h2_stream *x)
{
	struct fixture *f = x->session->data;

	f->states |= 1u << x->state;
}

static void on_head(struct h2_stream *x, int status)
{
	struct fixture *f = x->session->data;

	if (status == 0)
		status = f->refuse;
	if (status != 0)
		reply(x, &(struct http_reply){.status = status, .body = "no\n", .body_bytes = 3});
	else if (x->request.expects_continue)
		h2_session_continue(x);
}

static void on_body(struct h2_stream *x, const char *piece, size_t len)
{
	struct fixture *f = x->session->data;
	(void)piece;

	f->received += len;
}

static void on_request(struct h2_stream *x)
{
	static char text[400000];
	struct fixture *f = x->session->data;
	const char *path = x->request.path;

	f->requests++;
	if (strcmp(path, "/later") == 0)
		return;
	if (strcmp(path, "/big") == 0)
		reply(x, &(struct http_reply){.status = 200, .blob = &blob, .blob_bytes = BIG_BYTES});
	else if (strcmp(path, "/text") == 0)
		reply(x, &(struct http_reply){.status = 200, .body = text, .body_bytes = sizeof(text)});
	else
		reply(x, &(struct http_reply){.status = 200, .body = "x", .body_bytes = 1});
}

static void on_sent(struct h2_stream *x, size_t len)
{
	struct fixture *f = x->session->data;

	f->sent += len;
}

static void on_done(struct h2_stream *x)
{
	struct fixture *f = x->session->data;

	f->done++;
}

static const struct h2_session_ops ops = {on_state, on_head, on_body, on_request, on_sent, on_done};

static inline int setup_session(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	for (size_t i = 0; i < sizeof(blob_bytes); i++)
		blob_bytes[i] = (char)(i * 7 + i / 256);
	buf_init(&f->text, 1 << 20);
	buf_init(&f->raw, 1 << 20);
	h2_session_init(&f->session, &ops, f, 0);
	*state = f;
	return 0;
}

static inline int teardown_session(void **state)
{
	struct fixture *f = *state;

	h2_session_done(&f->session);
	nghttp2_session_del(f->client);
	buf_done(&f->text);
	buf_done(&f->raw);
	free(f);
	return 0;
}

/* The session sends one batch. Return: whether there was one. */
static inline bool session_sends(struct fixture *f)
{
	const struct iovec *pieces;

	if (!h2_session_wants_write(&f->session))
		return false;
	h2_session_fill(&f->session, BATCH_BYTES, 0);
	assert_true(f->session.out.len < BATCH_BYTES + H2_FRAME_MAX_BYTES + 9);
	size_t n = h2_out_pieces(&f->session.out, &pieces);
	for (size_t i = 0; i < n; i++) {
		f->take(f, pieces[i].iov_base, pieces[i].iov_len);
	}
	bool any = f->session.out.len > 0;
	h2_out_sent(&f->session.out, f->session.out.len);
	return any;
}

#endif
