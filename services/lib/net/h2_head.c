/* SPDX-License-Identifier: MIT */
#include "net/h2_head.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void h2_head_init(struct h2_head *h, struct http_request *r)
{
	*h = (struct h2_head){.request = r};
	buf_init(&h->text, HTTP_HEAD_MAX_BYTES);
}

void h2_head_done(struct h2_head *h)
{
	buf_done(&h->text);
}

static bool refuse(struct h2_head *h, int status)
{
	h->status = status;
	return false;
}

/* Keep a text and its NUL. Return: where, as an offset of one more; 0: no room. */
static size_t keep(struct h2_head *h, const char *text, size_t len)
{
	size_t at = h->text.len;

	if (buf_add(&h->text, text, len) < 0 || buf_add(&h->text, "", 1) < 0)
		return 0;
	return at + 1;
}

static bool is(const char *name, size_t len, const char *known)
{
	return len == strlen(known) && memcmp(name, known, len) == 0;
}

/* While the text still grows, headers hold offsets into it; see resolve(). */
static const char *offset_mark(size_t offset)
{
	return (const char *)(uintptr_t)offset;
}

static bool add_header(struct h2_head *h, const char *name, size_t name_len, const char *value, size_t value_len)
{
	struct http_request *r = h->request;

	if (r->n_headers == HTTP_HEADERS_MAX)
		return refuse(h, 431);
	size_t name_at = keep(h, name, name_len), value_at = keep(h, value, value_len);
	if (name_at == 0 || value_at == 0)
		return refuse(h, 431);
	r->headers[r->n_headers++] = (struct http_header){offset_mark(name_at), offset_mark(value_at)};
	return true;
}

/* The authority stands for Host; a Host beside it must say the same (section 8.3.1). */
static bool add_host(struct h2_head *h, const char *value, size_t len)
{
	if (h->authority_at == 0)
		return add_header(h, "host", 4, value, len);
	return is(value, len, h->text.data + h->authority_at - 1) || refuse(h, 400);
}

bool h2_head_add(struct h2_head *h, const char *name, size_t name_len, const char *value, size_t value_len)
{
	if (h->status != 0)
		return false;
	if (is(name, name_len, ":authority")) {
		bool kept = add_host(h, value, value_len);
		h->authority_at = kept ? h->text.len - value_len : 0;
		return kept;
	}
	if (is(name, name_len, "host"))
		return add_host(h, value, value_len);
	if (name_len == 0 || name[0] != ':')
		return add_header(h, name, name_len, value, value_len);
	if (is(name, name_len, ":path")) {
		if (value_len > HTTP_TARGET_MAX_BYTES)
			return refuse(h, 414);
		h->path_at = keep(h, value, value_len);
		return h->path_at != 0 || refuse(h, 431);
	}
	if (is(name, name_len, ":method")) {
		h->method_at = keep(h, value, value_len);
		return h->method_at != 0 || refuse(h, 431);
	}
	return true; /* :scheme, which changes nothing here */
}

static char *text_at(const struct h2_head *h, size_t at)
{
	return h->text.data + at - 1;
}

static void resolve(struct h2_head *h)
{
	struct http_request *r = h->request;

	for (size_t i = 0; i < r->n_headers; i++) {
		r->headers[i].name = text_at(h, (uintptr_t)r->headers[i].name);
		r->headers[i].value = text_at(h, (uintptr_t)r->headers[i].value);
	}
	r->path = r->query = "";
	if (h->path_at != 0)
		http_request_set_target(r, text_at(h, h->path_at));
	if (h->method_at != 0)
		r->method = http_method(text_at(h, h->method_at));
}

int h2_head_finish(struct h2_head *h, bool has_body)
{
	struct http_request *r = h->request;

	resolve(h);
	const char *length = http_request_header(r, "content-length"); /* digits, as nghttp2 has checked */
	r->keep_alive = true;
	r->chunked = has_body && length == NULL;
	r->content_bytes = has_body && length != NULL ? strtoull(length, NULL, 10) : 0;
	r->expects_continue = has_body && http_request_header(r, "expect") != NULL;
	return h->status != 0 ? h->status : http_request_check(r);
}

static nghttp2_nv field(const char *name, size_t name_len, const char *value, size_t value_len)
{
	return (nghttp2_nv){
		.name = (uint8_t *)(uintptr_t)name,
		.namelen = name_len,
		.value = (uint8_t *)(uintptr_t)value,
		.valuelen = value_len,
	};
}

size_t h2_head_reply(char *text, nghttp2_nv ret[H2_FIELDS_MAX], const char **ret_body)
{
	char *line = strstr(text, "\r\n") + 2;
	size_t n = 0;

	ret[n++] = field(":status", 7, strchr(text, ' ') + 1, 3);
	while (strncmp(line, "\r\n", 2) != 0) {
		char *end = strstr(line, "\r\n"), *colon = strchr(line, ':');
		assert(n < H2_FIELDS_MAX);
		for (char *c = line; c < colon; c++)
			*c = (char)tolower((unsigned char)*c);
		char *value = colon + 1 + strspn(colon + 1, " ");
		ret[n++] = field(line, (size_t)(colon - line), value, (size_t)(end - value));
		line = end + 2;
	}
	*ret_body = line + 2;
	return n;
}
