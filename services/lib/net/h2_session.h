/*
 * HTTP/2 (RFC 9113, on nghttp2): bytes in, requests out; replies in, bytes out. Pure: no
 * socket, and the clock is told. nghttp2 interleaves the replies: each stream that has
 * something to send gets a frame in its turn.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_H2_SESSION_H
#define FONTAINE_NET_H2_SESSION_H

#include "net/h2_flood.h"
#include "net/h2_head.h"
#include "net/h2_out.h"
#include "net/http.h"

#include <sys/queue.h>

enum {
	H2_STREAMS_MAX = 100,            /* at once, of a connection (RFC 9113, 5.1.2) */
	H2_HELD_MAX_BYTES = 1024 * 1024, /* bodies kept and replies that wait: then new streams are refused */
	H2_WINDOW_BYTES = 1 << 30,       /* nothing of what arrives waits here */
	H2_FRAME_MAX_BYTES = 16384,      /* what every client takes */
};

enum h2_stream_state {
	H2_STREAM_HEAD,
	H2_STREAM_BODY,
	H2_STREAM_HANDLING,
	H2_STREAM_REPLYING,
	H2_STREAM_STATES,
};

/** A request and its reply. The session's; gone after on_done. */
struct h2_stream {
	struct http_request request; /* first, so that a handler's request leads back here */
	struct h2_session *session;
	LIST_ENTRY(h2_stream) link;
	int32_t id;
	enum h2_stream_state state;
	uint64_t moved_ms; /* when it last came on */
	bool ended;        /* by the client: nothing more will come */

	/* Private. */
	struct h2_head head;
	struct buf out; /* of a copied body, what is left */
	const struct http_blob *blob;
	uint64_t blob_left;
	size_t blob_at;
};

/** Called while bytes are received or made. None may call h2_session_receive() or h2_session_fill(). */
struct h2_session_ops {
	/** A stream has entered this state: a deadline begins. */
	void (*on_state)(struct h2_stream *x);
	/** The head is there; @status: 0, or what to refuse it with, at once. */
	void (*on_head)(struct h2_stream *x, int status);
	/** More of the body, of a request that is not replied to. */
	void (*on_body)(struct h2_stream *x, const char *piece, size_t len);
	/** The request is complete, and not replied to. */
	void (*on_request)(struct h2_stream *x);
	/** @len bytes of the reply's body are ready to be sent. */
	void (*on_sent)(struct h2_stream *x, size_t len);
	/** The last word on the stream, whatever became of it. */
	void (*on_done)(struct h2_stream *x);
};

/** To be read: out, streams, flooded, refused. All but data is written by h2_session.c. */
struct h2_session {
	void *data; /* the owner's */
	const struct h2_session_ops *ops;
	nghttp2_session *http;
	struct h2_flood flood;
	struct h2_out out;
	LIST_HEAD(, h2_stream) streams;
	uint64_t now_ms;
	size_t frame_max_bytes; /* of the replies' bodies */
	bool flooded;           /* by the client */
	bool refused;           /* the client was told that it may not do what it does */
	bool broken;            /* nothing can be sent any more */
};

/** Start as a server. */
void h2_session_init(struct h2_session *s, const struct h2_session_ops *ops, void *data, uint64_t now_ms);
/** on_done comes for every stream. */
void h2_session_done(struct h2_session *s);

/** Take what arrived. What a client may not do ends in a GOAWAY, and h2_session_is_over(). */
void h2_session_receive(struct h2_session *s, const char *bytes, size_t len, uint64_t now_ms);

/** When all of s->out is sent: make up to about @max_bytes of output; none when all waits for the client. */
void h2_session_fill(struct h2_session *s, size_t max_bytes, uint64_t now_ms);

/** Reply to @x with @reply, which http_reply_write() wrote to @text (its bytes change). */
void h2_session_reply(struct h2_stream *x, const struct http_reply *reply, const struct buf *text, uint64_t now_ms);

/** Tell the client to send its body (RFC 9110, 10.1.1). */
void h2_session_continue(struct h2_stream *x);

/** End one stream: its client takes nothing any more. */
void h2_session_reset(struct h2_stream *x);

/** Say that the end is near, so that requests on the way are not lost (RFC 9113, 6.8). */
void h2_session_announce_end(struct h2_session *s);

/** Take no new requests; those in progress go on. */
void h2_session_go_away(struct h2_session *s);

/** Whether any request was taken. */
bool h2_session_was_asked(const struct h2_session *s);

/** Whether something is to be sent. */
bool h2_session_wants_write(const struct h2_session *s);

/** Whether nothing will be sent or received any more. */
bool h2_session_is_over(const struct h2_session *s);

#endif
