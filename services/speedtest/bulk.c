/* SPDX-License-Identifier: MIT */
#include "speedtest/bulk.h"

#include "base/mem.h"
#include "net/reply.h"
#include "net/tcp.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_MS = 100 }; /* between two looks at a socket */

/* One request of a test. */
struct transfer {
	struct flow *flow;
	bool is_sampled; /* only a page that names its test asks what limited it */
	uint64_t sample_ms;
	struct tcp_stats tcp; /* as last seen */
};

static uint64_t now_ms(void)
{
	return uv_hrtime() / 1000000;
}

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

/* @ret_test: the name of the test, "" when it has none. */
static struct flow *enter(struct http_request *r, const struct speedtest *s, enum direction d,
                          char ret_test[TEST_ID_DIGITS + 1])
{
	struct admission_answer answer;

	if (http_request_query(r, "test", ret_test, TEST_ID_DIGITS + 1) < 0)
		*ret_test = '\0';
	struct flow *f = gate_enter(s->gate, (struct visitor){&r->client, ret_test}, d, &answer);
	if (f == NULL)
		refuse(r, &answer);
	return f;
}

struct flow *bulk_enter(struct http_request *r, const struct speedtest *s, enum direction d)
{
	char test[TEST_ID_DIGITS + 1];

	return enter(r, s, d, test);
}

/* Begin to move. Return: false when @r has been refused. */
static bool begin(struct http_request *r, const struct speedtest *s, enum direction d)
{
	char test[TEST_ID_DIGITS + 1];
	struct flow *f = enter(r, s, d, test);

	if (f == NULL)
		return false;
	struct transfer *t = mem_new(sizeof(*t));
	t->flow = f;
	t->is_sampled = test_id_is_valid(test) && tcp_stats_read(http_request_socket(r), &t->tcp) == 0;
	t->sample_ms = now_ms() + SAMPLE_MS;
	r->data = t;
	return true;
}

/* Add what the socket did since the last sample. */
static void sample(struct http_request *r, struct transfer *t)
{
	struct tcp_stats now;

	if (!t->is_sampled || tcp_stats_read(http_request_socket(r), &now) < 0)
		return;
	tcp_tally_add(&t->flow->tcp, &t->tcp, &now);
	t->tcp = now;
}

void bulk_download(struct http_request *r, struct speedtest *s, uint64_t bytes, const char *headers)
{
	bool is_test = r->method != HTTP_METHOD_HEAD && bytes > BULK_TINY_BYTES;
	char all[512];

	if (is_test && !begin(r, s, DOWNLOAD))
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
	return begin(r, data, UPLOAD) ? 0 : HTTP_REPLIED;
}

void bulk_on_moved(struct http_request *r, size_t len)
{
	struct transfer *t = r->data;

	if (t == NULL)
		return;
	flow_add(t->flow, len);
	if (!t->is_sampled || now_ms() < t->sample_ms)
		return;
	sample(r, t);
	t->sample_ms = now_ms() + SAMPLE_MS;
}

void bulk_on_done(struct http_request *r, void *data)
{
	const struct speedtest *s = data;
	struct transfer *t = r->data;

	if (t == NULL)
		return;
	sample(r, t);
	gate_leave(s->gate, t->flow);
	free(t);
}
