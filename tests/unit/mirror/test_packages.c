/* Packages and Sources: every file that they name, and what is none of it. */
/* SPDX-License-Identifier: MIT */
#include "mirror/packages.h"

#include "folder.h"

#include <errno.h>

#define MD5 "d41d8cd98f00b204e9800998ecf8427e"
#define SHA "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct told {
	char text[4096]; /* "path size kind;..." */
	int answer;      /* of the callback */
};

static int on_file(const struct listed *f, void *data)
{
	struct told *t = data;
	size_t len = strlen(t->text);

	(void)snprintf(t->text + len, sizeof(t->text) - len, "%s %ju %d;", f->path, (uintmax_t)f->size,
	               f->checksum.kind);
	return t->answer;
}

static int read_text(const char *text, struct told *t, char error[PACKAGES_ERROR_MAX])
{
	folder_write("index", text);
	int fd = open("index", O_RDONLY | O_CLOEXEC);
	struct lines *l = lines_open(fd, "index", 1 << 20);
	int rc = packages_read(l, on_file, t, error);
	lines_close(l);
	return rc;
}

static void test_good(void **state)
{
	static const struct {
		const char *text, *told;
	} cases[] = {
		{"", ""},
		{"\n\n", ""},
		{"Package: a\nFilename: pool/a.deb\nSize: 7\nMD5sum: " MD5
	         "\nSHA256: " SHA "\nDescription: x\n y\n .\n",
	         "pool/a.deb 7 3;"},
		{"# a comment\nfilename: a\nSIZE: 7\nSHA256: " SHA "\nMD5sum: " MD5, "a 7 3;"},
		{"Filename: a\nSize: 1\n\n\n\nFilename: b\nSize: 2\r\n \nFilename: c\nSize: 3", "a 1 0;b 2 0;c 3 0;"},
		{"Package: s\nFiles:\n " MD5 " 1 s.dsc\n " MD5 " 2 s.tar.gz\nChecksums-Sha256:\n " SHA " 1 s.dsc\n " SHA
	         " 2 s.tar.gz\nDirectory: pool/s\nPackage-List:\n s deb main optional\n",
	         "pool/s/s.dsc 1 3;pool/s/s.tar.gz 2 3;"},
		{"Directory: d\nChecksums-Sha256:\n " SHA " 1 x\nFiles:\n " MD5 " 1 x\n", "d/x 1 3;"},
		{"Directory: d\nFiles:\n " MD5 " 1 x\n", "d/x 1 1;"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct told t = {0};
		char error[PACKAGES_ERROR_MAX];
		if (read_text(cases[i].text, &t, error) != 0)
			fail_msg("%zu: %s", i, error);
		assert_string_equal(t.text, cases[i].told);
	}
}

static void test_malformed(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{"<html>", "line 1: neither a field nor its continuation"},
		{"Filename: a\nSize: 1\n\nPackage: x\n", "line 4: it has neither Filename nor Directory"},
		{"Filename: a\n\n", "line 2: it has no Size"},
		{"Filename: a\nSize: many\n", "line 2: its Size is no number"},
		{"Filename:\nSize: 1\n", "line 1: its Filename is none"},
		{"Filename: a\nSHA256: " MD5 "\n", "line 2: its checksum is none"},
		{"Directory: d\nFiles:\n " MD5 " x\n", "line 3: a line of its files is not \"checksum size name\""},
		{"Directory: d\nFiles:\n " MD5 " 1 a b\n", "line 3: a line of its files is not \"checksum size name\""},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct told t = {0};
		char error[PACKAGES_ERROR_MAX];
		assert_int_equal(read_text(cases[i].text, &t, error), -EINVAL);
		assert_string_equal(error, cases[i].error);
	}
}

static void test_limits(void **state)
{
	struct told t = {.answer = -ECANCELED};
	char error[PACKAGES_ERROR_MAX];
	(void)state;

	assert_int_equal(read_text("Filename: a\nSize: 1\n\nFilename: b\nSize: 1\n", &t, error), -ECANCELED);
	assert_string_equal(t.text, "a 1 0;");

	t = (struct told){0};
	folder_run("(printf 'Filename: '; head -c 2000 /dev/zero | tr '\\0' x; printf '\\nSize: 1\\n') >index");
	int fd = open("index", O_RDONLY | O_CLOEXEC);
	struct lines *l = lines_open(fd, "index", 1 << 20);
	assert_int_equal(packages_read(l, on_file, &t, error), -EINVAL);
	assert_string_equal(error, "line 1: its Filename is none");
	lines_close(l);

	folder_run("(echo Directory: d; echo Files:; yes ' " MD5 " 1 x' | head -n 5000) >index");
	fd = open("index", O_RDONLY | O_CLOEXEC);
	l = lines_open(fd, "index", 1 << 20);
	assert_int_equal(packages_read(l, on_file, &t, error), -EINVAL);
	assert_string_equal(error, "line 4099: more files than we take");
	lines_close(l);
	assert_string_equal(t.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_good, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_malformed, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_limits, folder_setup, folder_teardown),
	};
	return cmocka_run_group_tests_name("mirror/packages", tests, NULL, NULL);
}
