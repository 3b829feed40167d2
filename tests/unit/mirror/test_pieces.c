/* Hashes of files, as sha256sum(1) and sha1sum(1) have them. */
/* SPDX-License-Identifier: MIT */
#include "mirror/pieces.h"

#include "folder.h"

#include <errno.h>

enum { KIB = 1024 };

static const atomic_bool never = false;

static void test_sizes(void **state)
{
	const uint64_t gib = UINT64_C(1) << 30;
	(void)state;

	assert_int_equal(pieces_size(0), 256 * KIB);
	assert_int_equal(pieces_size(512 * KIB * KIB - 1), 256 * KIB);
	assert_int_equal(pieces_size(512 * KIB * KIB), 512 * KIB);
	assert_int_equal(pieces_size(4 * gib), 4096 * KIB);
	assert_int_equal(pieces_size(1000 * gib), 16384 * KIB);
	assert_true(pieces_count(PIECES_FILE_MAX_BYTES, pieces_size(PIECES_FILE_MAX_BYTES)) <= 65536);
	assert_int_equal(pieces_count(0, 256 * KIB), 0);
	assert_int_equal(pieces_count(256 * KIB, 256 * KIB), 1);
	assert_int_equal(pieces_count(256 * KIB + 1, 256 * KIB), 2);
}

/** The hash that @command prints first. */
static void assert_printed(const char *command, const char *wanted)
{
	char line[256] = "";
	FILE *from = popen(command, "re"); /* NOLINT(cert-env33-c): of the test's own text */

	assert_non_null(from);
	assert_non_null(fgets(line, sizeof(line), from));
	assert_int_equal(pclose(from), 0);
	assert_memory_equal(line, wanted, strlen(wanted));
}

static void assert_file(const char *path, size_t n_pieces)
{
	char command[256], text[CHECKSUM_TEXT_MAX];
	struct pieces p;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(pieces_hash(fd, (uint64_t)st.st_size, &never, &p), 0);
	assert_int_equal(p.n, n_pieces);
	(void)snprintf(command, sizeof(command), "sha256sum %s", path);
	assert_printed(command, checksum_text(&p.whole, text));
	for (size_t i = 0; i < p.n; i++) {
		struct checksum c = {.kind = CHECKSUM_SHA1};
		memcpy(c.bytes, p.sha1 + i * PIECES_SHA1_BYTES, PIECES_SHA1_BYTES);
		(void)snprintf(command, sizeof(command),
		               "dd if=%s bs=256K skip=%zu count=1 status=none | sha1sum", path, i);
		assert_printed(command, checksum_text(&c, text));
	}
	pieces_done(&p);
	(void)close(fd);
}

static void test_hashes(void **state)
{
	(void)state;

	folder_run("head -c 700000 /dev/urandom >odd; head -c 524288 /dev/urandom >even; : >empty; echo a >small");
	assert_file("odd", 3);
	assert_file("even", 2);
	assert_file("empty", 0);
	assert_file("small", 1);
}

static void test_what_changes_meanwhile(void **state)
{
	const atomic_bool now = true;
	struct pieces p;
	(void)state;

	folder_run("head -c 300000 /dev/zero >zeros");
	int fd = open("zeros", O_RDONLY | O_CLOEXEC);
	assert_int_equal(pieces_hash(fd, 300001, &never, &p), -ESTALE);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(pieces_hash(fd, 299999, &never, &p), -ESTALE);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(pieces_hash(fd, 262144, &never, &p), -ESTALE);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(pieces_hash(fd, 300000, &now, &p), -ECANCELED);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_what_changes_meanwhile),
	};
	return cmocka_run_group_tests_name("mirror/pieces", tests, folder_setup, folder_teardown);
}
