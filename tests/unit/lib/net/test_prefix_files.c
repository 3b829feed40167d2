/* Files of prefixes: read again when they change, and only then; what cannot be used changes nothing. */
/* SPDX-License-Identifier: MIT */
#include "net/prefix_files.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	EVERY_MS = 5,
	LIMIT_MS = 10000,
};

/* What was logged, by the worker. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char logged[8192];

static void keep(const struct log_record *record)
{
	(void)pthread_mutex_lock(&lock);
	strncat(logged, record->message, sizeof(logged) - strlen(logged) - 1);
	(void)pthread_mutex_unlock(&lock);
}

static size_t count_logged(const char *text)
{
	size_t n = 0;

	(void)pthread_mutex_lock(&lock);
	for (const char *at = logged; (at = strstr(at, text)) != NULL; at++)
		n++;
	(void)pthread_mutex_unlock(&lock);
	return n;
}

struct fixture {
	uv_loop_t loop;
	uv_timer_t limit;
	char directory[40], first[64], second[64];
	const char *paths[2];
	struct prefix_files *files;
};

static void on_limit(uv_timer_t *limit)
{
	(void)limit;
	fail_msg("not within %d ms; logged: %s", LIMIT_MS, logged);
}

/* Appear at once, as a file that is renamed does. */
static void put(const char *path, const char *text)
{
	char *made = mem_printf("%s.new", path);
	FILE *file = fopen(made, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(rename(made, path), 0);
	free(made);
}

static int setup(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));

	*state = f;
	log_set_sink(keep);
	logged[0] = '\0';
	(void)snprintf(f->directory, sizeof(f->directory), "/tmp/fontaine-origins-XXXXXX");
	if (mkdtemp(f->directory) == NULL || uv_loop_init(&f->loop) < 0)
		return -1;
	(void)snprintf(f->first, sizeof(f->first), "%s/ipv4", f->directory);
	(void)snprintf(f->second, sizeof(f->second), "%s/ipv6", f->directory);
	f->paths[0] = f->first;
	f->paths[1] = f->second;
	put(f->first, "64500\t192.0.2.0/24\t3\n");
	put(f->second, "64501\t2001:db8::/32\t3\n");
	f->files = prefix_files_new(&origin_kind, f->paths, 2);
	(void)uv_timer_init(&f->loop, &f->limit);
	(void)uv_timer_start(&f->limit, on_limit, LIMIT_MS, 0);
	prefix_files_watch(f->files, &f->loop, EVERY_MS);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	prefix_files_unwatch(f->files);
	uv_close((uv_handle_t *)&f->limit, NULL);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	int rc = uv_loop_close(&f->loop);
	prefix_files_free(f->files);
	(void)unlink(f->first);
	(void)unlink(f->second);
	if (rc == 0)
		rc = rmdir(f->directory);
	free(f);
	return rc;
}

static uint32_t origin_of(const struct prefix_table *table, const char *address)
{
	struct origin_match m;
	struct addr a;

	assert_int_equal(addr_parse(address, 0, &a), 0);
	return table != NULL && origin_find(table, &a, &m) == 0 ? m.asns[0] : 0;
}

static uint32_t newest_origin_of(struct fixture *f, const char *address)
{
	struct prefix_table *table = prefix_files_get(f->files);
	uint32_t asn = origin_of(table, address);

	prefix_table_release(table);
	return asn;
}

static void wait_for_origin(struct fixture *f, const char *address, uint32_t asn)
{
	while (newest_origin_of(f, address) != asn)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
}

static void wait_for_log(struct fixture *f, const char *text)
{
	while (count_logged(text) == 0)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
}

static void test_all_files_are_read(void **state)
{
	struct fixture *f = *state;

	assert_null(prefix_files_get(f->files)); /* nothing has run yet */
	wait_for_origin(f, "192.0.2.1", 64500);
	wait_for_origin(f, "2001:db8::1", 64501);
}

static void test_a_changed_file_is_read_again(void **state)
{
	struct fixture *f = *state;

	wait_for_origin(f, "192.0.2.1", 64500);
	struct prefix_table *old = prefix_files_get(f->files);
	put(f->first, "64502\t192.0.2.0/24\t3\n");
	wait_for_origin(f, "192.0.2.1", 64502);
	assert_int_equal(newest_origin_of(f, "2001:db8::1"), 64501);
	assert_int_equal(origin_of(old, "192.0.2.1"), 64500); /* who holds it, keeps it */
	prefix_table_release(old);
}

static void test_unchanged_files_are_not_read(void **state)
{
	struct fixture *f = *state;

	wait_for_origin(f, "192.0.2.1", 64500);
	struct prefix_table *table = prefix_files_get(f->files);
	for (int i = 0; i < 50; i++)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
	struct prefix_table *same = prefix_files_get(f->files);
	assert_ptr_equal(same, table);
	prefix_table_release(same);
	prefix_table_release(table);
}

static void test_what_cannot_be_used_changes_nothing(void **state)
{
	struct fixture *f = *state;

	wait_for_origin(f, "192.0.2.1", 64500);
	put(f->first, "");
	wait_for_log(f, "no prefix in it");
	put(f->first, "\x1f\x8b\x08rubbish");
	wait_for_log(f, "damaged or cut off");
	assert_int_equal(unlink(f->first), 0);
	wait_for_log(f, "No such file");
	assert_int_equal(newest_origin_of(f, "192.0.2.1"), 64500);
	assert_int_equal(newest_origin_of(f, "2001:db8::1"), 64501);

	for (int i = 0; i < 50; i++)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
	assert_int_equal(count_logged("stay as they were"), 3); /* each told once */
	put(f->first, "64503\t192.0.2.0/24\t3\n");
	wait_for_origin(f, "192.0.2.1", 64503);
}

static void test_malformed_lines_are_told(void **state)
{
	struct fixture *f = *state;

	put(f->first, "64504\t192.0.2.0/24\t3\none\ntwo\n");
	wait_for_origin(f, "192.0.2.1", 64504);
	wait_for_log(f, "2 malformed lines are left out, the first is line 2");
	put(f->first, "one\n64505\t192.0.2.0/24\t3\n");
	wait_for_origin(f, "192.0.2.1", 64505);
	wait_for_log(f, "1 malformed lines are left out, the first is line 1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_all_files_are_read),
		TEST(test_a_changed_file_is_read_again),
		TEST(test_unchanged_files_are_not_read),
		TEST(test_what_cannot_be_used_changes_nothing),
		TEST(test_malformed_lines_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
