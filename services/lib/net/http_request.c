/* SPDX-License-Identifier: MIT */
#include "net/http_request.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* While the text still grows, headers hold offsets into it; see resolve(). */
static const char *offset_mark(size_t offset)
{
	return (const char *)(uintptr_t)offset;
}

static struct http_parser *parser_of(llhttp_t *llhttp)
{
	return llhttp->data;
}

static int refuse(struct http_parser *p, int status)
{
	p->status = status;
	return HPE_USER;
}

static int add_text(struct http_parser *p, const char *data, size_t len, int status_if_full)
{
	return buf_add(&p->text, data, len) == 0 ? HPE_OK : refuse(p, status_if_full);
}

static int on_url(llhttp_t *llhttp, const char *at, size_t len)
{
	struct http_parser *p = parser_of(llhttp);

	if (p->text.len + len > HTTP_TARGET_MAX_BYTES)
		return refuse(p, 414);
	return add_text(p, at, len, 414);
}

static int on_part_complete(llhttp_t *llhttp)
{
	struct http_parser *p = parser_of(llhttp);

	return p->in_body ? HPE_OK : add_text(p, "", 1, 431);
}

/* Trailers are read and dropped (RFC 9110, 6.5.1), but not without end. */
static int count_trailer(struct http_parser *p, size_t len)
{
	p->trailer_bytes += len;
	return p->trailer_bytes > HTTP_HEAD_MAX_BYTES ? refuse(p, 431) : HPE_OK;
}

static int on_header_field(llhttp_t *llhttp, const char *at, size_t len)
{
	struct http_parser *p = parser_of(llhttp);
	struct http_request *r = p->request;

	if (p->in_body)
		return count_trailer(p, len);
	if (p->value_at != 0 || r->n_headers == 0) { /* the first piece of a new line */
		if (r->n_headers == HTTP_HEADERS_MAX)
			return refuse(p, 431);
		r->headers[r->n_headers++].name = offset_mark(p->text.len);
		p->value_at = 0;
	}
	return add_text(p, at, len, 431);
}

static int on_header_field_complete(llhttp_t *llhttp)
{
	struct http_parser *p = parser_of(llhttp);
	int rc = on_part_complete(llhttp);

	if (rc == HPE_OK && !p->in_body) {
		p->value_at = p->text.len;
		p->request->headers[p->request->n_headers - 1].value = offset_mark(p->value_at);
	}
	return rc;
}

static int on_header_value(llhttp_t *llhttp, const char *at, size_t len)
{
	struct http_parser *p = parser_of(llhttp);

	return p->in_body ? count_trailer(p, len) : add_text(p, at, len, 431);
}

static int on_chunk_data(llhttp_t *llhttp, const char *at, size_t len)
{
	struct http_parser *p = parser_of(llhttp);
	int status = p->on_body(p->data, at, len);

	return status == 0 ? HPE_OK : refuse(p, status);
}

/* Make pointers of the offsets, and path and query of the target. */
static void resolve(struct http_parser *p)
{
	struct http_request *r = p->request;
	char *text = p->text.data;

	assert(text != NULL); /* the target, at least */
	for (size_t i = 0; i < r->n_headers; i++) {
		r->headers[i].name = text + (uintptr_t)r->headers[i].name;
		r->headers[i].value = text + (uintptr_t)r->headers[i].value;
	}
	http_request_set_target(r, text);
}

/* What llhttp lets through and RFC 9112 does not. Return: 0 or a status. */
static int check_head(const struct http_parser *p)
{
	const struct http_request *r = p->request;
	bool http_1_0 = p->llhttp.http_major == 1 && p->llhttp.http_minor == 0;

	if (p->llhttp.http_major != 1)
		return 505; /* 0.9 and 2.0 */
	if (http_request_header(r, "Host") == NULL && !http_1_0)
		return 400; /* section 3.2 */
	if (http_1_0 && http_request_header(r, "Transfer-Encoding") != NULL)
		return 400; /* section 6.1: a smuggling attempt */

	const char *coding = http_request_header(r, "Transfer-Encoding");
	if (coding != NULL && strcasecmp(coding, "chunked") != 0)
		return 501; /* section 6.1 */
	if (coding != NULL && (p->llhttp.flags & F_CHUNKED) == 0)
		return 400; /* section 6.3: a later line took "chunked" back, so no length is certain */
	return http_request_check(r);
}

static int on_headers_complete(llhttp_t *llhttp)
{
	struct http_parser *p = parser_of(llhttp);
	struct http_request *r = p->request;

	llhttp->upgrade = 0; /* we upgrade to nothing (RFC 9110, 7.8: ignore it) */
	resolve(p);
	int status = check_head(p);
	if (status != 0)
		return refuse(p, status);

	r->method = http_method(llhttp_method_name(llhttp->method));
	r->chunked = (llhttp->flags & F_CHUNKED) != 0;
	r->content_bytes = (llhttp->flags & F_CONTENT_LENGTH) != 0 ? llhttp->content_length : 0;
	r->expects_continue = http_request_header(r, "Expect") != NULL;
	r->keep_alive = llhttp_should_keep_alive(llhttp) != 0;
	p->in_body = true;
	if (r->chunked)
		return HPE_PAUSED;
	return 1; /* "there is no body": the caller counts it off without us */
}

