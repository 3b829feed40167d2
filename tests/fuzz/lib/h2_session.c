/*
 * HTTP/2 from the client's first byte (net/h2_session.h, net/h2_head.h): however the bytes are parted, the same
 * requests come of them; every stream has its last word; all that is answered can be taken off.
 */
/* SPDX-License-Identifier: MIT */
#include "net/h2_session.h"

#include "../fuzz.h"

#include "net/http_reply.h"

enum {
	TOLD_MAX_BYTES = 1 << 20,
	TEXT_MAX_BYTES = 1 << 16,
	BATCH_BYTES = 64 * 1024,
	BATCHES_MAX = 16, /* for each piece: a client that opens its window gets no end of a blob */
	BLOB_BYTES = 50000,
};

struct reading {
	struct h2_session session;
	struct buf text, told;
	unsigned n_heads, n_done;
};

static char blob_bytes[BLOB_BYTES];
static const struct http_blob blob = {.data = blob_bytes, .size_bytes = BLOB_BYTES};

static void reply(struct h2_stream *x, const struct http_reply *wanted)
{
	struct reading *r = x->session->data;
	const struct http_reply_context context = {"now", x->request.method == HTTP_METHOD_HEAD, false};

	buf_drop(&r->text, r->text.len);
	assert(http_reply_write(&r->text, wanted, &context) == 0);
	h2_session_reply(x, wanted, &r->text, 0);
}

static void on_state(struct h2_stream *x)
{
	assert(x->state < H2_STREAM_STATES);
}

static void on_head(struct h2_stream *x, int status)
{
	struct reading *r = x->session->data;
	const struct http_request *q = &x->request;

	r->n_heads++;
	assert(buf_printf(&r->told, "%d: %d", x->id, status) == 0);
	if (status == 0)
		assert(buf_printf(&r->told, " %u %s?%s %ju %d\n", q->method, q->path, q->query,
		                  (uintmax_t)q->content_bytes, http_request_check(q)) == 0);
	assert(q->n_headers <= HTTP_HEADERS_MAX);
	for (size_t i = 0; status == 0 && i < q->n_headers; i++)
		assert(buf_printf(&r->told, "%s: %s\n", q->headers[i].name, q->headers[i].value) == 0);
	if (status != 0)
		reply(x, &(struct http_reply){.status = status, .body = "no\n", .body_bytes = 3});
	else if (q->expects_continue)
		h2_session_continue(x);
}

static void on_body(struct h2_stream *x, const char *piece, size_t len)
{
	assert(len == 0 || piece[0] + piece[len - 1] < 256);
	(void)x;
}

static void on_request(struct h2_stream *x)
{
	if (strlen(x->request.path) % 2 == 0)
		reply(x, &(struct http_reply){.status = 200, .blob = &blob, .blob_bytes = 3 * (uint64_t)BLOB_BYTES});
	else
		reply(x, &(struct http_reply){.status = 200, .body = "x", .body_bytes = 1});
}

static void on_sent(struct h2_stream *x, size_t len)
{
	(void)x, (void)len;
}

static void on_done(struct h2_stream *x)
{
	struct reading *r = x->session->data;

	r->n_done++;
}

static const struct h2_session_ops ops = {on_state, on_head, on_body, on_request, on_sent, on_done};

static void send_all(struct h2_session *s)
{
	for (unsigned i = 0; i < BATCHES_MAX; i++) {
		const struct iovec *pieces;
		h2_session_fill(s, BATCH_BYTES, 0);
		size_t n = h2_out_pieces(&s->out, &pieces), len = 0;
		for (size_t k = 0; k < n; k++)
			len += pieces[k].iov_len;
		assert(len == s->out.len);
		if (len == 0)
			return;
		h2_out_sent(&s->out, len);
	}
}

static char *read_parted(const uint8_t *data, size_t size, enum fuzz_way way)
{
	struct reading *r = mem_new(sizeof(*r));

	buf_init(&r->text, TEXT_MAX_BYTES);
	buf_init(&r->told, TOLD_MAX_BYTES);
	h2_session_init(&r->session, &ops, r, 0);
	for (size_t at = 0, n; at < size && !h2_session_is_over(&r->session); at += n) {
		n = fuzz_piece(way, at, size - at);
		char *piece = fuzz_bytes(data + at, n);
		h2_session_receive(&r->session, piece, n, 0);
		free(piece);
		if (way == FUZZ_WHOLE)
			send_all(&r->session);
	}
	send_all(&r->session);
	h2_session_done(&r->session);
	assert(r->n_done >= r->n_heads);
	char *told = buf_take_text(&r->told);
	buf_done(&r->text);
	free(r);
	return told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *whole = read_parted(data, size, FUZZ_WHOLE);

	for (enum fuzz_way w = FUZZ_BYTES; w < FUZZ_WAYS; w++) {
		char *told = read_parted(data, size, w);
		assert(strcmp(told, whole) == 0);
		free(told);
	}
	free(whole);
	return 0;
}
