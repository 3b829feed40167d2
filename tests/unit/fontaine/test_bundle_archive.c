/* An archive that is written, read by tar, and looked through. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/bundle_archive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
	char path[32];
	struct scrub *s;
};

static int set_up(void **state)
{
	static const uint64_t key[2] = {1, 2};
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	strcpy(f->path, "/tmp/archive.XXXXXX");
	(void)close(mkstemp(f->path));
	f->s = scrub_new(key);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	(void)unlink(f->path);
	scrub_free(f->s);
	free(f);
	return 0;
}

/** Write one with a file of 1000 bytes, and @text. */
static void write_archive(const struct fixture *f, const char *text)
{
	char many[1000];
	struct bundle_archive *a = bundle_archive_new(open(f->path, O_WRONLY | O_TRUNC | O_CLOEXEC), 1763786000);

	memset(many, '-', sizeof(many));
	bundle_archive_add(a, "system/many.txt", many, sizeof(many));
	bundle_archive_add(a, "journal/nginx.log", text, strlen(text));
	bundle_archive_add(a, "empty.txt", NULL, 0);
	assert_int_equal(bundle_archive_close(a), 0);
}

static void test_tar_reads_it(void **state)
{
	struct fixture *f = *state;
	char command[128], line[128];
	static const char *const wanted[] = {"-rw------- 0/0            1000 2025-11-22 04:33 system/many.txt\n",
	                                     "-rw------- 0/0               6 2025-11-22 04:33 journal/nginx.log\n",
	                                     "-rw------- 0/0               0 2025-11-22 04:33 empty.txt\n"};

	write_archive(f, "hello\n");
	(void)snprintf(command, sizeof(command), "TZ=UTC tar --numeric-owner -tvzf %s 2>&1", f->path);
	FILE *tar = popen(command, "re");
	assert_non_null(tar);
	for (size_t i = 0; i < 3; i++) {
		assert_non_null(fgets(line, sizeof(line), tar));
		assert_string_equal(line, wanted[i]);
	}
	assert_null(fgets(line, sizeof(line), tar));
	assert_int_equal(pclose(tar), 0);
}

static void test_what_must_not_be_in_it_is_found(void **state)
{
	static const struct {
		const char *text;
		int rc;
		enum scrub_kind kind;
	} cases[] = {{"fine {ipv4-0123456789}\n", 0, 0},
	             {"client 203.0.113.9\n", -EPERM, SCRUB_IPV4},
	             {"client 2001:db8::9\n", -EPERM, SCRUB_IPV6},
	             {"by host.example.org\n", -EPERM, SCRUB_HOST},
	             {"xAAAABBBBCCCCx\n", -EPERM, SCRUB_SECRET}};
	struct fixture *f = *state;

	assert_int_equal(scrub_add_secret(f->s, "AAAABBBBCCCC", 12), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char name[BUNDLE_NAME_MAX] = "";
		enum scrub_kind kind = 0;
		write_archive(f, cases[i].text);
		assert_int_equal(bundle_archive_check(f->path, f->s, name, &kind), cases[i].rc);
		assert_int_equal(kind, cases[i].kind);
		assert_string_equal(name, cases[i].rc == 0 ? "" : "journal/nginx.log");
	}
}

static void test_half_an_archive_is_none(void **state)
{
	struct fixture *f = *state;
	char name[BUNDLE_NAME_MAX];
	enum scrub_kind kind;

	write_archive(f, "hello\n");
	assert_int_equal(truncate(f->path, 100), 0);
	assert_int_equal(bundle_archive_check(f->path, f->s, name, &kind), -EBADMSG);
}

static void test_a_full_disk_is_told(void **state)
{
	(void)state;
	struct bundle_archive *a = bundle_archive_new(open("/dev/full", O_WRONLY | O_CLOEXEC), 0);

	bundle_archive_add(a, "a.txt", "hello", 5);
	assert_int_equal(bundle_archive_close(a), -ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tar_reads_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_must_not_be_in_it_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_half_an_archive_is_none, set_up, tear_down),
		cmocka_unit_test(test_a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