static int on_message_complete(llhttp_t *llhttp)
{
	(void)llhttp;
	return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
	.on_url = on_url,
	.on_url_complete = on_part_complete,
	.on_header_field = on_header_field,
	.on_header_field_complete = on_header_field_complete,
	.on_header_value = on_header_value,
	.on_header_value_complete = on_part_complete,
	.on_headers_complete = on_headers_complete,
	.on_body = on_chunk_data,
	.on_message_complete = on_message_complete,
};

void http_parser_init(struct http_parser *p, http_parser_body on_body, void *data)
{
	*p = (struct http_parser){.on_body = on_body, .data = data};
	buf_init(&p->text, HTTP_HEAD_MAX_BYTES);
}

void http_parser_done(struct http_parser *p)
{
	buf_done(&p->text);
}

void http_parser_start(struct http_parser *p, struct http_request *r)
{
	llhttp_init(&p->llhttp, HTTP_REQUEST, &settings);
	p->llhttp.data = p;
	p->request = r;
	buf_drop(&p->text, p->text.len);
	p->value_at = 0;
	p->trailer_bytes = 0;
	p->in_body = false;
	p->status = 0;
}

/* llhttp also says "invalid version" when more than the version is on the line. */
static int status_of(const llhttp_t *llhttp, llhttp_errno_t error)
{
	bool known = llhttp->http_major == 1 && llhttp->http_minor <= 1;

	return error == HPE_INVALID_VERSION && !known ? 505 : 400;
}

enum http_parse http_parser_feed(struct http_parser *p, const char *data, size_t len,
                                 size_t *ret_used)
{
	assert(p->request != NULL);
	bool was_in_body = p->in_body;

	llhttp_errno_t error = llhttp_execute(&p->llhttp, data, len);
	if (error == HPE_OK) {
		*ret_used = len;
		return HTTP_PARSE_MORE;
	}
	if (error != HPE_PAUSED) {
		if (p->status == 0)
			p->status = status_of(&p->llhttp, error);
		return HTTP_PARSE_BAD;
	}
	*ret_used = (size_t)(llhttp_get_error_pos(&p->llhttp) - data);
	llhttp_resume(&p->llhttp);
	return was_in_body ? HTTP_PARSE_END : HTTP_PARSE_HEAD;
}

const char *const http_method_names[HTTP_METHODS] = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE"};

unsigned http_method(const char *name)
{
	for (unsigned i = 0; i < HTTP_METHODS; i++)
		if (strcmp(name, http_method_names[i]) == 0)
			return 1u << i;
	return 0;
}

void http_request_set_target(struct http_request *r, char *target)
{
	char *question = strchr(target, '?');

	r->query = "";
	if (question != NULL) {
		*question = '\0';
		r->query = question + 1;
	}
	char *authority = strstr(target, "://"); /* absolute form (RFC 9112, 3.2.2) */
	if (target[0] != '/' && authority != NULL) {
		char *slash = strchr(authority + 3, '/');
		target = slash != NULL ? slash : strcpy(authority, "/");
	}
	r->path = target;
}

/* The characters of a name, an address and a port (RFC 3986, 3.2.2). */
static bool is_host(const char *value)
{
	return value[strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	                           "-._~!$&'()*+,;=%:[]")] == '\0';
}

int http_request_check(const struct http_request *r)
{
	const char *host = http_request_header(r, "Host"), *expect = http_request_header(r, "Expect");
	size_t n_hosts = 0;

	for (size_t i = 0; i < r->n_headers; i++)
		n_hosts += strcasecmp(r->headers[i].name, "Host") == 0;
	if (n_hosts > 1 || (host != NULL && !is_host(host)))
		return 400; /* RFC 9112, 3.2 */
	if (r->path[0] != '/' && strcmp(r->path, "*") != 0)
		return 400; /* no form of a target that we serve */
	return expect == NULL || strcasecmp(expect, "100-continue") == 0 ? 0 : 417;
}

void http_request_reset(struct http_request *r)
{
	memset(r, 0, offsetof(struct http_request, headers)); /* of which there are none then */
}

const char *http_request_header(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (strcasecmp(r->headers[i].name, name) == 0)
			return r->headers[i].value;
	return NULL;
}

/* Decode [from, end) into @ret; a '+' stands for @plus. Return: 0 or -EINVAL. */
static int percent_decode(const char *from, const char *end, char plus, char *ret, size_t size)
{
	size_t n = 0;

	for (; from < end; from++) {
		char c = (char)(*from == '+' ? plus : *from);
		if (c == '%') {
			char digits[3] = {0}, *after;
			if (end - from < 3)
				return -EINVAL;
			memcpy(digits, from + 1, 2);
			c = (char)strtoul(digits, &after, 16);
			if (after != digits + 2)
				return -EINVAL;
			from += 2;
		}
		if (n + 1 >= size || c == '\0')
			return -EINVAL;
		ret[n++] = c;
	}
	ret[n] = '\0';
	return 0;
}

int http_request_query(const struct http_request *r, const char *key, char *ret, size_t size)
{
	size_t key_len = strlen(key);

	for (const char *at = r->query; *at != '\0';) {
		const char *end = strchrnul(at, '&');
		if (strncmp(at, key, key_len) == 0 && at[key_len] == '=')
			return percent_decode(at + key_len + 1, end, ' ', ret, size);
		if (end == at + key_len && strncmp(at, key, key_len) == 0)
			return percent_decode(end, end, ' ', ret, size);
		at = *end == '&' ? end + 1 : end;
	}
	return -ENOENT;
}

int http_request_path(const struct http_request *r, size_t from, char *ret, size_t size)
{
	return percent_decode(r->path + from, r->path + strlen(r->path), '+', ret, size);
}
