/*
 * Happy path of a stream: HEAD -end of headers-> BODY -END_STREAM-> HANDLING
 * -h2_session_reply()-> REPLYING -last frame made-> gone. A refusal is a reply that
 * comes early; then the client is told to stop sending (RFC 9113, 8.1).
 *
 * Failures: a stream that is reset, by either side, is gone; a client that breaks the
 * rules, or floods, gets a GOAWAY that says so. on_done is called once in every case.
 */
/* SPDX-License-Identifier: MIT */
#include "net/h2_session.h"

#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BIT(n) (1u << (n))

static const unsigned state_next[H2_STREAM_STATES] = {
	[H2_STREAM_HEAD] = BIT(H2_STREAM_BODY) | BIT(H2_STREAM_HANDLING) | BIT(H2_STREAM_REPLYING),
	[H2_STREAM_BODY] = BIT(H2_STREAM_HANDLING) | BIT(H2_STREAM_REPLYING),
	[H2_STREAM_HANDLING] = BIT(H2_STREAM_REPLYING),
	[H2_STREAM_REPLYING] = 0,
};

static void move(struct h2_stream *x, enum h2_stream_state to)
{
	assert(state_next[x->state] & BIT(to));
	x->state = to; /* the only assignment */
	x->moved_ms = x->session->now_ms;
	x->session->ops->on_state(x);
}

static struct h2_stream *stream_of(nghttp2_session *http, int32_t id)
{
	return nghttp2_session_get_stream_user_data(http, id);
}

/* The client does what brings nothing. */
static void charge(struct h2_session *s)
{
	if (s->flooded || h2_flood_pay(&s->flood, s->now_ms))
		return;
	s->flooded = true;
	(void)nghttp2_session_terminate_session(s->http, NGHTTP2_ENHANCE_YOUR_CALM);
}

static size_t held_bytes(const struct h2_session *s)
{
	const struct h2_stream *x;
	size_t sum = 0;

	LIST_FOREACH(x, &s->streams, link)
	sum += x->out.len + x->request.body.len;
	return sum;
}

/* A request is paid for by the limit on requests, all other frames here. */
static int on_begin_frame(nghttp2_session *http, const nghttp2_frame_hd *hd, void *data)
{
	struct h2_session *s = data;
	(void)http;

	if (hd->type != NGHTTP2_HEADERS)
		charge(s);
	return s->flooded ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
}

static int on_begin_headers(nghttp2_session *http, const nghttp2_frame *frame, void *data)
{
	struct h2_session *s = data;

	if (frame->headers.cat != NGHTTP2_HCAT_REQUEST)
		return 0; /* trailers */
	if (held_bytes(s) > H2_HELD_MAX_BYTES)
		return nghttp2_submit_rst_stream(http, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_REFUSED_STREAM);

	struct h2_stream *x = mem_new(sizeof(*x));
	x->session = s;
	x->id = frame->hd.stream_id;
	x->moved_ms = s->now_ms;
	h2_head_init(&x->head, &x->request);
	LIST_INSERT_HEAD(&s->streams, x, link);
	(void)nghttp2_session_set_stream_user_data(http, x->id, x);
	s->ops->on_state(x);
	return 0;
}

static int on_header(nghttp2_session *http, const nghttp2_frame *frame, const uint8_t *name, size_t name_len,
                     const uint8_t *value, size_t value_len, uint8_t flags, void *data)
{
	struct h2_stream *x = stream_of(http, frame->hd.stream_id);
	(void)flags;

	if (frame->headers.cat != NGHTTP2_HCAT_REQUEST || x == NULL)
		return 0; /* trailers are dropped (RFC 9110, 6.5.1) */
	if (!h2_head_add(&x->head, (const char *)name, name_len, (const char *)value, value_len))
		charge(data); /* a few bytes may stand for many (RFC 7541, 7.3) */
	return 0;
}

