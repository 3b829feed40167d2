/* Log: what reaches standard error, and what reaches a sink. */
/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Standard error, redirected to @write_fd until capture_end() gives it back. */
struct capture {
	int saved_stderr;
	int read_fd;
};

static struct capture capture_start(int read_fd, int write_fd)
{
	struct capture c = {.saved_stderr = dup(STDERR_FILENO), .read_fd = read_fd};

	assert_true(c.saved_stderr >= 0);
	assert_int_equal(dup2(write_fd, STDERR_FILENO), STDERR_FILENO);
	(void)close(write_fd);
	return c;
}

/* Stop, and return what was written, closed by a record "end". */
static void capture_end(struct capture c, char *out, size_t size)
{
	log_error("end");
	ssize_t n = read(c.read_fd, out, size - 1);
	assert_int_equal(dup2(c.saved_stderr, STDERR_FILENO), STDERR_FILENO);
	(void)close(c.saved_stderr);
	(void)close(c.read_fd);
	assert_true(n > 0);
	out[n] = '\0';
}

static void assert_logged_to_pipe(const char *expected)
{
	int fds[2];
	char out[8192];
	assert_int_equal(pipe(fds), 0);

	struct capture c = capture_start(fds[0], fds[1]);
	log_error("refused: %d", 1);
	log_warn("slow");
	log_info("ready");
	log_debug("detail");
	capture_end(c, out, sizeof(out));
	assert_string_equal(out, expected);
}

static void test_levels(void **state)
{
	(void)state;
	assert_logged_to_pipe("<3>refused: 1\n<4>slow\n<6>ready\n<3>end\n");
	log_set_level(LOG_LEVEL_DEBUG);
	assert_logged_to_pipe("<3>refused: 1\n<4>slow\n<6>ready\n<7>detail\n<3>end\n");
	log_set_level(LOG_LEVEL_ERROR);
	assert_logged_to_pipe("<3>refused: 1\n<3>end\n");
	log_set_level(LOG_LEVEL_INFO);
}

static void test_terminal_has_no_prefix(void **state)
{
	(void)state;
	int control, terminal;
	char out[256];
	assert_int_equal(openpty(&control, &terminal, NULL, NULL, NULL), 0);

	struct capture c = capture_start(control, terminal);
	capture_end(c, out, sizeof(out));
	assert_string_equal(out, "end\r\n");
}

static void test_one_record_is_one_line(void **state)
{
	(void)state;
	int fds[2];
	char out[8192], longer[4000];
	assert_int_equal(pipe(fds), 0);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';

	struct capture c = capture_start(fds[0], fds[1]);
	log_error("%s", "forged\n<6>all is well\x1b[2J\x7f");
	log_error("%s", longer);
	capture_end(c, out, sizeof(out));

	assert_memory_equal(out, "<3>forged <6>all is well [2J \n<3>x", 34);
	assert_string_equal(strchr(strchr(out, '\n') + 1, '\n'), "\n<3>end\n");
}

static void test_errno_is_kept(void **state)
{
	(void)state;
	int fds[2];
	char out[256];
	assert_int_equal(pipe(fds), 0);

	struct capture c = capture_start(fds[0], fds[1]);
	errno = ENOTDIR;
	log_error("%s", "first"); /* isatty() of a pipe sets ENOTTY */
	int after = errno;
	capture_end(c, out, sizeof(out));
	assert_int_equal(after, ENOTDIR);
}

static struct log_record last;
static char last_message[64];

static void remember(const struct log_record *record)
{
	last = *record;
	(void)snprintf(last_message, sizeof(last_message), "%s", record->message);
}

static void test_sink_gets_the_record(void **state)
{
	(void)state;
	log_set_sink(remember);
	log_warn("%s: %u left", "queue", 3u);
	int line = __LINE__ - 1;

	assert_int_equal(last.level, LOG_LEVEL_WARN);
	assert_string_equal(last.file, __FILE__);
	assert_int_equal(last.line, line);
	assert_string_equal(last_message, "queue: 3 left");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_terminal_has_no_prefix),
		cmocka_unit_test(test_one_record_is_one_line),
		cmocka_unit_test(test_errno_is_kept),
		cmocka_unit_test(test_sink_gets_the_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
