/* Distributions: quantiles, and that small groups are never shown by themselves. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/distribution.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SAMPLES_MAX = 64 };

static struct sample samples[SAMPLES_MAX];
static size_t n_samples;

/* Add @n tests that download at 1, 2, 3 ... @n bit/s and know nothing else. */
static void add(const char *family, uint32_t asn, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct sample *s = &samples[n_samples++];
		*s = (struct sample){.asn = asn};
		(void)snprintf(s->family, sizeof(s->family), "%s", family);
		for (enum measure m = 0; m < MEASURES; m++)
			s->figures[m] = m == MEASURE_DOWNLOAD ? (double)i + 1 : NAN;
	}
}

static int setup(void **state)
{
	(void)state;
	n_samples = 0;
	return 0;
}

static void test_quantiles(void **state)
{
	struct group *groups;
	(void)state;

	add("ipv4", 64500, 11);
	assert_int_equal(distribution_groups(samples, n_samples, &groups), 1);
	const struct distribution *d = &groups[0].measures[MEASURE_DOWNLOAD];
	assert_true(d->is_known);
	assert_true(d->quantiles[0] == 2 && d->quantiles[1] == 3.5 && d->quantiles[2] == 6 && d->quantiles[3] == 8.5 &&
	            d->quantiles[4] == 10);
	assert_false(groups[0].measures[MEASURE_UPLOAD].is_known);
	free(groups);
}

static void test_the_order_of_tests_is_no_matter(void **state)
{
	struct group *groups;
	(void)state;

	add("ipv4", 64500, 6);
	for (size_t i = 0; i < 6; i++)
		samples[i].figures[MEASURE_DOWNLOAD] = (double)((i * 5) % 7);
	(void)distribution_groups(samples, n_samples, &groups);
	assert_true(groups[0].measures[MEASURE_DOWNLOAD].quantiles[2] == 3.5); /* of 0 5 3 1 6 4 */
	free(groups);
}

static void test_groups(void **state)
{
	struct group *groups;
	(void)state;

	add("ipv4", 0, 5);
	add("ipv4", 64500, 6);
	add("ipv4", 64501, 4);
	add("ipv4", 64502, 1);
	add("ipv6", 64500, 5);
	add("ipv6", 64501, 2);
	assert_int_equal(distribution_groups(samples, n_samples, &groups), 5);
	static const struct {
		const char *family;
		uint32_t asn;
		bool is_others;
		size_t n_tests;
	} wanted[] = {
		{"ipv4", 64500, false, 6},
		{"ipv4", 0, false, 5},
		{"ipv4", 0, true, 5},
		{"ipv6", 64500, false, 5},
		{"ipv6", 0, true, 2},
	};
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(groups[i].family, wanted[i].family);
		assert_int_equal(groups[i].asn, wanted[i].asn);
		assert_int_equal(groups[i].is_others, wanted[i].is_others);
		assert_int_equal(groups[i].n_tests, wanted[i].n_tests);
		assert_int_equal(groups[i].measures[MEASURE_DOWNLOAD].is_known, wanted[i].n_tests >= 5);
	}
	free(groups);
}

static void test_few_figures_of_many_tests(void **state)
{
	struct group *groups;
	(void)state;

	add("ipv6", 64500, 20);
	for (size_t i = 0; i < 4; i++)
		samples[i].figures[MEASURE_LATENCY] = 1;
	assert_int_equal(distribution_groups(samples, n_samples, &groups), 1);
	assert_true(groups[0].measures[MEASURE_DOWNLOAD].is_known);
	assert_false(groups[0].measures[MEASURE_LATENCY].is_known);
	free(groups);
}

static void test_nothing(void **state)
{
	struct group *groups;
	(void)state;

	assert_int_equal(distribution_groups(samples, 0, &groups), 0);
	free(groups);
}

static void test_names(void **state)
{
	char old_name[] = "Old", new_name[] = "New";
	struct group *groups;
	(void)state;

	add("ipv4", 64500, 6);
	samples[0].name = old_name;
	samples[5].name = new_name;
	(void)distribution_groups(samples, n_samples, &groups);
	assert_string_equal(groups[0].name, "New"); /* that of the last test */
	free(groups);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_quantiles, setup),
		cmocka_unit_test_setup(test_the_order_of_tests_is_no_matter, setup),
		cmocka_unit_test_setup(test_groups, setup),
		cmocka_unit_test_setup(test_few_figures_of_many_tests, setup),
		cmocka_unit_test_setup(test_nothing, setup),
		cmocka_unit_test_setup(test_names, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