static void end_request(struct h2_stream *x)
{
	x->ended = true;
	if (x->state == H2_STREAM_REPLYING)
		return;
	move(x, H2_STREAM_HANDLING);
	x->session->ops->on_request(x);
}

static int on_frame(nghttp2_session *http, const nghttp2_frame *frame, void *data)
{
	struct h2_session *s = data;
	bool has_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
	struct h2_stream *x = has_end ? stream_of(http, frame->hd.stream_id) : NULL;

	if (x == NULL)
		return 0;
	bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
	if (x->state == H2_STREAM_HEAD) {
		s->ops->on_head(x, h2_head_finish(&x->head, !ends));
		if (x->state == H2_STREAM_HEAD && !ends)
			move(x, H2_STREAM_BODY);
	}
	if (ends)
		end_request(x);
	return 0;
}

static int on_data(nghttp2_session *http, uint8_t flags, int32_t id, const uint8_t *bytes, size_t len, void *data)
{
	struct h2_session *s = data;
	struct h2_stream *x = stream_of(http, id);
	(void)flags;

	h2_flood_earn(&s->flood, len);
	if (x == NULL || x->state != H2_STREAM_BODY)
		return 0; /* it is refused already */
	x->moved_ms = s->now_ms;
	s->ops->on_body(x, (const char *)bytes, len);
	return 0;
}

static int on_frame_made(nghttp2_session *http, const nghttp2_frame *frame, void *data)
{
	struct h2_session *s = data;
	bool has_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;

	if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR)
		s->refused = true;
	if (frame->hd.type == NGHTTP2_RST_STREAM && frame->rst_stream.error_code != NGHTTP2_NO_ERROR)
		charge(s); /* what a client makes us reset is a flood like its own resets */
	if (!has_end || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
		return 0;
	const struct h2_stream *x = stream_of(http, frame->hd.stream_id);
	if (x != NULL && !x->ended)
		return nghttp2_submit_rst_stream(http, NGHTTP2_FLAG_NONE, x->id, NGHTTP2_NO_ERROR);
	return 0;
}

static void stream_free(struct h2_stream *x)
{
	x->session->ops->on_done(x);
	LIST_REMOVE(x, link);
	h2_head_done(&x->head);
	buf_done(&x->request.body);
	buf_done(&x->out);
	free(x);
}

static int on_stream_close(nghttp2_session *http, int32_t id, uint32_t code, void *data)
{
	struct h2_stream *x = stream_of(http, id);
	(void)code, (void)data;

	if (x != NULL)
		stream_free(x);
	return 0;
}

static nghttp2_ssize frame_length(nghttp2_session *http, uint8_t type, int32_t id, int32_t session_window,
                                  int32_t stream_window, uint32_t max_frame, void *data)
{
	const struct h2_session *s = data;
	(void)http, (void)type, (void)id, (void)session_window, (void)stream_window;

	return (nghttp2_ssize)(s->frame_max_bytes < max_frame ? s->frame_max_bytes : max_frame);
}

static void sent(struct h2_stream *x, size_t len)
{
	x->moved_ms = x->session->now_ms;
	h2_flood_earn(&x->session->flood, len);
	x->session->ops->on_sent(x, len);
}

/* A blob is sent from where it lies: here it is only said how much of it comes next. */
static size_t next_of_blob(const struct h2_stream *x, size_t len, uint32_t *flags)
{
	size_t piece = x->blob->size_bytes - x->blob_at;

	if (piece > x->blob_left)
		piece = (size_t)x->blob_left;
	if (len > piece)
		len = piece;
	*flags |= NGHTTP2_DATA_FLAG_NO_COPY;
	if (len == x->blob_left)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return len;
}

