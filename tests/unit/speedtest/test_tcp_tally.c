/* SPDX-License-Identifier: MIT */
#include "speedtest/tcp_tally.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct tcp_stats start = {
	.busy_us = 1000,
	.rwnd_limited_us = 100,
	.sndbuf_limited_us = 10,
	.bytes_sent = 5000,
	.bytes_retrans = 50,
	.bytes_acked = 4000,
	.min_rtt_us = 7,
	.rtt_us = 9,
};

static const struct tcp_stats later = {
	.busy_us = 3000,
	.rwnd_limited_us = 500,
	.sndbuf_limited_us = 60,
	.bytes_sent = 12000,
	.bytes_retrans = 58,
	.bytes_acked = 10000,
	.min_rtt_us = 5,
	.rtt_us = 8,
};

static void what_came_between_two_readings_is_added(void **state)
{
	struct tcp_tally t = {0};
	struct tcp_stats sum = {0};
	(void)state;

	tcp_tally_add(&t, &start, &later);
	tcp_tally_add(&t, &start, &later); /* another socket */
	tcp_tally_read(&t, &sum);
	assert_int_equal(sum.busy_us, 4000);
	assert_int_equal(sum.rwnd_limited_us, 800);
	assert_int_equal(sum.sndbuf_limited_us, 100);
	assert_int_equal(sum.bytes_sent, 14000);
	assert_int_equal(sum.bytes_retrans, 16);
	assert_int_equal(sum.min_rtt_us, 5);
	assert_int_equal(sum.rtt_us, 8);
}

static void the_least_round_trip_counts_and_the_latest_is_kept(void **state)
{
	static const struct tcp_stats near = {.min_rtt_us = 3, .rtt_us = 30}, far = {.min_rtt_us = 4, .rtt_us = 40};
	static const struct tcp_stats unknown = {0};
	struct tcp_tally t = {0};
	struct tcp_stats sum = {0};
	(void)state;

	tcp_tally_add(&t, &unknown, &unknown);
	tcp_tally_read(&t, &sum);
	assert_int_equal(sum.min_rtt_us, 0);
	tcp_tally_add(&t, &unknown, &near);
	tcp_tally_add(&t, &unknown, &far);
	tcp_tally_add(&t, &unknown, &unknown);
	tcp_tally_read(&t, &sum);
	assert_int_equal(sum.min_rtt_us, 3);
	assert_int_equal(sum.rtt_us, 40);
}

static void two_directions_are_read_as_one(void **state)
{
	struct tcp_tally tallies[2] = {0};
	struct tcp_stats sum = {0};
	(void)state;

	tcp_tally_add(&tallies[0], &start, &later);
	tcp_tally_read(&tallies[0], &sum);
	tcp_tally_read(&tallies[1], &sum); /* which has nothing to say */
	assert_int_equal(sum.busy_us, 2000);
	assert_int_equal(sum.min_rtt_us, 5);
	assert_int_equal(sum.rtt_us, 8);
}

enum { ADDS = 100000 };

static void *add_many(void *arg)
{
	for (uint32_t i = 0; i < ADDS; i++)
		tcp_tally_add(arg, &(struct tcp_stats){0}, &(struct tcp_stats){.busy_us = 1, .min_rtt_us = ADDS - i});
	return NULL;
}

static void threads_lose_nothing(void **state)
{
	struct tcp_tally t = {0};
	struct tcp_stats sum = {0};
	pthread_t threads[4];
	(void)state;

	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_many, &t), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	tcp_tally_read(&t, &sum);
	assert_int_equal(sum.busy_us, 4 * ADDS);
	assert_int_equal(sum.min_rtt_us, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_came_between_two_readings_is_added),
		cmocka_unit_test(the_least_round_trip_counts_and_the_latest_is_kept),
		cmocka_unit_test(two_directions_are_read_as_one),
		cmocka_unit_test(threads_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
