/* A log in memory that is emptied as it is read. */
/* SPDX-License-Identifier: MIT */
#include "mirror/traffic_log.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MUCH = 3 << 20 };

struct fixture {
	char path[64];
	int writer;
	struct traffic_log log;
	struct buf lines; /* each with its end; "?" for one that is none */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	(void)strcpy(f->path, "/dev/shm/traffic-XXXXXX"); /* memory, as in a POP */
	f->writer = mkstemp(f->path);
	buf_init(&f->lines, 2 * MUCH);
	return f->writer < 0 || fcntl(f->writer, F_SETFL, O_APPEND) < 0 || traffic_log_open(&f->log, f->path) < 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	traffic_log_close(&f->log);
	(void)close(f->writer);
	(void)unlink(f->path);
	buf_done(&f->lines);
	free(f);
	return 0;
}

static void on_line(void *data, const char *line)
{
	struct fixture *f = data;

	(void)buf_printf(&f->lines, "%s\n", line == NULL ? "?" : line);
}

static void put(struct fixture *f, const char *text, size_t len)
{
	assert_int_equal(write(f->writer, text, len), len);
}

/* Read all that is there. */
static void expect(struct fixture *f, const char *lines)
{
	while (traffic_log_read(&f->log, on_line, f))
		;
	char *text = buf_take_text(&f->lines);
	assert_string_equal(text, lines);
	free(text);
}

static off_t space(struct fixture *f)
{
	struct stat s;

	assert_int_equal(fstat(f->writer, &s), 0);
	return s.st_blocks * 512;
}

static void test_lines_and_their_parts(void **state)
{
	struct fixture *f = *state;

	expect(f, "");
	put(f, "one\ntwo\nthr", 11);
	expect(f, "one\ntwo\n");
	put(f, "ee\n\n", 4);
	expect(f, "three\n\n");
	put(f, "a\0b\nfour\n", 9);
	expect(f, "?\nfour\n");
}

static void test_what_was_read_takes_no_space(void **state)
{
	struct fixture *f = *state;
	char line[100];

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (size_t n = 0; n < MUCH; n += sizeof(line))
		put(f, line, sizeof(line));
	assert_true(space(f) >= MUCH);
	assert_true(traffic_log_read(&f->log, on_line, f)); /* not all of it at once */
	size_t first = f->lines.len;
	while (traffic_log_read(&f->log, on_line, f))
		;
	assert_true(first < f->lines.len);
	assert_int_equal(f->lines.len, (MUCH + sizeof(line) - 1) / sizeof(line) * sizeof(line));
	assert_true(space(f) <= 4096); /* the page that is not full yet */
}

static void test_another_reader_goes_on_where_one_has_ended(void **state)
{
	struct fixture *f = *state;

	put(f, "one\n", 4);
	expect(f, "one\n");
	traffic_log_close(&f->log);
	put(f, "two\n", 4);
	assert_int_equal(traffic_log_open(&f->log, f->path), 0);
	put(f, "three\n", 6);
	expect(f, "two\nthree\n");
	for (int i = 0; i < 4096; i++)
		put(f, "x\n", 2);
	while (traffic_log_read(&f->log, on_line, f))
		;
	buf_done(&f->lines);
	traffic_log_close(&f->log);
	assert_int_equal(traffic_log_open(&f->log, f->path), 0);
	expect(f, "");
	put(f, "four\n", 5);
	expect(f, "four\n");
}

static void test_a_line_without_an_end_is_let_go(void **state)
{
	struct fixture *f = *state;
	char *much = malloc(MUCH);

	memset(much, 'x', MUCH);
	put(f, much, MUCH);
	free(much);
	put(f, "\nnext\n", 6);
	expect(f, "?\nnext\n");
}

static void test_a_file_that_somebody_has_emptied(void **state)
{
	struct fixture *f = *state;

	put(f, "one\ntwo\n", 8);
	expect(f, "one\ntwo\n");
	assert_int_equal(ftruncate(f->writer, 0), 0);
	put(f, "new\n", 4);
	expect(f, "new\n");
}

static void test_without_a_file(void **state)
{
	struct traffic_log log;
	(void)state;

	assert_int_equal(traffic_log_open(&log, "/dev/shm/there-is-no-such-file"), -ENOENT);
	assert_false(traffic_log_read(&log, on_line, NULL));
	traffic_log_close(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lines_and_their_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_was_read_takes_no_space, setup, teardown),
		cmocka_unit_test_setup_teardown(test_another_reader_goes_on_where_one_has_ended, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_line_without_an_end_is_let_go, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_file_that_somebody_has_emptied, setup, teardown),
		cmocka_unit_test(test_without_a_file),
	};

	return cmocka_run_group_tests_name("mirror/traffic_log", tests, NULL, NULL);
}
