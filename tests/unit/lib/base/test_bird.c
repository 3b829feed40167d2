/* What BIRD 2.17 says of itself and of its sessions. */
/* SPDX-License-Identifier: MIT */
#include "base/bird.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "2002-Name       Proto      Table      State  Since         Info\n"

static const char answer[] =
    "0001 BIRD 2.17.5 ready.\n"
    "0016 Access restricted\n"
    "1000-BIRD 2.17.5\n"
    "1011-Router ID is 203.0.113.1\n"
    " Hostname is rs1\n"
    " Current server time is 2026-03-14 09:26:53.589\n"
    " Last reboot on 2026-03-01 00:41:04.505\n"
    " Last reconfiguration on 2026-03-02 00:41:04.505\n"
    "0013 Daemon is up and running\n" HEAD
    "1002-device1    Device     ---        up     00:41:04.505  \n"
    "1006-\n"
    "1002-pb_0001    BGP        ---        up     00:41:04.510  Established   \n"
    "1006-  BGP state:          Established\n"
    "     Neighbor address: 203.0.113.251\n"
    "     Neighbor AS:      64501\n"
    "   Channel ipv4\n"
    "     State:          UP\n"
    " \n"
    "1002-pb_0002    BGP        ---        start  00:41:04.510  Active        Received: Administrative shutdown\n"
    "1006-  BGP state:          Active\n"
    "     Neighbor address: fe80::1%eth0\n"
    "     Neighbor AS:      4200000001\n"
    "     Last error:       Received: \"see y\xffu\"\n"
    " \n"
    "0000 \n";

struct found {
	size_t n;
	struct bird_session all[4];
};

static void on_session(const struct bird_session *s, void *data)
{
	struct found *f = data;

	assert_true(f->n < 4);
	f->all[f->n++] = *s;
}

static void test_sessions_and_their_neighbours(void **state)
{
	struct found f = {0};

	(void)state;
	assert_int_equal(bird_sessions(answer, on_session, &f), 0);
	assert_int_equal(f.n, 2);
	assert_string_equal(f.all[0].name, "pb_0001");
	assert_string_equal(f.all[0].address, "203.0.113.251");
	assert_int_equal(f.all[0].asn, 64501);
	assert_true(f.all[0].is_up);
	assert_string_equal(f.all[0].error, "");
	assert_string_equal(f.all[1].address, "fe80::1%eth0");
	assert_int_equal(f.all[1].asn, 4200000001);
	assert_false(f.all[1].is_up);
	assert_string_equal(f.all[1].error, "Received: \"see y\\377u\"");
}

static void test_when_it_was_started(void **state)
{
	char started[BIRD_WORD_MAX];

	(void)state;
	assert_string_equal(bird_started(answer, started), "2026-03-01 00:41:04.505");
	assert_string_equal(bird_started(HEAD, started), "");
}

static void test_what_is_not_whole_or_not_bird(void **state)
{
	struct found f = {0};

	(void)state;
	assert_true(bird_is_whole(answer));
	assert_false(bird_is_whole("0001 BIRD 2.17.5 ready.\n"));
	assert_false(bird_is_whole("0001 BIRD 2.17.5 ready.\n" HEAD "1002-device1    Device     ---  up\n0000"));
	assert_int_equal(bird_sessions("", on_session, &f), -EINVAL);
	assert_int_equal(bird_sessions("0001 BIRD 2.17.5 ready.\n9001 syntax error\n", on_session, &f), -EINVAL);
	assert_int_equal(f.n, 0);
}

/** Cut anywhere, it is told as not whole, and nothing else happens. */
static void test_cut(void **state)
{
	struct found f;

	(void)state;
	for (size_t len = 0; len < strlen(answer); len++) {
		char *text = strndup(answer, len);
		f.n = 0;
		assert_int_equal(bird_sessions(text, on_session, &f), -EINVAL);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sessions_and_their_neighbours),
		cmocka_unit_test(test_when_it_was_started),
		cmocka_unit_test(test_what_is_not_whole_or_not_bird),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
