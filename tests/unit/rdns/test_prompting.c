/* When Knot is asked to tell of updates, and of which zones. */
/* SPDX-License-Identifier: MIT */
#include "rdns/prompting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_the_next_second_is_waited_for(void **state)
{
	(void)state;
	assert_int_equal(prompting_delay_ms(1700000000500), 500);
	assert_int_equal(prompting_delay_ms(1700000000999), 1);
	assert_int_equal(prompting_delay_ms(1700000000000 + PROMPTING_LATE_MS), 1000 - PROMPTING_LATE_MS);
}

static void test_an_update_of_the_second_before_is_not_late(void **state)
{
	(void)state;
	assert_int_equal(prompting_delay_ms(1700000000000), 0);
	assert_int_equal(prompting_delay_ms(1700000000000 + PROMPTING_LATE_MS - 1), 0);
}

static void on_closed(void *data)
{
	*(bool *)data = true;
}

static void updated(struct prompting *p, const char *zone)
{
	ldns_rdf *origin = ldns_dname_new_frm_str(zone);

	prompting_updated(p, origin);
	ldns_rdf_deep_free(origin);
}

static void test_each_zone_is_a_line(void **state)
{
	char folder[] = "/tmp/prompting-XXXXXX", path[64], said[256];
	bool is_closed = false;
	uv_loop_t loop;
	(void)state;

	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/pipe", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	int fd = prompting_open(path), reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0 && reader >= 0);
	assert_int_equal(uv_loop_init(&loop), 0);
	struct prompting *p = prompting_new(&loop, fd);
	for (unsigned i = 0; i < 2; i++) {
		updated(p, "2.0.192.in-addr.arpa");
		updated(p, "8.b.d.0.1.0.0.2.ip6.arpa");
	}
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0); /* until nothing waits */
	ssize_t n = read(reader, said, sizeof(said) - 1);
	assert_true(n > 0);
	said[n] = '\0';
	assert_string_equal(said, "2.0.192.in-addr.arpa.\n8.b.d.0.1.0.0.2.ip6.arpa.\n");

	updated(p, "2.0.192.in-addr.arpa"); /* is said before the end */
	prompting_close(p, on_closed, &is_closed);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_true(is_closed);
	assert_int_equal(uv_loop_close(&loop), 0);
	n = read(reader, said, sizeof(said));
	assert_int_equal(n, sizeof("2.0.192.in-addr.arpa.\n") - 1);
	(void)close(reader);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void test_without_a_pipe_nobody_is_asked(void **state)
{
	bool is_closed = false;
	uv_loop_t loop;
	(void)state;

	int fd = prompting_open("/nowhere/pipe");
	assert_int_equal(fd, -ENOENT);
	assert_int_equal(uv_loop_init(&loop), 0);
	struct prompting *p = prompting_new(&loop, fd);
	updated(p, "2.0.192.in-addr.arpa");
	prompting_close(p, on_closed, &is_closed);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_true(is_closed);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_next_second_is_waited_for),
		cmocka_unit_test(test_an_update_of_the_second_before_is_not_late),
		cmocka_unit_test(test_each_zone_is_a_line),
		cmocka_unit_test(test_without_a_pipe_nobody_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
