/* SPDX-License-Identifier: MIT */
#include "net/h2_pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void what_waits_goes_out_within_moments(void **state)
{
	static const struct {
		uint64_t bytes_per_s;
		size_t bytes;
	} cases[] = {
		{0, H2_PACE_START_BYTES},
		{1, H2_PACE_MIN_BYTES},
		{1000000, H2_PACE_MIN_BYTES},
		{12500000, 25000},
		{125000000, 250000},
		{1250000000, H2_PACE_MAX_BYTES},
		{UINT64_MAX / H2_PACE_MS, H2_PACE_MAX_BYTES},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(h2_pace_bytes(cases[i].bytes_per_s), cases[i].bytes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_waits_goes_out_within_moments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
