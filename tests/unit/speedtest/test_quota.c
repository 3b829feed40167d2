/* SPDX-License-Identifier: MIT */
#include "speedtest/quota.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { DAY_S = 86400,
       DAILY = 1000 };

static struct prefix prefix(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(text, &p), 0);
	return p;
}

static void a_share_is_spent_with_its_last_byte(void **state)
{
	struct prefix p = prefix("192.0.2.0/24"), other = prefix("2001:db8::/56");
	struct quota *q = quota_new(DAILY, 64);
	(void)state;

	assert_false(quota_is_spent(q, &p, 0));
	quota_add(q, &p, DAILY - 1, 0);
	assert_false(quota_is_spent(q, &p, 0));
	quota_add(q, &p, 1, 5);
	assert_true(quota_is_spent(q, &p, 5));
	assert_false(quota_is_spent(q, &other, 5));
	quota_free(q);
}

static void every_day_is_new(void **state)
{
	struct prefix p = prefix("192.0.2.0/24");
	struct quota *q = quota_new(DAILY, 64);
	(void)state;

	quota_add(q, &p, DAILY, DAY_S - 1);
	assert_true(quota_is_spent(q, &p, DAY_S - 1));
	assert_int_equal(quota_wait_ms(DAY_S - 1), 1000);
	assert_false(quota_is_spent(q, &p, DAY_S));
	quota_add(q, &p, DAILY - 1, DAY_S);
	assert_false(quota_is_spent(q, &p, DAY_S));
	quota_free(q);
}

static struct prefix nth(unsigned i)
{
	char text[PREFIX_TEXT_MAX];

	(void)snprintf(text, sizeof(text), "10.%u.%u.0/24", i >> 8 & 0xff, i & 0xff);
	return prefix(text);
}

static void a_full_table_remembers_who_used_most(void **state)
{
	struct prefix heavy = prefix("192.0.2.0/24");
	struct quota *q = quota_new(DAILY, 64);
	unsigned n_known = 0;
	(void)state;

	quota_add(q, &heavy, DAILY, 0);
	for (unsigned i = 0; i < 60000; i++) {
		struct prefix light = nth(i);
		quota_add(q, &light, 1 + i % 900, 0);
	}
	assert_true(quota_is_spent(q, &heavy, 0));
	for (unsigned i = 0; i < 60000; i++) {
		struct prefix light = nth(i);
		n_known += quota_is_spent(q, &light, 0);
	}
	assert_int_equal(n_known, 0); /* what one used is never charged to another */
	quota_free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_share_is_spent_with_its_last_byte),
		cmocka_unit_test(every_day_is_new),
		cmocka_unit_test(a_full_table_remembers_who_used_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
