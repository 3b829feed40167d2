/* Large files in the database: what is read once is known as long as it is the same, and some time longer. */
/* SPDX-License-Identifier: MIT */
#include "mirror/large_db.h"

#include "mirror_database.h"

#include "base/json_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 300000 };

static char first[] = "iso/a", second[] = "iso/b", moved[] = "old/a";
static struct large_file files[] = {{first, {7, SIZE, 1000000001}}, {second, {8, SIZE, 2000000000}}};

static void replace(sqlite3 *db, size_t n, int64_t at_s)
{
	struct large_list l = {.all = files, .n = n};

	assert_int_equal(large_db_replace(db, "debian", &l, at_s), 0);
}

/** The path of the file that is to be read next, NULL: none. */
static void assert_next(sqlite3 *db, const char *path, uint64_t n, uint64_t n_waiting)
{
	struct large_file f = {.path = NULL};
	struct large_counts counts;

	assert_int_equal(large_db_next(db, "debian", &counts, &f), path == NULL ? -ENOENT : 0);
	assert_int_equal(counts.n, n);
	assert_int_equal(counts.n_waiting, n_waiting);
	if (path != NULL)
		assert_string_equal(f.path, path);
	free(f.path);
}

static void put(sqlite3 *db, const struct large_file *f)
{
	uint8_t sha1[] = "aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbb";
	struct pieces p = {.size_bytes = SIZE, .piece_bytes = 262144, .sha1 = sha1, .n = 2};

	p.whole = (struct checksum){.kind = CHECKSUM_SHA256, .bytes = {1, 2, 3}};
	assert_int_equal(large_db_put(db, "debian", &f->version, &p, NOW), 0);
}

static void test_life(void **state)
{
	sqlite3 *db = *state;
	struct pieces p;

	assert_next(db, NULL, 0, 0);
	replace(db, 2, NOW);
	assert_next(db, "iso/a", 2, 2);
	put(db, &files[0]);
	assert_next(db, "iso/b", 2, 1);
	assert_int_equal(large_db_drop(db, "debian", &files[1]), 0);
	assert_next(db, NULL, 1, 0);
	assert_int_equal(large_db_get(db, "debian", &files[0].version, &p), 0);
	assert_int_equal(p.whole.bytes[2], 3);
	assert_int_equal(p.piece_bytes, 262144);
	assert_int_equal(p.n, 2);
	assert_memory_equal(p.sha1, "aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbb", 40);
	pieces_done(&p);
	assert_int_equal(large_db_get(db, "arch", &files[0].version, &p), -ENOENT);
}

static void test_versions(void **state)
{
	sqlite3 *db = *state;

	replace(db, 2, NOW);
	put(db, &files[0]);
	put(db, &files[1]);
	files[0].path = moved; /* under another name it is the same */
	replace(db, 2, NOW);
	assert_next(db, NULL, 2, 0);
	files[0].version.modified_ns++;
	replace(db, 2, NOW);
	assert_next(db, "old/a", 2, 1);
	files[0].version.modified_ns--;
	replace(db, 1, NOW + LARGE_KEEP_S);
	assert_next(db, NULL, 1, 0);
	replace(db, 2, NOW + LARGE_KEEP_S); /* it comes back in time, */
	assert_next(db, NULL, 2, 0);
	replace(db, 1, NOW + 2 * LARGE_KEEP_S + 1);
	replace(db, 2, NOW + 2 * LARGE_KEEP_S + 1); /* and too late */
	assert_next(db, "iso/b", 2, 1);
	files[0].path = first;
}

static void test_list(void **state)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc);
	sqlite3 *db = *state;

	replace(db, 2, NOW);
	put(db, &files[1]);
	assert_int_equal(large_db_list(db, "debian", doc, list), 0);
	char *text = json_take(doc, list);
	assert_non_null(strstr(text, "[{\"path\":\"iso/a\",\"bytes\":300000,\"modified\":1,\"sha256\":null},"
	                             "{\"path\":\"iso/b\",\"bytes\":300000,\"modified\":2,\"sha256\":\"01020300"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_life, open_mirror_db, close_mirror_db),
		cmocka_unit_test_setup_teardown(test_versions, open_mirror_db, close_mirror_db),
		cmocka_unit_test_setup_teardown(test_list, open_mirror_db, close_mirror_db),
	};
	return cmocka_run_group_tests_name("mirror/large_db", tests, NULL, NULL);
}
