/* A connection that leaves HTTP: what its new owner gets, and how it ends. */
/* SPDX-License-Identifier: MIT */
#include "http_client.h"

#include <signal.h>

#define UPGRADE "GET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: raw\r\nConnection: Upgrade\r\n\r\n"

/* Read up to the end of the reply's head. */
static void hear_switch(int fd)
{
	char head[512];
	size_t len = 0;

	while (len < 4 || memcmp(head + len - 4, "\r\n\r\n", 4) != 0) {
		assert_true(len < sizeof(head) - 1);
		assert_int_equal(hear_some(fd, head + len, 1), 1);
		head[++len] = '\0';
	}
	assert_contains(head, "HTTP/1.1 101 Switching Protocols\r\n");
	assert_contains(head, "\r\nUpgrade: raw\r\nConnection: Upgrade\r\n");
	assert_null(strstr(head, "Content-Length"));
}

static void the_new_owner_gets_what_came_early_and_what_comes(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);

	say(fd, UPGRADE "early bytes, more than one receive of the owner takes");
	hear_switch(fd);
	assert_string_equal(hear(fd, 53), "early bytes, more than one receive of the owner takes");
	assert_int_equal(f->done, 1);
	say(fd, "later");
	assert_string_equal(hear(fd, 5), "later");
	assert_int_equal(f->counters.open, 1);
	(void)close(fd);
	assert_becomes(&f->closes, 1);
	assert_becomes(&f->counters.open, 0);
}

static void an_upgrade_waits_for_the_replies_before_it(void **state)
{
	static const char before[] = "GET /big HTTP/1.1\r\nHost: a\r\n\r\n" UPGRADE "early";
	enum { BIG_BYTES = 64 << 20 };
	static char piece[1 << 20];
	int fd = dial(*state);
	size_t len = 0;

	say(fd, before);
	while (len < 4 && hear_some(fd, piece, 1) == 1) /* the end of the first head */
		len = piece[0] == (len % 2 == 0 ? '\r' : '\n') ? len + 1 : 0;
	for (len = 0; len < BIG_BYTES;) {
		size_t n = hear_some(fd, piece, BIG_BYTES - len < sizeof(piece) ? BIG_BYTES - len : sizeof(piece));
		assert_true(n > 0);
		len += n;
	}
	hear_switch(fd);
	assert_string_equal(hear(fd, 5), "early");
	(void)close(fd);
}

static void a_stop_is_told_and_closes_after_the_grace(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);

	say(fd, UPGRADE);
	hear_switch(fd);
	stop(f);
	assert_becomes(&f->stops, 1);
	say(fd, "still served");
	assert_string_equal(hear(fd, SIZE_MAX), "still served"); /* then the end of the grace */
	assert_becomes(&f->closes, 1);
	(void)close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_new_owner_gets_what_came_early_and_what_comes),
		TEST(an_upgrade_waits_for_the_replies_before_it),
		TEST(a_stop_is_told_and_closes_after_the_grace),
	};

	(void)signal(SIGPIPE, SIG_IGN); /* as daemon_start() does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
