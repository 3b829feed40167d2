/*
 * HTTP/1.1 as it comes (net/http_request.h), and what handlers ask of a request: however the bytes are parted, the
 * same requests, bodies and refusals come of them.
 */
/* SPDX-License-Identifier: MIT */
#include "net/http_request.h"

#include "../fuzz.h"

#include "base/language.h"
#include "base/name.h"
#include "net/bearer.h"
#include "net/ws_handshake.h"

enum {
	TOLD_MAX_BYTES = 1 << 20,
	BODY_MAX_BYTES = 4096,
};

struct reading {
	struct http_parser parser;
	struct http_request request;
	struct buf told;
	size_t body_bytes;
	uint64_t left; /* of a body by length */
};

static int on_body(void *data, const char *piece, size_t len)
{
	struct reading *r = data;

	r->body_bytes += len;
	if (r->body_bytes > BODY_MAX_BYTES)
		return 413;
	assert(buf_add(&r->told, piece, len) == 0);
	return 0;
}

/* What handlers do with a head: only bounds are at stake. */
static void ask(const struct http_request *r)
{
	static const char *const keys[] = {"callback", "size", "days", "limit", ""};
	char value[65], host[NAME_HOST_MAX], headers[WS_HEADERS_MAX];
	uint16_t port;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (http_request_query(r, keys[i], value, sizeof(value)) == 0)
			assert(strlen(value) < sizeof(value));
	(void)http_request_path(r, strlen(r->path) / 2, value, sizeof(value));
	const char *authority = http_request_header(r, "host");
	if (authority != NULL && name_split_authority(authority, host, &port) == 0)
		assert(strlen(host) > 0 && strlen(host) <= strlen(authority));
	(void)language_wanted(http_request_header(r, "accept-language"), LANGUAGE_EN);
	(void)bearer_text(r);
	int status = ws_handshake(r, "net.measurementlab.ndt.v7", headers);
	assert(status == 0 || status == 400 || status == 426);
}

static void tell_head(struct reading *r)
{
	const struct http_request *q = &r->request;

	assert(q->n_headers <= HTTP_HEADERS_MAX && strlen(q->path) <= HTTP_TARGET_MAX_BYTES);
	assert(buf_printf(&r->told, "%u %s?%s %d %ju %d:%d\n", q->method, q->path, q->query, q->chunked,
	                  (uintmax_t)q->content_bytes, q->keep_alive, http_request_check(q)) == 0);
	for (size_t i = 0; i < q->n_headers; i++)
		assert(buf_printf(&r->told, "%s: %s\n", q->headers[i].name, q->headers[i].value) == 0);
	ask(q);
}

static void start(struct reading *r)
{
	http_request_reset(&r->request);
	http_parser_start(&r->parser, &r->request);
	r->body_bytes = 0;
}

/* Feed one piece, to its end or to that of the connection. Return: whether it goes on. */
static bool feed(struct reading *r, const char *data, size_t len)
{
	for (size_t used = 0; len > 0; data += used, len -= used) {
		if (r->left > 0) {
			used = r->left < len ? (size_t)r->left : len;
			r->left -= used;
			continue;
		}
		enum http_parse p = http_parser_feed(&r->parser, data, len, &used);
		assert(p == HTTP_PARSE_BAD || used <= len);
		if (p == HTTP_PARSE_BAD) {
			assert(buf_printf(&r->told, "bad %d\n", r->parser.status) == 0);
			return false;
		}
		if (p == HTTP_PARSE_HEAD)
			tell_head(r);
		r->left = p == HTTP_PARSE_HEAD && !r->request.chunked ? r->request.content_bytes : 0;
		if (p == HTTP_PARSE_END || (p == HTTP_PARSE_HEAD && !r->request.chunked)) {
			if (!r->request.keep_alive)
				return false;
			start(r);
		}
		assert(p != HTTP_PARSE_MORE || used == len);
	}
	return true;
}

static char *read_parted(const uint8_t *data, size_t size, enum fuzz_way way)
{
	struct reading r = {0};

	buf_init(&r.told, TOLD_MAX_BYTES);
	http_parser_init(&r.parser, on_body, &r);
	start(&r);
	for (size_t at = 0, n; at < size; at += n) {
		n = fuzz_piece(way, at, size - at);
		char *piece = fuzz_bytes(data + at, n);
		bool goes_on = feed(&r, piece, n);
		free(piece);
		if (!goes_on)
			break;
	}
	http_parser_done(&r.parser);
	return buf_take_text(&r.told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *told[FUZZ_WAYS];

	for (enum fuzz_way w = FUZZ_WHOLE; w < FUZZ_WAYS; w++)
		told[w] = read_parted(data, size, w);
	for (enum fuzz_way w = FUZZ_WHOLE; w < FUZZ_WAYS; w++) {
		assert(strcmp(told[w], told[FUZZ_WHOLE]) == 0);
		if (w != FUZZ_WHOLE)
			free(told[w]);
	}
	free(told[FUZZ_WHOLE]);
	return 0;
}
