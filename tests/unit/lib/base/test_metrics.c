/* Metrics: the text, byte for byte. */
/* SPDX-License-Identifier: MIT */
#include "base/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

static void test_text(void **state)
{
	(void)state;
	struct buf b;

	buf_init(&b, 4096);
	metrics_family(&b, "speedtest_bytes_total", METRICS_COUNTER, "Bytes sent to clients.");
	metrics_u64(&b, "speedtest_bytes_total", "", UINT64_MAX);
	metrics_u64(&b, "speedtest_bytes_total", "worker=\"0\",family=\"ipv6\"", 0);
	metrics_family(&b, "speedtest_load", METRICS_GAUGE, "Busy share of the time.");
	metrics_double(&b, "speedtest_load", "", 0.1);
	metrics_double(&b, "speedtest_load", "worker=\"1\"", -1e300);
	metrics_double(&b, "speedtest_load", "", INFINITY);
	metrics_double(&b, "speedtest_load", "", -INFINITY);
	metrics_double(&b, "speedtest_load", "", -NAN);

	char *text = buf_take_text(&b);
	assert_string_equal(text,
	                    "# HELP speedtest_bytes_total Bytes sent to clients.\n"
	                    "# TYPE speedtest_bytes_total counter\n"
	                    "speedtest_bytes_total 18446744073709551615\n"
	                    "speedtest_bytes_total{worker=\"0\",family=\"ipv6\"} 0\n"
	                    "# HELP speedtest_load Busy share of the time.\n"
	                    "# TYPE speedtest_load gauge\n"
	                    "speedtest_load 0.1\n"
	                    "speedtest_load{worker=\"1\"} -1e+300\n"
	                    "speedtest_load +Inf\n"
	                    "speedtest_load -Inf\n"
	                    "speedtest_load NaN\n");
	free(text);
}

static void test_full_buffer_keeps_whole_lines(void **state)
{
	(void)state;
	struct buf b;

	buf_init(&b, 10);
	metrics_u64(&b, "first", "", 1);
	metrics_u64(&b, "second", "", 2);
	assert_string_equal(b.data, "first 1\n");
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_full_buffer_keeps_whole_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
