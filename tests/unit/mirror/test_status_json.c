/* What status pages of mirrors read, field by field. */
/* SPDX-License-Identifier: MIT */
#include "mirror/status_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct site_status site = {"https://mirror.example.net", "EX", NULL, "noc@example.net"};

static struct project_status project(enum project_state state)
{
	return (struct project_status){.name = "debian",
	                               .path = "/debian/",
	                               .upstream = "rsync://ftp.example.org/debian/",
	                               .state = state,
	                               .good = 1700000000,
	                               .started = 1700000100,
	                               .ended = 1700000200,
	                               .next = 1700003600,
	                               .stopped = 1700000300,
	                               .bytes = 640000000000};
}

static void test_mirrorz(void **state)
{
	static const struct {
		enum project_state state;
		const char *status;
	} cases[] = {
		{PROJECT_NEW, "UX1700003600O1700000000"},
		{PROJECT_DONE, "S1700000000X1700003600"},
		{PROJECT_RUNNING, "Y1700000100X1700003600O1700000000"},
		{PROJECT_FAILED, "F1700000200X1700003600O1700000000"},
		{PROJECT_HELD, "F1700000200X1700003600O1700000000"},
		{PROJECT_STOPPED, "P1700000300X1700003600O1700000000"},
	};
	char expected[1024];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct project_status p = project(cases[i].state);
		(void)snprintf(expected, sizeof(expected),
		               "{\"version\":1.7,\"site\":{\"url\":\"https://mirror.example.net\",\"abbr\":\"EX\","
		               "\"email\":\"noc@example.net\"},\"info\":[],"
		               "\"mirrors\":[{\"cname\":\"debian\",\"desc\":\"\","
		               "\"url\":\"/debian/\",\"status\":\"%s\",\"help\":\"\","
		               "\"upstream\":\"rsync://ftp.example.org/debian/\",\"size\":\"596G\"}]}",
		               cases[i].status);
		char *text = status_mirrorz(&site, &p, 1);
		assert_string_equal(text, expected);
		free(text);
	}
}

static void test_jobs(void **state)
{
	static const char *const states[PROJECT_STATES] = {"none", "success", "syncing", "failed", "failed", "paused"};
	char expected[1024];
	(void)state;

	for (unsigned i = 0; i < PROJECT_STATES; i++) {
		struct project_status p = project((enum project_state)i);
		p.next = 0;
		(void)snprintf(expected, sizeof(expected),
		               "[{\"name\":\"debian\",\"is_master\":true,\"status\":\"%s\","
		               "\"last_update\":\"2023-11-14 22:13:20 +0000\",\"last_update_ts\":1700000000,"
		               "\"last_started\":\"2023-11-14 22:15:00 +0000\",\"last_started_ts\":1700000100,"
		               "\"last_ended\":\"2023-11-14 22:16:40 +0000\",\"last_ended_ts\":1700000200,"
		               "\"next_schedule\":\"0001-01-01 00:00:00 +0000\",\"next_schedule_ts\":-62135596800,"
		               "\"upstream\":\"rsync://ftp.example.org/debian/\",\"size\":\"596G\"}]",
		               states[i]);
		char *text = status_jobs(&p, 1);
		assert_string_equal(text, expected);
		free(text);
	}
	char *none = status_jobs(NULL, 0);
	assert_string_equal(none, "[]");
	free(none);
}

static void test_sizes(void **state)
{
	static const struct {
		int64_t bytes;
		const char *text;
	} cases[] = {
		{-1, "\"unknown\""},
		{0, "\"0B\""},
		{1023, "\"1023B\""},
		{1024, "\"1.0K\""},
		{1536, "\"1.5K\""},
		{10 << 20, "\"10M\""},
		{1250000000000, "\"1.1T\""},
		{INT64_MAX, "\"8.0E\""},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct project_status p = project(PROJECT_DONE);
		p.bytes = cases[i].bytes;
		char *text = status_jobs(&p, 1);
		if (strstr(text, cases[i].text) == NULL)
			fail_msg("%s: %s", cases[i].text, text);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mirrorz),
		cmocka_unit_test(test_jobs),
		cmocka_unit_test(test_sizes),
	};
	return cmocka_run_group_tests_name("mirror/status_json", tests, NULL, NULL);
}
