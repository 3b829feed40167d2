/*
 * Requests of the rdns API, as their bytes come: head and body (rdns/request.h, base/json_shape.h). What is refused
 * is refused in words; what is wanted can be written again and is wanted as before.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/request.h"

#include "../fuzz.h"

#include "base/json_write.h"
#include "rdns/cookie.h"

static void write_again(const struct delegated *d)
{
	char error[DELEGATED_ERROR_MAX];
	struct delegated *again;
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	char *text = json_take(doc, delegated_json(d, doc));

	yyjson_doc *read = yyjson_read(text, strlen(text), 0);
	assert(read != NULL);
	assert(delegated_parse(&d->prefix, yyjson_doc_get_root(read), &again, error) == 0);
	doc = yyjson_mut_doc_new(NULL);
	char *second = json_take(doc, delegated_json(again, doc));
	assert(strcmp(text, second) == 0);
	free(second);
	delegated_free(again);
	yyjson_doc_free(read);
	free(text);
}

static void read_request(const struct http_request *r)
{
	struct api_problem problem = {0};
	struct api_request a;

	const char *cookie = cookie_find(http_request_header(r, "cookie"));
	assert(cookie == NULL || strlen(cookie) >= SESSION_SECRET_LEN);
	if (api_request_parse(r, &a, &problem) < 0) {
		assert(problem.id < API_PROBLEMS && strlen(problem.detail) < sizeof(problem.detail));
		return;
	}
	assert(a.limit <= API_LIMIT_MAX);
	(void)etag_check(&a.conditions, 7);
	if (a.delegated != NULL)
		write_again(a.delegated);
	assert(a.bulk == NULL || a.bulk->n <= BULK_MAX);
	api_request_done(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_parser *p = mem_new(sizeof(*p));
	struct http_request *r = mem_new(sizeof(*r));
	char *bytes = fuzz_bytes(data, size);
	size_t used = 0;

	http_parser_init(p, NULL, NULL);
	http_parser_start(p, r);
	if (http_parser_feed(p, bytes, size, &used) == HTTP_PARSE_HEAD && http_request_check(r) == 0 && !r->chunked) {
		buf_init(&r->body, API_BODY_MAX_BYTES);
		(void)buf_add(&r->body, bytes + used, size - used);
		read_request(r);
		buf_done(&r->body);
	}
	http_parser_done(p);
	free(bytes);
	free(r);
	free(p);
	return 0;
}
