/* SPDX-License-Identifier: MIT */
#include "net/ws_handshake.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define KEY          "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT       "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static void the_rfc_s_own_key_has_its_answer(void **state)
{
	char text[WS_ACCEPT_MAX];
	(void)state;

	assert_int_equal(ws_accept(KEY, text), 0); /* RFC 6455, 1.3 */
	assert_string_equal(text, ACCEPT);
	assert_int_equal(ws_accept("DOdm+5/Cm3WwvhfcAlhJoQ==", text), 0); /* ndt7's specification */
	assert_string_equal(text, "Nhz+x95YebD6Uvd4nqPC2fomoUQ=");
}

static void a_key_is_16_bytes_in_base64(void **state)
{
	static const char *const keys[] = {
		"", "=", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZ===",
		"dGhlIHNhbXBsZSBub25jZR==", "dGhlIHNhbXBsZSBub25jZQ=A", "dGhlIHNhbXBsZSBub25jZQAA",
		"dGhlIHNhbXBsZSBub2 jZQ==", KEY KEY};
	char text[WS_ACCEPT_MAX];
	(void)state;

	for (size_t i = 0; i < COUNT(keys); i++)
		assert_int_equal(ws_accept(keys[i], text), -EINVAL);
}

#define UPGRADE  {"Upgrade", "websocket"}, {"Connection", "Upgrade"}
#define VERSION  {"Sec-WebSocket-Version", "13"}
#define THE_KEY  {"Sec-WebSocket-Key", KEY}
#define PROTOCOL {"Sec-WebSocket-Protocol", "pro.to.col"}

#define AMONG_OTHERS {"sec-websocket-protocol", "other,pro.to.col ,third"}

static const struct {
	struct http_header headers[7]; /* ended by one without a name */
	unsigned method;
	int status;
} cases[] = {
	{{UPGRADE, VERSION, THE_KEY, PROTOCOL}, HTTP_METHOD_GET, 0},
	{{{"upgrade", "h2c, WebSocket"}, {"connection", "keep-alive, upgrade"}, VERSION, THE_KEY, AMONG_OTHERS},
         HTTP_METHOD_GET,
         0},
	{{UPGRADE, VERSION, THE_KEY, {"Sec-WebSocket-Protocol", "other"}, PROTOCOL}, HTTP_METHOD_GET, 0},
	{{UPGRADE, VERSION, THE_KEY, PROTOCOL}, HTTP_METHOD_HEAD, 400},
	{{UPGRADE, VERSION, THE_KEY}, HTTP_METHOD_GET, 400},
	{{UPGRADE, VERSION, THE_KEY, {"Sec-WebSocket-Protocol", ""}}, HTTP_METHOD_GET, 400},
	{{UPGRADE, VERSION, THE_KEY, {"Sec-WebSocket-Protocol", "pro.to.col2, pro.to.co"}}, HTTP_METHOD_GET, 400},
	{{UPGRADE, VERSION, PROTOCOL}, HTTP_METHOD_GET, 400},
	{{UPGRADE, VERSION, {"Sec-WebSocket-Key", "x"}, PROTOCOL}, HTTP_METHOD_GET, 400},
	{{UPGRADE, THE_KEY, PROTOCOL}, HTTP_METHOD_GET, 426},
	{{UPGRADE, {"Sec-WebSocket-Version", "8"}, THE_KEY, PROTOCOL}, HTTP_METHOD_GET, 426},
	{{VERSION, THE_KEY, PROTOCOL}, HTTP_METHOD_GET, 400},
	{{{"Upgrade", "websocket"}, VERSION, THE_KEY, PROTOCOL}, HTTP_METHOD_GET, 400},
	{{{"Upgrade", "h2c"}, {"Connection", "Upgrade"}, VERSION, THE_KEY, PROTOCOL}, HTTP_METHOD_GET, 400},
	{{{"Upgrade", "websocket"}, {"Connection", "close"}, VERSION, THE_KEY, PROTOCOL}, HTTP_METHOD_GET, 400},
};

static void a_handshake_is_whole_or_refused(void **state)
{
	char headers[WS_HEADERS_MAX];
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_request r = {.method = cases[i].method};

		for (; cases[i].headers[r.n_headers].name != NULL; r.n_headers++)
			r.headers[r.n_headers] = cases[i].headers[r.n_headers];
		int status = ws_handshake(&r, "pro.to.col", headers);
		if (status != cases[i].status)
			fail_msg("case %zu: %d and not %d", i, status, cases[i].status);
		if (status == 0)
			assert_string_equal(headers, "Sec-WebSocket-Accept: " ACCEPT "\r\n"
			                             "Sec-WebSocket-Protocol: pro.to.col\r\n");
		if (status == 426)
			assert_string_equal(headers, "Sec-WebSocket-Version: 13\r\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rfc_s_own_key_has_its_answer),
		cmocka_unit_test(a_key_is_16_bytes_in_base64),
		cmocka_unit_test(a_handshake_is_whole_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
