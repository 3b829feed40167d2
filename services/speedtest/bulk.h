/*
 * The bytes of a test, whatever protocol asks for them: a download is so many
 * bytes of the payload that all connections share, an upload is counted and
 * dropped. Both pass the gate, as part of the test that `?test=` names.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_BULK_H
#define FONTAINE_SPEEDTEST_BULK_H

#include "speedtest/gate.h"
#include "speedtest/speedtest.h"

/** Of an upload, in one request. */
#define BULK_UPLOAD_MAX_BYTES (UINT64_C(64) << 30)

/** What is no longer than this is no test but a question of latency, and always served. */
enum { BULK_TINY_BYTES = 16 * 1024 };

/** For a route whose on_request calls bulk_download(). Its request's data is bulk's. */
#define BULK_DOWNLOAD .on_sent = bulk_on_moved, .on_done = bulk_on_done

/**
 * For a route that takes an upload. The request's data is bulk's. on_request comes after
 * the last byte, and only then may it reply, or the client would see a speed that was none.
 */
#define BULK_UPLOAD \
	.body = HTTP_BODY_COUNT, .max_body_bytes = BULK_UPLOAD_MAX_BYTES, \
	.on_head = bulk_on_head, .on_body = bulk_on_moved, .on_done = bulk_on_done

/**
 * Reply 200 with @bytes incompressible bytes, application/octet-stream; or, when the
 * test may not run, 429 or 503 with Retry-After.
 * @headers: more lines, each ended by CRLF, besides REPLY_HEADERS; may be NULL.
 */
void bulk_download(struct http_request *r, struct speedtest *s, uint64_t bytes, const char *headers);

/**
 * Enter the gate for @r, of a protocol that moves its bytes itself.
 * Return: the flow to add them to, given back with gate_leave(); or NULL, and @r has been refused.
 */
struct flow *bulk_enter(struct http_request *r, const struct speedtest *s, enum direction d);

/* For the macros above. */
int bulk_on_head(struct http_request *r, void *data);
void bulk_on_moved(struct http_request *r, size_t len);
void bulk_on_done(struct http_request *r, void *data);

#endif
