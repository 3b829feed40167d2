/* A socket's health: every transition, and what makes none. */
/* SPDX-License-Identifier: MIT */
#include "health/steady.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/**
 * Take one answer a second: '+', '-', or '.' for none. After each, its health is the letter below: u(nknown),
 * d(own), h(eld), U(p).
 */
static void check(const char *answers, const char *expected)
{
	static const char letters[] = {
		[HEALTH_UNKNOWN] = 'u', [HEALTH_DOWN] = 'd', [HEALTH_HELD] = 'h', [HEALTH_UP] = 'U'};
	struct steady s = {0};

	for (unsigned i = 0; answers[i] != '\0'; i++) {
		enum health before = s.health;
		bool changed = answers[i] != '.' && steady_take(&s, answers[i] == '+', 10000, 1000 * (i + 1));
		assert_int_equal(changed, s.health != before);
		if (letters[s.health] != expected[i])
			fail_msg("%s: %c after %u answers, not %c", answers, letters[s.health], i + 1, expected[i]);
	}
}

static void test_beginning(void **state)
{
	(void)state;
	check("+++", "uuh");
	check("---", "uud");
	check("+-+-+-", "uuuuud"); /* never three good ones in a row */
	check("++-+++", "uuuuuh");
}

static void test_holding_out(void **state)
{
	(void)state;
	check("+++"
	      "+++++++++"
	      "+++",
	      "uuh"
	      "hhhhhhhhh"
	      "UUU"); /* ten seconds after the third */
	check("+++"
	      "+++-"
	      "+++++++++"
	      "+",
	      "uuh"
	      "hhhh"
	      "hhhhhhhhh"
	      "U"); /* a bad one makes them begin again */
	check("+++---", "uuhhhd");
}

#define UP      "+++++++++++++"
#define UP_THEN "uuhhhhhhhhhhU"

static void test_one_lost_packet(void **state)
{
	(void)state;
	check(UP "-+++-+++-+++", UP_THEN "UUUUUUUUUUUU");
	check(UP "--++++--++++", UP_THEN "UUUUUUUUUUUU");
	check(UP "--....-+", UP_THEN "UUUUUUUU"); /* three, in more than five seconds */
}

static void test_falling(void **state)
{
	(void)state;
	check(UP "---", UP_THEN "UUd");
	check(UP "-+-+-+", UP_THEN "UUUUdd"); /* three of five */
	check(UP "--...-", UP_THEN "UUUUUd"); /* five seconds, no more */
}

static void test_coming_back(void **state)
{
	(void)state;
	check(UP "---+++++++++++++", UP_THEN "UUdddhhhhhhhhhhU");
	check(UP "---++-++-+++---", UP_THEN "UUdddddddddhhdd"); /* what was bad before counts */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_beginning),
		cmocka_unit_test(test_holding_out),
		cmocka_unit_test(test_one_lost_packet),
		cmocka_unit_test(test_falling),
		cmocka_unit_test(test_coming_back),
	};

	return cmocka_run_group_tests_name("health/steady", tests, NULL, NULL);
}
