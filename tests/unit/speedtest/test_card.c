/* Cards: figures as people of each language read them. */
/* SPDX-License-Identifier: MIT */
#include "speedtest/card.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

enum { TIME = 1795246560 }; /* 2026-11-21 07:36 UTC */

static struct card card_of_figures(struct result_figures ipv4, struct result_figures ipv6, enum language l)
{
	struct result r = {.figures = {ipv4, ipv6}, .loss_percent = NAN};
	struct card c;

	card_of(&r, TIME, "LyonIX", l, &c);
	return c;
}

static void test_numbers(void **state)
{
	static const struct {
		double bps, ms;
		const char *speed_en, *time_en, *speed_fr, *time_fr;
	} cases[] = {
		{0, 0, "0.00 Mbit/s", "0.0 ms", "0,00 Mbit/s", "0,0 ms"},
		{9.994e6, 9.94, "9.99 Mbit/s", "9.9 ms", "9,99 Mbit/s", "9,9 ms"},
		{9.996e6, 9.96, "10.0 Mbit/s", "10 ms", "10,0 Mbit/s", "10 ms"},
		{94.31e6, 123.4, "94.3 Mbit/s", "123 ms", "94,3 Mbit/s", "123 ms"},
		{99.96e6, 1e4, "100 Mbit/s", "10000 ms", "100 Mbit/s", "10000 ms"},
		{999.4e6, 1, "999 Mbit/s", "1.0 ms", "999 Mbit/s", "1,0 ms"},
		{999.6e6, 1, "1.00 Gbit/s", "1.0 ms", "1,00 Gbit/s", "1,0 ms"},
		{9.412e9, 1, "9.41 Gbit/s", "1.0 ms", "9,41 Gbit/s", "1,0 ms"},
		{1e13, 1e6, "10000 Gbit/s", "1000000 ms", "10000 Gbit/s", "1000000 ms"},
		{NAN, NAN, "– Mbit/s", "– ms", "– Mbit/s", "– ms"},
	};
	char text[40];
	(void)state;

	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		enum language l = i % 2 == 0 ? LANGUAGE_EN : LANGUAGE_FR;
		struct result_figures f = {cases[i / 2].bps, 1, cases[i / 2].ms, 1, 1, 1};
		struct card c = card_of_figures(f, result_no_figures, l);
		const struct card_figure *speed = &c.families[0].figures[CARD_DOWNLOAD];
		const struct card_figure *time = &c.families[0].figures[CARD_LATENCY];
		(void)snprintf(text, sizeof(text), "%s %s", speed->value, speed->unit);
		assert_string_equal(text, l == LANGUAGE_EN ? cases[i / 2].speed_en : cases[i / 2].speed_fr);
		(void)snprintf(text, sizeof(text), "%s %s", time->value, time->unit);
		assert_string_equal(text, l == LANGUAGE_EN ? cases[i / 2].time_en : cases[i / 2].time_fr);
	}
}

static void test_only_what_was_measured(void **state)
{
	struct result_figures f = {1e6, 2e6, 3, 4, 40, 5};
	struct card none = card_of_figures(result_no_figures, result_no_figures, LANGUAGE_EN);
	struct card one = card_of_figures(result_no_figures, f, LANGUAGE_EN);
	struct card two = card_of_figures(f, f, LANGUAGE_EN);
	(void)state;

	assert_int_equal(none.n_families, 0);
	assert_int_equal(one.n_families, 1);
	assert_string_equal(one.families[0].name, "IPv6");
	assert_string_equal(one.families[0].grade, "B");
	assert_int_equal(two.n_families, 2);
	assert_string_equal(two.loss, "");
}

static void test_texts(void **state)
{
	struct result_figures f = {94.31e6, 20.1e6, 12, 4, 40, 5};
	struct card en = card_of_figures(f, f, LANGUAGE_EN), fr = card_of_figures(f, result_no_figures, LANGUAGE_FR);
	char text[256];
	(void)state;

	assert_string_equal(en.date, "21 November 2026, 07:36 UTC");
	assert_string_equal(fr.date, "21 novembre 2026, 07:36 UTC");
	card_sentence(&en, text, sizeof(text));
	assert_string_equal(text, "IPv4: Download 94.3 Mbit/s, Upload 20.1 Mbit/s, Latency 12 ms; "
	                          "IPv6: Download 94.3 Mbit/s, Upload 20.1 Mbit/s, Latency 12 ms");
	card_sentence(&fr, text, sizeof(text));
	assert_string_equal(text, "IPv4 : Réception 94,3 Mbit/s, Envoi 20,1 Mbit/s, Latence 12 ms");
	card_sentence(&en, text, 10);
	assert_string_equal(text, "IPv4: Dow");
}

static void test_languages(void **state)
{
	static const struct {
		const char *accept;
		enum language wanted;
	} cases[] = {
		{NULL, LANGUAGE_FR},
		{"", LANGUAGE_FR},
		{"en", LANGUAGE_EN},
		{"fr", LANGUAGE_FR},
		{"de, en", LANGUAGE_EN},
		{"fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", LANGUAGE_FR},
		{"en-US,en;q=0.5", LANGUAGE_EN},
		{"fr;q=0.3, en;q=0.5", LANGUAGE_EN},
		{"en ; q=0.1,fr", LANGUAGE_FR},
		{"de", LANGUAGE_FR},
		{"*", LANGUAGE_FR},
		{"EN", LANGUAGE_EN},
		{"english", LANGUAGE_FR},
		{"en;q=0", LANGUAGE_FR},
		{",,en,", LANGUAGE_EN},
		{"en;q=", LANGUAGE_FR},
		{";", LANGUAGE_FR},
		{"en;level=1", LANGUAGE_EN},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (language_wanted(cases[i].accept, LANGUAGE_FR) != cases[i].wanted)
			fail_msg("%s", cases[i].accept);
	assert_int_equal(language_of("fr-CA", LANGUAGE_EN), LANGUAGE_FR);
	assert_int_equal(language_of("x", LANGUAGE_EN), LANGUAGE_EN);
	assert_int_equal(language_of(NULL, LANGUAGE_FR), LANGUAGE_FR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_only_what_was_measured),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_languages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
