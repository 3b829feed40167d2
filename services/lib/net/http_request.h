/*
 * One HTTP/1.1 request as a value, and the parser that makes it (RFC 9112, on
 * llhttp). Pure: bytes in, requests out; no socket, no clock.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_HTTP_REQUEST_H
#define FONTAINE_NET_HTTP_REQUEST_H

#include "base/addr.h"
#include "base/buf.h"

#include <llhttp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HTTP_TARGET_MAX_BYTES = 8192, /* longer: 414 */
	HTTP_HEAD_MAX_BYTES = 16384,  /* all names and values, and the target: 431 */
	HTTP_HEADERS_MAX = 100,       /* more lines: 431 */
};

/** Methods as bits, so that a route can allow several. */
enum http_method {
	HTTP_METHOD_GET = 1,
	HTTP_METHOD_HEAD = 2,
	HTTP_METHOD_POST = 4,
	HTTP_METHOD_OPTIONS = 8,
	HTTP_METHOD_PUT = 16,
	HTTP_METHOD_DELETE = 32,
};

enum { HTTP_METHODS = 6 };

/** The name of each method, at the number of its bit. */
extern const char *const http_method_names[HTTP_METHODS];

/** The bit of the method with this name; 0: another one. */
unsigned http_method(const char *name);

struct http_header {
	const char *name;
	const char *value;
};

struct http_route;
struct http_transport;

struct http_request {
	unsigned method;        /* one of enum http_method; 0: another one, to be refused */
	const char *path;       /* as sent, without the query; always starts with '/' unless it is "*" */
	const char *query;      /* "" when there is none */
	bool chunked;           /* else content_bytes says how long the body is */
	uint64_t content_bytes; /* Content-Length, or 0 */
	bool keep_alive;        /* the client may send another request */
	bool expects_continue;  /* it waits for 100 before sending the body (RFC 9110, 10.1.1) */

	/* Set by the server for the handlers. */
	const struct http_transport *transport; /* the server's own */
	const struct http_route *route;
	struct addr client;
	uint64_t body_bytes; /* of the body, received so far */
	struct buf body;     /* what was kept of it */
	void *data;          /* the handler's own */

	size_t n_headers;
	struct http_header headers[HTTP_HEADERS_MAX];
};

/** Forget all of the request; nothing of it is released. */
void http_request_reset(struct http_request *r);

/** The value of the first header @name, whatever its case; NULL when there is none. */
const char *http_request_header(const struct http_request *r, const char *name);

/**
 * Copy the decoded value of the query's first @key to @ret (RFC 3986, 2.1; '+' is a space).
 * Return: 0, -ENOENT without such a key, -EINVAL on a bad escape or a value of @size bytes or more.
 */
int http_request_query(const struct http_request *r, const char *key, char *ret, size_t size);

/** Copy what follows the first @from bytes of the path to @ret, decoded. Return: as http_request_query(). */
int http_request_path(const struct http_request *r, size_t from, char *ret, size_t size);

/** Set path and query from @target, which @r borrows and changes. */
void http_request_set_target(struct http_request *r, char *target);

/** Check what every version of HTTP says of target, Host and Expect. Return: 0, or the status to refuse with. */
int http_request_check(const struct http_request *r);

enum http_parse {
	HTTP_PARSE_MORE, /* all bytes used; feed more */
	HTTP_PARSE_HEAD, /* the head is complete; a body may follow */
	HTTP_PARSE_END,  /* a chunked body is complete */
	HTTP_PARSE_BAD,  /* refuse with parser->status and close */
};

/** Told of each piece of a chunked body. Return: 0, or a status to refuse with (413). */
typedef int (*http_parser_body)(void *data, const char *piece, size_t len);

/** All fields but status are private to http_request.c. */
struct http_parser {
	llhttp_t llhttp;
	struct http_request *request; /* being filled; NULL between requests */
	struct buf text;              /* target, names and values, each NUL-terminated */
	size_t value_at;              /* of the header line at hand; 0: its name is not over */
	http_parser_body on_body;
	void *data;
	size_t trailer_bytes;
	bool in_body;
	int status;
};

void http_parser_init(struct http_parser *p, http_parser_body on_body, void *data);
void http_parser_done(struct http_parser *p);

/** Fill @r (zeroed, borrowed until the next call) from the bytes that follow. */
void http_parser_start(struct http_parser *p, struct http_request *r);

/**
 * Feed bytes; *ret_used of them were taken, for any outcome but HTTP_PARSE_BAD.
 * After HTTP_PARSE_HEAD: a chunked body is fed on; of a body by length the
 * parser wants nothing, the caller counts it off.
 */
enum http_parse http_parser_feed(struct http_parser *p, const char *data, size_t len,
                                 size_t *ret_used);

#endif
