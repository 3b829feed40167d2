/*
 * A fuzz target without a fuzzer: a unit test that runs it once on each file of its corpus, and on nothing. The
 * program is called test_TARGET.
 */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "base/buf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <dirent.h>

enum { FILE_MAX_BYTES = 1 << 20 };

static void run_file(const char *folder, const char *name)
{
	char path[512];
	struct buf b;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	buf_init(&b, FILE_MAX_BYTES);
	assert_int_equal(buf_add_file(&b, path), 0);
	(void)fprintf(stderr, "%s\n", path); /* the last one is what it died of */
	assert_int_equal(LLVMFuzzerTestOneInput((const uint8_t *)buf_text(&b), b.len), 0);
	buf_done(&b);
}

static void test_corpus(void **state)
{
	char folder[256];
	unsigned n = 0;
	(void)state;

	(void)snprintf(folder, sizeof(folder), "tests/fuzz/corpus/%s",
	               program_invocation_short_name + strlen("test_"));
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	for (const struct dirent *e; (e = readdir(dir)) != NULL;)
		if (e->d_name[0] != '.') {
			run_file(folder, e->d_name);
			n++;
		}
	(void)closedir(dir);
	assert_true(n > 0);
	assert_int_equal(LLVMFuzzerTestOneInput((const uint8_t *)"", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_corpus)};

	return cmocka_run_group_tests_name(program_invocation_short_name, tests, NULL, NULL);
}
