/* What unbound 1.26, Knot DNS 3.4 and nginx 1.26 say of themselves. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/stock_metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const char unbound[] =
    "thread0.num.queries=9\nthread0.num.queries_ip_ratelimited=1\nthread0.num.cachehits=7\nthread0.num.cachemiss=2\n"
    "thread0.num.expired=0\nthread0.num.recursivereplies=1\nthread0.requestlist.exceeded=0\n"
    "thread0.requestlist.current.all=3\nthread0.recursion.time.avg=0.002038\n"
    "thread1.num.queries=7\nthread1.num.cachehits=5\nthread1.num.recursivereplies=3\n"
    "total.num.queries=16\ntotal.num.queries_ip_ratelimited=1\ntotal.num.recursivereplies=4\n"
    "total.recursion.time.avg=0.25\ntime.now=1795308320.712348\ntime.up=2.319130\n"
    "mem.cache.rrset=131072\nmem.cache.message=65536\n"
    "histogram.000000.000000.to.000000.000001=0\nhistogram.000000.065536.to.000000.131072=1\n"
    "histogram.000000.524288.to.000001.000000=3\n"
    "num.query.type.A=10\nnum.query.type.TYPE\"65=1\nnum.query.tls=2\nnum.query.tls.resume=1\n"
    "num.answer.rcode.NOERROR=13\nnum.answer.rcode.SERVFAIL=1\nnum.answer.rcode.nodata=2\nnum.answer.bogus=1\n";

static const char knot[] =
    "server.zone-count = 7\nserver.tcp-io-timeout = 0\nmod-stats.request-protocol[udp4] = 3\n"
    "mod-stats.request-protocol[udp4-xdp] = 0\nmod-stats.response-code[NXDOMAIN] = 2\nmod-cookies.presence = 1\n"
    "mod-rrl.slipped = 4\nmod-rrl.dropped = 5\nmod-rrl.dropped-time = 6\n";

static const char nginx[] = "Active connections: 3 \nserver accepts handled requests\n 25 24 60 \n"
			    "Reading: 0 Writing: 1 Waiting: 2 \n";

static void check(bool (*write)(struct buf *, const char *), const char *text, const char *const *lines)
{
	struct buf out;

	buf_init(&out, 1 << 16);
	assert_true(write(&out, text));
	for (; *lines != NULL; lines++)
		if (strstr(out.data, *lines) == NULL)
			fail_msg("no \"%s\" in:\n%s", *lines, out.data);
	assert_null(strstr(out.data, "TYPE\"65"));
	buf_done(&out);
	assert_false(write(&out, ""));
	assert_false(write(&out, "error: failed to connect\n"));
	assert_int_equal(out.len, 0);
}

static void test_unbound(void **state)
{
	static const char *const lines[] = {
		"# TYPE unbound_queries_total counter\nunbound_queries_total{thread=\"0\"} 9\n"
		"unbound_queries_total{thread=\"1\"} 7\n# HELP",
		"unbound_queries_ip_ratelimited_total 1\n",
		"unbound_request_list_current_all{thread=\"0\"} 3\n",
		"unbound_memory_caches_bytes{cache=\"rrset\"} 131072\n",
		"unbound_query_types_total{type=\"A\"} 10\n",
		"unbound_query_tls_total 2\n",
		"unbound_answer_rcodes_total{rcode=\"SERVFAIL\"} 1\n",
		"unbound_answers_bogus_total 1\n",
		"unbound_response_time_seconds_bucket{le=\"0.131072\"} 1\n",
		"unbound_response_time_seconds_bucket{le=\"1.000000\"} 4\n",
		"unbound_response_time_seconds_bucket{le=\"+Inf\"} 4\nunbound_response_time_seconds_sum 1.000000\n"
		"unbound_response_time_seconds_count 4\n",
		NULL,
	};

	(void)state;
	check(stock_unbound, unbound, lines);
}

static void test_knot(void **state)
{
	static const char *const lines[] = {
		"knot_zones{section=\"server\"} 7\n",
		"knot_request_protocol_total{section=\"mod-stats\",type=\"udp4\"} 3\n"
		"knot_request_protocol_total{section=\"mod-stats\",type=\"udp4-xdp\"} 0\n",
		"knot_response_code_total{section=\"mod-stats\",type=\"NXDOMAIN\"} 2\n",
		"knot_slipped_total{section=\"mod-rrl\"} 4\n",
		"knot_dropped_total{section=\"mod-rrl\"} 5\n",
		NULL,
	};

	(void)state;
	check(stock_knot, knot, lines);
}

static void test_nginx(void **state)
{
	static const char *const lines[] = {
		"nginx_connections_accepted_total 25\n",
		"nginx_connections_handled_total 24\n",
		"nginx_http_requests_total 60\n",
		"nginx_connections_active 3\n",
		"nginx_connections_writing 1\n",
		"nginx_connections_waiting 2\n",
		NULL,
	};

	(void)state;
	check(stock_nginx, nginx, lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unbound),
		cmocka_unit_test(test_knot),
		cmocka_unit_test(test_nginx),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
