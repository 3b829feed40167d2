/* The figures of a speed test, from lists written by hand. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

static struct samples samples_of(const double *values, size_t n)
{
	struct samples s = {0};

	for (size_t i = 0; i < n; i++)
		samples_add(&s, values[i]);
	return s;
}

static void test_samples(void **state)
{
	(void)state;
	static const double values[] = {3, 1, 8, 2};
	struct samples s = samples_of(values, 4);

	assert_double_equal(samples_median(&s), 2.5, 1e-9);
	assert_double_equal(samples_min(&s), 1, 0);
	assert_double_equal(samples_jitter(&s), (2 + 7 + 6) / 3.0, 1e-9);
	assert_double_equal(s.values[0], 3, 0); /* the order stays */
	samples_add(&s, 100);
	assert_double_equal(samples_median(&s), 3, 0);
	samples_done(&s);
}

static void test_few_samples(void **state)
{
	(void)state;
	static const double one[] = {4};
	struct samples none = {0}, s = samples_of(one, 1);

	assert_true(isnan(samples_median(&none)));
	assert_true(isnan(samples_min(&none)));
	assert_true(isnan(samples_jitter(&none)));
	assert_double_equal(samples_median(&s), 4, 0);
	assert_true(isnan(samples_jitter(&s)));
	samples_done(&s);
	samples_done(&none);
}

static void test_many_samples(void **state)
{
	(void)state;
	struct samples s = {0};

	for (int i = 1000; i > 0; i--)
		samples_add(&s, i);
	assert_int_equal(s.n, 1000);
	assert_double_equal(samples_median(&s), 500.5, 1e-9);
	assert_double_equal(samples_jitter(&s), 1, 1e-9);
	samples_done(&s);
}

/** 1000 bytes a millisecond after a ramp of half of it. */
static void test_the_ramp_is_left_out(void **state)
{
	(void)state;
	struct meter m = {.ramp_ms = 1000};
	uint64_t bytes = 7000; /* what the receiver has counted before */

	for (int i = 0; i <= 70; i++) {
		meter_add(&m, 5000 + i * 100, bytes);
		bytes += i < 10 ? 50000 : 100000;
	}
	struct rate r = meter_measured(&m);
	assert_double_equal(meter_elapsed_ms(&m), 7000, 0);
	assert_double_equal(r.ms, 6000, 0);
	assert_int_equal(r.bytes, 6000000);
	assert_double_equal(r.bits_per_second, 8e6, 1e-3);
	meter_done(&m);
}

static void test_the_live_rate_looks_back_a_second(void **state)
{
	(void)state;
	struct meter m = {.ramp_ms = 1000};

	assert_double_equal(meter_live_bps(&m), 0, 0);
	meter_add(&m, 0, 0);
	assert_double_equal(meter_live_bps(&m), 0, 0);
	meter_add(&m, 500, 1000);
	assert_double_equal(meter_live_bps(&m), 16000, 1e-6); /* all there is */
	meter_add(&m, 1500, 3000);
	assert_double_equal(meter_live_bps(&m), 16000, 1e-6);
	meter_add(&m, 2500, 3000);
	assert_double_equal(meter_live_bps(&m), 0, 0);
	meter_done(&m);
}

static void test_nothing_is_measured_in_the_ramp(void **state)
{
	(void)state;
	struct meter m = {.ramp_ms = 1000};

	assert_double_equal(meter_measured(&m).bits_per_second, 0, 0);
	meter_add(&m, 0, 0);
	meter_add(&m, 999, 1000000);
	assert_double_equal(meter_measured(&m).bits_per_second, 0, 0);
	assert_double_equal(meter_measured(&m).ms, 0, 0);
	meter_done(&m);
}

static void test_grades(void **state)
{
	(void)state;
	static const struct {
		double ms;
		const char *grade;
	} cases[] = {
		{0, "A+"},
		{4.9, "A+"},
		{5, "A"},
		{29.9, "A"},
		{30, "B"},
		{60, "C"},
		{200, "D"},
		{400, "F"},
		{1e9, "F"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(figures_grade(cases[i].ms), cases[i].grade);
	assert_null(figures_grade(NAN));
}

static void test_round_trips(void **state)
{
	(void)state;
	assert_double_equal(figures_rpm(20), 3000, 1e-9);
	assert_true(isnan(figures_rpm(0)));
	assert_true(isnan(figures_rpm(NAN)));
}

static void test_limits(void **state)
{
	(void)state;
	static const struct {
		struct tcp_work work;
		const char *limit;
	} cases[] = {
		{{.busy_ms = 999, .sent_bytes = 1e6}, "short"},
		{{.busy_ms = 6000, .sent_bytes = 1e6}, "network"},
		{{.busy_ms = 6000, .rwnd_limited_ms = 2999, .sent_bytes = 1e6}, "network"},
		{{.busy_ms = 6000, .rwnd_limited_ms = 3000, .sent_bytes = 1e6}, "receiver"},
		{{.busy_ms = 6000, .sndbuf_limited_ms = 3000, .sent_bytes = 1e6}, "sender"},
		{{.busy_ms = 6000, .rwnd_limited_ms = 6000, .sent_bytes = 1e6, .retransmitted_bytes = 1e4}, "network"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(figures_limit(&cases[i].work), cases[i].limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_few_samples),
		cmocka_unit_test(test_many_samples),
		cmocka_unit_test(test_the_ramp_is_left_out),
		cmocka_unit_test(test_the_live_rate_looks_back_a_second),
		cmocka_unit_test(test_nothing_is_measured_in_the_ramp),
		cmocka_unit_test(test_grades),
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests_name("fontaine/figures", tests, NULL, NULL);
}
