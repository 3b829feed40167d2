/* SPDX-License-Identifier: MIT */
#include "speedtest/queue.h"

#include "net/reply.h"
#include "speedtest/gate.h"
#include "speedtest/speedtest.h"

#include <inttypes.h>
#include <stdio.h>

static int answer_text(const struct admission_answer *a, char *ret, size_t size)
{
	static const char *const reasons[ADMISSION_REASONS] = {
		[ADMISSION_FULL] = "full",
		[ADMISSION_PREFIX] = "prefix",
		[ADMISSION_DAY] = "day",
	};

	switch (a->state) {
	case ADMISSION_WAITING:
		return snprintf(ret, size, "{\"state\":\"waiting\",\"position\":%u,\"wait_ms\":%" PRIu32 "}",
		                a->position, a->wait_ms);
	case ADMISSION_REFUSED:
		return snprintf(ret, size, "{\"state\":\"refused\",\"reason\":\"%s\",\"wait_ms\":%" PRIu32 "}",
		                reasons[a->reason], a->wait_ms);
	case ADMISSION_RUNNING:
		break;
	}
	return snprintf(ret, size, "{\"state\":\"running\"}");
}

static void on_queue(struct http_request *r, void *data)
{
	const struct speedtest *s = data;
	char test[TEST_ID_DIGITS + 1], body[96];

	if (http_request_query(r, "test", test, sizeof(test)) < 0 || !test_id_is_valid(test)) {
		http_reply_status(r, 400);
		return;
	}
	struct admission_answer answer = gate_ask(s->gate, (struct visitor){&r->client, test});
	reply_json(r, body, (size_t)answer_text(&answer, body, sizeof(body)));
}

const struct http_route queue_routes[] = {
	{.path = "/queue", .methods = HTTP_METHOD_GET, .on_request = on_queue},
	{.path = NULL},
};
