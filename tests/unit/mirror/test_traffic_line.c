/* Lines of nginx and rsyncd about downloads, and what is none. */
/* SPDX-License-Identifier: MIT */
#include "mirror/traffic_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

static void test_requests(void **state)
{
	static const struct {
		const char *line, *client;
		unsigned status;
		uint64_t bytes;
		enum traffic_protocol protocol;
	} all[] = {
		{"debian 200 4711 192.0.2.1 HTTP/1.1", "192.0.2.1", 2, 4711, TRAFFIC_HTTP_1},
		{"debian 206 0 2001:db8::1 HTTP/2.0", "2001:db8::1", 2, 0, TRAFFIC_HTTP_2},
		{"debian 404 153 2001:db8::1 HTTP/3.0", "2001:db8::1", 4, 153, TRAFFIC_HTTP_3},
		{"debian 000 0 192.0.2.1 ", "192.0.2.1", 0, 0, TRAFFIC_HTTP_1},
		{"debian 599 999999999999999999 ::1 HTTP/1.0", "::1", 5, 999999999999999999, TRAFFIC_HTTP_1},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct traffic_request r;
		char text[ADDR_TEXT_MAX];
		assert_int_equal(traffic_line_http(all[i].line, &r), 0);
		assert_string_equal(r.project, "debian");
		assert_string_equal(addr_text(&r.client, text), all[i].client);
		assert_int_equal(r.status, all[i].status);
		assert_int_equal(r.bytes, all[i].bytes);
		assert_int_equal(r.protocol, all[i].protocol);
	}
}

static void test_what_is_no_request(void **state)
{
	static const char *const all[] = {
		"",
		" ",
		"debian",
		"debian 200",
		"debian 200 4711",
		"debian 200 4711 192.0.2.1", /* cut off */
		" 200 4711 192.0.2.1 HTTP/1.1",
		"debian  200 4711 192.0.2.1 HTTP/1.1",
		"debian 600 4711 192.0.2.1 HTTP/1.1",
		"debian 200 -1 192.0.2.1 HTTP/1.1",
		"debian 200 1e3 192.0.2.1 HTTP/1.1",
		"debian 200 1000000000000000000000 192.0.2.1 HTTP/1.1",
		"debian 200 4711 192.0.2.256 HTTP/1.1",
		"debian 200 4711 unix: HTTP/1.1",
		"debian 200 4711 192.0.2.1 HTTP/4.0",
		"debian 200 4711 192.0.2.1 HTTP/1.1 ",
		"a-name-that-is-longer-than-any-that-a-project-of-the-pop-file-could-have 200 1 192.0.2.1 HTTP/1.1",
	};
	struct traffic_request r;
	(void)state;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		assert_int_equal(traffic_line_http(all[i], &r), -EINVAL);
}

static void test_rsyncd(void **state)
{
	static const struct {
		const char *text;
		int rc;
		enum traffic_said said;
	} all[] = {
		{"rsync allowed access on module debian from UNDETERMINED (192.0.2.1)", 0, TRAFFIC_MODULE},
		{"max connections (100) reached", 0, TRAFFIC_REFUSED},
		{"sent 301250 bytes  received 70 bytes  total size 301000", 0, TRAFFIC_SENT},
		{"bind() failed: Cannot assign requested address (address-family 2)", 0, TRAFFIC_FAULT},
		{"unable to bind any inbound sockets on port 873", 0, TRAFFIC_FAULT},
		{"connect from UNDETERMINED (192.0.2.1)", 0, TRAFFIC_ELSE},
		{"", 0, TRAFFIC_ELSE},
		{"rsync on debian/x [9] sent 7 bytes from UNDETERMINED (192.0.2.1)", 0, TRAFFIC_ELSE}, /* a client's */
		{"rsync on debian/\\#0122026/11/21 21:13:06 [9] sent 5 bytes  received", 0, TRAFFIC_ELSE},
		{"unknown module '[9] sent 5 bytes ' tried from UNDETERMINED (192.0.2.1)", 0, TRAFFIC_ELSE},
		{"rsync allowed access on module debian from UNDETERMINED (nobody)", -EINVAL, TRAFFIC_ELSE},
		{"rsync allowed access on module debian from UNDETERMINED (::1) (::1)", -EINVAL, TRAFFIC_ELSE},
		{"rsync allowed access on module debian", -EINVAL, TRAFFIC_ELSE},
		{"sent all bytes  received 70 bytes", -EINVAL, TRAFFIC_ELSE},
		{"sent 1", -EINVAL, TRAFFIC_ELSE},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct traffic_rsync r;
		char line[256] = "2026/11/21 21:13:04 [848] ", text[ADDR_TEXT_MAX];
		(void)strcat(line, all[i].text);
		assert_int_equal(traffic_line_rsync(line, &r), all[i].rc);
		if (all[i].rc < 0)
			continue;
		assert_int_equal(r.said, all[i].said);
		assert_int_equal(r.process, 848);
		if (r.said == TRAFFIC_MODULE) {
			assert_string_equal(r.project, "debian");
			assert_string_equal(addr_text(&r.client, text), "192.0.2.1");
		}
		if (r.said == TRAFFIC_SENT)
			assert_int_equal(r.bytes, 301250);
	}
}

static void test_what_is_no_line_of_rsyncd(void **state)
{
	static const char *const all[] = {
		"",
		"sent 5 bytes ",
		"2026/11/21 [848]",
		"2026/11/21 [] sent 5 bytes ",
		"[-1] sent 5 bytes ",
		"[4294967296] sent 5 bytes ",
		"[12 sent 5 bytes ",
		"[12]sent 5 bytes ",
	};
	struct traffic_rsync r;
	(void)state;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		assert_int_equal(traffic_line_rsync(all[i], &r), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_what_is_no_request),
		cmocka_unit_test(test_rsyncd),
		cmocka_unit_test(test_what_is_no_line_of_rsyncd),
	};

	return cmocka_run_group_tests_name("mirror/traffic_line", tests, NULL, NULL);
}
