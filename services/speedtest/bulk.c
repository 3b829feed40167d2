/* SPDX-License-Identifier: MIT */
#include "speedtest/bulk.h"

#include "speedtest/reply.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void refuse(struct http_request *r, const struct admission_answer *a)
{
	static const char *const reasons[ADMISSION_REASONS] = {
		[ADMISSION_FULL] = "The speed test is full: ask again later.\n",
		[ADMISSION_PREFIX] = "Your network runs all the tests that it may at once: ask again later.\n",
		[ADMISSION_DAY] = "Your network has used up its bytes of this day: ask again tomorrow.\n",
	};
	const char *text = reasons[a->reason];
	char headers[256];

	(void)snprintf(headers, sizeof(headers), REPLY_HEADERS "Retry-After: %" PRIu32 "\r\n",
	               a->wait_ms / 1000 + (a->wait_ms % 1000 != 0));
	http_reply(r, &(struct http_reply){.status = a->reason == ADMISSION_FULL ? 503 : 429,
	                                   .type = "text/plain",
	                                   .headers = headers,
	                                   .body = text,
	                                   .body_bytes = strlen(text)});
}

struct flow *bulk_enter(struct http_request *r, const struct speedtest *s, enum direction d)
{
	char test[TEST_ID_DIGITS + 1];
	struct admission_answer answer;

	if (http_request_query(r, "test", test, sizeof(test)) < 0)
		*test = '\0';
	struct flow *f = gate_enter(s->gate, (struct visitor){&r->client, test}, d, &answer);
	if (f == NULL)
		refuse(r, &answer);
	return f;
}

void bulk_download(struct http_request *r, struct speedtest *s, uint64_t bytes, const char *headers)
{
	bool is_test = r->method != HTTP_METHOD_HEAD && bytes > BULK_TINY_BYTES;
	char all[512];

	if (is_test)
		r->data = bulk_enter(r, s, DOWNLOAD);
	if (is_test && r->data == NULL)
		return;
	(void)snprintf(all, sizeof(all), "%s%s", REPLY_HEADERS, headers != NULL ? headers : "");
	http_reply(r, &(struct http_reply){.status = 200,
	                                   .type = "application/octet-stream",
	                                   .headers = all,
	                                   .blob = &s->payload,
	                                   .blob_bytes = bytes});
}

int bulk_on_head(struct http_request *r, void *data)
{
	if (!r->chunked && r->content_bytes <= BULK_TINY_BYTES)
		return 0;
	r->data = bulk_enter(r, data, UPLOAD);
	return r->data != NULL ? 0 : HTTP_REPLIED;
}

void bulk_on_moved(struct http_request *r, size_t len)
{
	if (r->data != NULL)
		flow_add(r->data, len);
}

void bulk_on_done(struct http_request *r, void *data)
{
	const struct speedtest *s = data;

	if (r->data != NULL)
		gate_leave(s->gate, r->data);
}
