/* SPDX-License-Identifier: MIT */
#include "net/h2_flood.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static unsigned paid_at(struct h2_flood *f, uint64_t now_ms)
{
	unsigned n = 0;

	while (h2_flood_pay(f, now_ms))
		n++;
	return n;
}

static void a_burst_passes_then_time_earns(void **state)
{
	struct h2_flood f;
	(void)state;

	h2_flood_init(&f, 5000);
	assert_int_equal(paid_at(&f, 5000), H2_FLOOD_BURST);
	assert_int_equal(paid_at(&f, 5004), 0);
	assert_int_equal(paid_at(&f, 5005), 1);
	assert_int_equal(paid_at(&f, 6005), H2_FLOOD_PER_SECOND);
}

static void credit_never_passes_the_burst(void **state)
{
	struct h2_flood f;
	(void)state;

	h2_flood_init(&f, 0);
	h2_flood_earn(&f, SIZE_MAX / 4096);
	assert_int_equal(paid_at(&f, UINT64_C(1) << 40), H2_FLOOD_BURST);
}

static void a_transfer_in_small_frames_pays_for_itself(void **state)
{
	struct h2_flood f;
	(void)state;

	h2_flood_init(&f, 0);
	for (int i = 0; i < 10 * H2_FLOOD_BURST; i++) {
		assert_true(h2_flood_pay(&f, 0)); /* DATA */
		h2_flood_earn(&f, 1024);
		assert_true(h2_flood_pay(&f, 0)); /* WINDOW_UPDATE */
	}
}

static void a_byte_at_a_time_does_not(void **state)
{
	struct h2_flood f;
	unsigned frames = 0;
	(void)state;

	h2_flood_init(&f, 0);
	for (; h2_flood_pay(&f, 0); frames++)
		h2_flood_earn(&f, 1);
	assert_in_range(frames, H2_FLOOD_BURST, H2_FLOOD_BURST + 10);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_passes_then_time_earns),
		cmocka_unit_test(credit_never_passes_the_burst),
		cmocka_unit_test(a_transfer_in_small_frames_pays_for_itself),
		cmocka_unit_test(a_byte_at_a_time_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
