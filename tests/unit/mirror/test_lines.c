/* Lines of files, plain and compressed: whole ones, cut off ones, damaged ones, and ones too large. */
/* SPDX-License-Identifier: MIT */
#include "mirror/lines.h"

#include "folder.h"
#include "mirror/unpack.h"

#include <errno.h>
#include <inttypes.h>

enum { LINES = 20000 };

static const char *const endings[] = {"", ".gz", ".xz", ".zst"};

/** The file "f" with the ending, from the text "f". */
static const char *compressed(const char *ending)
{
	static char path[16];

	(void)snprintf(path, sizeof(path), "f%s", ending);
	if (strcmp(ending, ".gz") == 0)
		folder_run("gzip -9 <f >f.gz");
	else if (strcmp(ending, ".xz") == 0)
		folder_run("xz -9 <f >f.xz");
	else if (strcmp(ending, ".zst") == 0)
		folder_run("zstd -q -f f");
	return path;
}

static struct lines *open_lines(const char *path, uint64_t max_bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return lines_open(fd, path, max_bytes);
}

/** How reading ends, and how many lines there were. */
static int read_all(const char *path, uint64_t max_bytes, uint64_t *ret_n)
{
	struct lines *l = open_lines(path, max_bytes);
	const char *line;
	size_t len;
	int rc;

	while ((rc = lines_next(l, &line, &len)) > 0)
		;
	*ret_n = lines_number(l);
	lines_close(l);
	return rc;
}

static void write_lines(void)
{
	FILE *file = fopen("f", "we");

	assert_non_null(file);
	for (int i = 0; i < LINES; i++)
		assert_true(fprintf(file, "line %d of many, %x\n", i, (unsigned)i * 2654435761U) > 0);
	assert_int_equal(fclose(file), 0);
}

static void test_whole(void **state)
{
	char expected[64];
	const char *line;
	size_t len;
	(void)state;

	write_lines();
	for (size_t e = 0; e < sizeof(endings) / sizeof(*endings); e++) {
		struct lines *l = open_lines(compressed(endings[e]), UINT64_MAX);
		for (int i = 0; i < LINES; i++) {
			assert_int_equal(lines_next(l, &line, &len), 1);
			(void)snprintf(expected, sizeof(expected), "line %d of many, %x", i, (unsigned)i * 2654435761U);
			assert_int_equal(len, strlen(expected));
			assert_memory_equal(line, expected, len);
		}
		assert_int_equal(lines_next(l, &line, &len), 0);
		assert_int_equal(lines_next(l, &line, &len), 0);
		lines_close(l);
	}
}

static void test_ends(void **state)
{
	static const struct {
		const char *text;
		uint64_t n;
	} cases[] = {{"", 0}, {"\n", 1}, {"a", 1}, {"a\n", 1}, {"a\n\nb", 3}};
	uint64_t n;
	(void)state;

	for (size_t e = 0; e < sizeof(endings) / sizeof(*endings); e++)
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			folder_write("f", cases[i].text);
			assert_int_equal(read_all(compressed(endings[e]), UINT64_MAX, &n), 0);
			assert_int_equal(n, cases[i].n);
		}
}

/** Two compressed files one after the other are one. */
static void test_concatenated(void **state)
{
	uint64_t n;
	(void)state;

	folder_write("f", "a\nb\n");
	(void)compressed(".gz"), (void)compressed(".xz"), (void)compressed(".zst");
	folder_run("for e in gz xz zst; do cat f.$e f.$e >two.$e; done");
	assert_int_equal(read_all("two.gz", UINT64_MAX, &n), 0);
	assert_int_equal(n, 4);
	assert_int_equal(read_all("two.xz", UINT64_MAX, &n), 0);
	assert_int_equal(n, 4);
	assert_int_equal(read_all("two.zst", UINT64_MAX, &n), 0);
	assert_int_equal(n, 4);
}

/** Cut off anywhere, or with bytes changed, it says so, and never tells a line more than there were. */
static void test_damaged(void **state)
{
	char path[32];
	struct stat st;
	uint64_t n;
	(void)state;

	write_lines();
	for (size_t e = 1; e < sizeof(endings) / sizeof(*endings); e++) {
		const char *whole = compressed(endings[e]);
		assert_int_equal(stat(whole, &st), 0);
		(void)snprintf(path, sizeof(path), "cut%s", endings[e]);
		for (off_t left = 0; left < st.st_size; left += 1 + st.st_size / 11) {
			char command[64];
			(void)snprintf(command, sizeof(command), "cp %s %s", whole, path);
			folder_run(command);
			assert_int_equal(truncate(path, left), 0);
			assert_int_equal(read_all(path, UINT64_MAX, &n), -EBADMSG);
			assert_true(n <= LINES);
		}
		int fd = open(path, O_WRONLY | O_CLOEXEC);
		assert_int_equal(pwrite(fd, "XXXXXXXX", 8, 0), 8);
		assert_int_equal(close(fd), 0);
		assert_int_equal(read_all(path, UINT64_MAX, &n), -EBADMSG);
	}
	folder_write("text.gz", "not compressed at all\n");
	assert_int_equal(read_all("text.gz", UINT64_MAX, &n), -EBADMSG);
	folder_run("printf x >>f.gz"); /* after its end */
	assert_int_equal(read_all("f.gz", UINT64_MAX, &n), -EBADMSG);
}

static void test_limits(void **state)
{
	uint64_t n;
	(void)state;

	folder_run("head -c 3000000 /dev/zero >f"); /* a line that never ends, small when compressed */
	for (size_t e = 0; e < sizeof(endings) / sizeof(*endings); e++)
		assert_int_equal(read_all(compressed(endings[e]), UINT64_MAX, &n), -EMSGSIZE);
	write_lines();
	for (size_t e = 0; e < sizeof(endings) / sizeof(*endings); e++)
		assert_int_equal(read_all(compressed(endings[e]), 100000, &n), -EFBIG);
	folder_run("head -c 300M /dev/zero | zstd -q -1 --long=28 -o far.zst -f"); /* wants 256 MiB */
	assert_int_equal(read_all("far.zst", UINT64_MAX, &n), -EBADMSG);
}

static void test_names(void **state)
{
	(void)state;

	assert_int_equal(unpack_stem("main/Packages.xz"), strlen("main/Packages"));
	assert_int_equal(unpack_stem("main/Packages.bz2"), strlen("main/Packages"));
	assert_int_equal(unpack_stem("Release"), strlen("Release"));
	assert_true(unpack_knows("Packages"));
	assert_true(unpack_knows("Packages.zst"));
	assert_false(unpack_knows("Packages.bz2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_ends, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_concatenated, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_damaged, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_limits, folder_setup, folder_teardown),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests_name("mirror/lines", tests, NULL, NULL);
}