static nghttp2_ssize read_body(nghttp2_session *http, int32_t id, uint8_t *to, size_t len, uint32_t *flags,
                               nghttp2_data_source *source, void *data)
{
	struct h2_stream *x = source->ptr;
	(void)http, (void)id, (void)data;

	if (x->blob != NULL)
		return (nghttp2_ssize)next_of_blob(x, len, flags);
	if (len >= x->out.len) {
		len = x->out.len;
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	}
	memcpy(to, x->out.data, len);
	buf_drop(&x->out, len);
	x->moved_ms = x->session->now_ms;
	h2_flood_earn(&x->session->flood, len);
	return (nghttp2_ssize)len;
}

static int send_blob(nghttp2_session *http, nghttp2_frame *frame, const uint8_t *head, size_t len,
                     nghttp2_data_source *source, void *data)
{
	enum { FRAME_HEAD_BYTES = 9 };
	struct h2_session *s = data;
	struct h2_stream *x = source->ptr;
	(void)http, (void)frame;

	if (!h2_out_frame(&s->out, head, FRAME_HEAD_BYTES, x->blob->data + x->blob_at, len))
		return NGHTTP2_ERR_WOULDBLOCK;
	x->blob_at = (x->blob_at + len) % x->blob->size_bytes;
	x->blob_left -= len;
	sent(x, len);
	return 0;
}

static nghttp2_ssize send_own(nghttp2_session *http, const uint8_t *bytes, size_t len, int flags, void *data)
{
	struct h2_session *s = data;
	size_t taken = h2_out_copy(&s->out, bytes, len);
	(void)http, (void)flags;

	return taken > 0 ? (nghttp2_ssize)taken : NGHTTP2_ERR_WOULDBLOCK;
}

static nghttp2_session_callbacks *callbacks_new(void)
{
	nghttp2_session_callbacks *calls;

	if (nghttp2_session_callbacks_new(&calls) != 0)
		mem_exhausted();
	nghttp2_session_callbacks_set_on_begin_frame_callback(calls, on_begin_frame);
	nghttp2_session_callbacks_set_on_begin_headers_callback(calls, on_begin_headers);
	nghttp2_session_callbacks_set_on_header_callback(calls, on_header);
	nghttp2_session_callbacks_set_on_frame_recv_callback(calls, on_frame);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, on_data);
	nghttp2_session_callbacks_set_on_frame_send_callback(calls, on_frame_made);
	nghttp2_session_callbacks_set_on_stream_close_callback(calls, on_stream_close);
	nghttp2_session_callbacks_set_data_source_read_length_callback2(calls, frame_length);
	nghttp2_session_callbacks_set_send_data_callback(calls, send_blob);
	nghttp2_session_callbacks_set_send_callback2(calls, send_own);
	return calls;
}

static nghttp2_option *options_new(void)
{
	nghttp2_option *options;

	if (nghttp2_option_new(&options) != 0)
		mem_exhausted();
	nghttp2_option_set_no_closed_streams(options, 1);
	nghttp2_option_set_stream_reset_rate_limit(options, UINT64_MAX, UINT64_MAX); /* ours answers better */
	return options;
}

void h2_session_init(struct h2_session *s, const struct h2_session_ops *ops, void *data, uint64_t now_ms)
{
	static const nghttp2_settings_entry settings[] = {
		{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, H2_STREAMS_MAX},
		{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, H2_WINDOW_BYTES},
		{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HTTP_HEAD_MAX_BYTES},
	};
	nghttp2_session_callbacks *calls = callbacks_new();
	nghttp2_option *options = options_new();

	*s = (struct h2_session){.data = data, .ops = ops, .now_ms = now_ms};
	LIST_INIT(&s->streams);
	h2_flood_init(&s->flood, now_ms);
	if (nghttp2_session_server_new2(&s->http, calls, s, options) != 0 ||
	    nghttp2_submit_settings(s->http, NGHTTP2_FLAG_NONE, settings, 3) != 0 ||
	    nghttp2_session_set_local_window_size(s->http, NGHTTP2_FLAG_NONE, 0, H2_WINDOW_BYTES) != 0)
		mem_exhausted();
	nghttp2_option_del(options);
	nghttp2_session_callbacks_del(calls);
}

