/* The page of a result: nothing of what others wrote ends a tag or a value. */
/* SPDX-License-Identifier: MIT */
#include "speedtest/results_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ID "0123456789abcdef0123456789abcdef"

static char *share(const char *title, enum language language)
{
	struct result r = {.loss_percent = 0.5};
	struct card c;
	struct buf page;

	r.figures[RESULT_IPV4] = (struct result_figures){94.31e6, 20e6, 12, 1, 40, 3};
	r.figures[RESULT_IPV6] = result_no_figures;
	card_of(&r, 1795246560, title, language, &c);
	buf_init(&page, RESULTS_PAGE_MAX_BYTES);
	results_page_share(&page, &c, ID, "https://pop.example:8444");
	return buf_take_text(&page);
}

static void test_what_previews_read(void **state)
{
	static const char *const parts[] = {
		"<html lang=\"en\">",
		"<meta property=\"og:title\" content=\"A speed test at LyonIX\">",
		"<meta property=\"og:description\" content=\"IPv4: Download 94.3 Mbit/s, Upload 20.0 Mbit/s, Latency ",
		"<meta property=\"og:url\" content=\"https://pop.example:8444/results/" ID "\">",
		"<meta property=\"og:image\" content=\"https://pop.example:8444/results/" ID ".png?lang=en\">",
		"<meta name=\"twitter:card\" content=\"summary_large_image\">",
		"<dt>Packet loss</dt><dd>0.5 <span class=\"unit\">%</span></dd>",
		"</html>\n",
	};
	char *page = share("LyonIX", LANGUAGE_EN);
	(void)state;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strstr(page, parts[i]) == NULL)
			fail_msg("not there: %s", parts[i]);
	free(page);
}

static void test_titles_are_escaped(void **state)
{
	char *page = share("</title>\"><script>alert('x')</script> & co", LANGUAGE_FR);
	(void)state;

	assert_null(strstr(page, "<script>"));
	assert_non_null(strstr(page, "&lt;/title&gt;&quot;&gt;&lt;script&gt;alert('x')&lt;/script&gt; &amp; co"));
	assert_non_null(strstr(page, "<html lang=\"fr\">"));
	free(page);
}

static void test_the_longest_title(void **state)
{
	char title[513];
	(void)state;

	memset(title, '"', sizeof(title) - 1);
	title[512] = '\0';
	char *page = share(title, LANGUAGE_FR);
	assert_non_null(strstr(page, "</html>\n")); /* nothing was left out */
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_previews_read),
		cmocka_unit_test(test_titles_are_escaped),
		cmocka_unit_test(test_the_longest_title),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