void h2_session_done(struct h2_session *s)
{
	struct h2_stream *x = LIST_FIRST(&s->streams);

	while (x != NULL) {
		struct h2_stream *next = LIST_NEXT(x, link);
		stream_free(x);
		x = next;
	}
	nghttp2_session_del(s->http);
}

void h2_session_receive(struct h2_session *s, const char *bytes, size_t len, uint64_t now_ms)
{
	s->now_ms = now_ms;
	if (s->flooded)
		return;
	nghttp2_ssize rc = nghttp2_session_mem_recv2(s->http, (const uint8_t *)bytes, len);
	if (rc >= 0)
		return;
	s->flooded = s->flooded || rc == NGHTTP2_ERR_FLOODED || rc == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS;
	uint32_t code = s->flooded ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR;
	(void)nghttp2_session_terminate_session(s->http, code);
}

void h2_session_fill(struct h2_session *s, size_t max_bytes, uint64_t now_ms)
{
	size_t half = max_bytes / 2;

	s->now_ms = now_ms;
	s->frame_max_bytes = half < H2_FRAME_MAX_BYTES ? half : H2_FRAME_MAX_BYTES;
	h2_out_start(&s->out, max_bytes);
	if (nghttp2_session_send(s->http) != 0)
		s->broken = true;
}

void h2_session_reply(struct h2_stream *x, const struct http_reply *reply, const struct buf *text, uint64_t now_ms)
{
	const nghttp2_data_provider2 provider = {.source.ptr = x, .read_callback = read_body};
	nghttp2_nv fields[H2_FIELDS_MAX];
	const char *body;
	size_t n = h2_head_reply(text->data, fields, &body);
	size_t body_len = text->len - (size_t)(body - text->data);

	x->session->now_ms = now_ms;
	move(x, H2_STREAM_REPLYING);
	if (reply->status == 429)
		charge(x->session); /* its next request would be one too many again */
	buf_init(&x->out, body_len);
	(void)buf_add(&x->out, body, body_len);
	if (reply->blob != NULL && x->request.method != HTTP_METHOD_HEAD) {
		x->blob = reply->blob;
		x->blob_left = reply->blob_bytes;
	}
	bool has_body = body_len > 0 || x->blob_left > 0;
	if (nghttp2_submit_response2(x->session->http, x->id, fields, n, has_body ? &provider : NULL) != 0)
		h2_session_reset(x);
}

void h2_session_continue(struct h2_stream *x)
{
	const nghttp2_nv status = {
		.name = (uint8_t *)":status", .namelen = 7, .value = (uint8_t *)"100", .valuelen = 3};

	(void)nghttp2_submit_headers(x->session->http, NGHTTP2_FLAG_NONE, x->id, NULL, &status, 1, NULL);
}

void h2_session_reset(struct h2_stream *x)
{
	(void)nghttp2_submit_rst_stream(x->session->http, NGHTTP2_FLAG_NONE, x->id, NGHTTP2_CANCEL);
}

void h2_session_announce_end(struct h2_session *s)
{
	(void)nghttp2_submit_shutdown_notice(s->http);
}

bool h2_session_was_asked(const struct h2_session *s)
{
	return nghttp2_session_get_last_proc_stream_id(s->http) > 0;
}

void h2_session_go_away(struct h2_session *s)
{
	(void)nghttp2_submit_goaway(s->http, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(s->http),
	                            NGHTTP2_NO_ERROR, NULL, 0);
}

bool h2_session_wants_write(const struct h2_session *s)
{
	return s->out.len > 0 || (!s->broken && nghttp2_session_want_write(s->http));
}

bool h2_session_is_over(const struct h2_session *s)
{
	return s->broken || (!h2_session_wants_write(s) && !nghttp2_session_want_read(s->http));
}
