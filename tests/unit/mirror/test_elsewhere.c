/* What may be had at another POP: what a path is, what a POP says that it has, what is remembered of files. */
/* SPDX-License-Identifier: MIT */
#include "mirror/elsewhere.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_paths(void **state)
{
	static const struct {
		const char *path;
		bool is_index, is_folder;
	} cases[] = {
		{"/debian/pool/main/a/apt/apt_1.0_amd64.deb", false, false},
		{"/debian/pool/main/r/release/Release_1.0.deb", true, false}, /* rather one too many */
		{"/debian/dists/trixie/InRelease", true, false},
		{"/debian/dists/trixie/Release.gpg", true, false},
		{"/debian/dists/trixie/main/binary-amd64/Packages.xz", true, false},
		{"/debian/dists/trixie/main/i18n/Translation-en.bz2", true, false},
		{"/debian/dists/trixie/main/binary-amd64/by-hash/SHA256/abc", false, false},
		{"/debian/project/trace/master", true, false},
		{"/fedora/repodata/repomd.xml", true, false},
		{"/fedora/repodata/abc-primary.xml.gz", true, false},
		{"/arch/core/os/x86_64/core.db", true, false},
		{"/arch/core/os/x86_64/core.db.tar.gz", true, false},
		{"/arch/core/os/x86_64/core.db.sig", true, false},
		{"/arch/core/os/x86_64/core.files", true, false},
		{"/arch/lastupdate", true, false},
		{"/arch/core/os/x86_64/a.dbx-1-x86_64.pkg.tar.zst", false, false},
		{"/osm/replication/minute/state.txt", true, false},
		{"/osm/replication/minute/000/001/002.state.txt", false, false},
		{"/osm/", false, true},
		{"/osm/pbf/", false, true},
		{"/osm/a%20b?", false, false},
	};
	struct elsewhere_path p;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(elsewhere_read(cases[i].path, "", &p), 0);
		if (p.is_index != cases[i].is_index || p.is_folder != cases[i].is_folder || p.was_sent)
			fail_msg("%s", cases[i].path);
	}
	assert_int_equal(elsewhere_read("/debian/a", "x=1&" ELSEWHERE_MARK, &p), 0);
	assert_true(p.was_sent);
	assert_string_equal(p.project, "debian");
}

static void test_what_is_no_path_of_a_project(void **state)
{
	static const char *const paths[] = {"", "*", "/", "/debian", "//x", "/De/x", "/../x", "/-x/y", "/a.b/c",
	                                    "/0123456789012345678901234567890123456789012345678901234567890123/x"};
	struct elsewhere_path p;
	(void)state;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (elsewhere_read(paths[i], "", &p) != -ENOENT)
			fail_msg("%s", paths[i]);
}

static void test_what_a_pop_has(void **state)
{
	static const char json[] = "[{\"name\":\"ubuntu\",\"published\":1},{\"name\":\"debian\",\"published\":7},"
				   "{\"name\":\"new\",\"published\":null},{\"name\":7,\"published\":7},"
				   "{\"name\":\"../x\",\"published\":7},{\"published\":7},[],null,\"x\"]";
	struct elsewhere_held h = {.n = 0};
	(void)state;

	assert_false(elsewhere_held_has(&h, "debian"));
	assert_int_equal(elsewhere_held_read(json, strlen(json), &h), 0);
	assert_int_equal(h.n, 2);
	assert_true(elsewhere_held_has(&h, "debian") && elsewhere_held_has(&h, "ubuntu"));
	assert_false(elsewhere_held_has(&h, "new"));
	elsewhere_held_done(&h);
	assert_int_equal(elsewhere_held_read("{}", 2, &h), -EINVAL);
	assert_int_equal(elsewhere_held_read("", 0, &h), -EINVAL);
	assert_int_equal(elsewhere_held_read("[[[[", 4, &h), -EINVAL);
}

static void test_no_more_projects_than_there_may_be(void **state)
{
	static char json[64 * 2 * ELSEWHERE_PROJECTS_MAX];
	struct elsewhere_held h;
	size_t len = 0;
	(void)state;

	for (unsigned i = 0; i < 2 * ELSEWHERE_PROJECTS_MAX; i++)
		len += (size_t)snprintf(json + len, sizeof(json) - len, "%s{\"name\":\"p%u\",\"published\":1}",
		                        i == 0 ? "[" : ",", i);
	len += (size_t)snprintf(json + len, sizeof(json) - len, "]");
	assert_int_equal(elsewhere_held_read(json, len, &h), 0);
	assert_int_equal(h.n, ELSEWHERE_PROJECTS_MAX);
	elsewhere_held_done(&h);
}

static void test_answers_are_remembered_for_a_while(void **state)
{
	static const uint64_t key[2] = {1, 2};
	struct elsewhere_answers *a = elsewhere_answers_new(key);
	char path[32];
	unsigned n_known = 0;
	(void)state;

	assert_int_equal(elsewhere_answers_get(a, 0, "/a/b", 100), ELSEWHERE_UNKNOWN);
	elsewhere_answers_put(a, 0, "/a/b", ELSEWHERE_THERE, 100);
	elsewhere_answers_put(a, 1, "/a/b", ELSEWHERE_MISSING, 100);
	assert_int_equal(elsewhere_answers_get(a, 0, "/a/b", 100 + ELSEWHERE_THERE_S - 1), ELSEWHERE_THERE);
	assert_int_equal(elsewhere_answers_get(a, 0, "/a/b", 100 + ELSEWHERE_THERE_S), ELSEWHERE_UNKNOWN);
	assert_int_equal(elsewhere_answers_get(a, 1, "/a/b", 100 + ELSEWHERE_MISSING_S - 1), ELSEWHERE_MISSING);
	assert_int_equal(elsewhere_answers_get(a, 1, "/a/b", 100 + ELSEWHERE_MISSING_S), ELSEWHERE_UNKNOWN);
	assert_int_equal(elsewhere_answers_get(a, 2, "/a/b", 100), ELSEWHERE_UNKNOWN);
	for (unsigned i = 0; i < 4 * ELSEWHERE_ANSWERS; i++) { /* whoever asks for anything takes no more room */
		(void)snprintf(path, sizeof(path), "/a/%u", i);
		elsewhere_answers_put(a, 0, path, ELSEWHERE_MISSING, 200);
	}
	for (unsigned i = 0; i < 4 * ELSEWHERE_ANSWERS; i++) {
		(void)snprintf(path, sizeof(path), "/a/%u", i);
		n_known += elsewhere_answers_get(a, 0, path, 200) != ELSEWHERE_UNKNOWN;
	}
	assert_in_range(n_known, ELSEWHERE_ANSWERS / 2, ELSEWHERE_ANSWERS);
	free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_what_is_no_path_of_a_project),
		cmocka_unit_test(test_what_a_pop_has),
		cmocka_unit_test(test_no_more_projects_than_there_may_be),
		cmocka_unit_test(test_answers_are_remembered_for_a_while),
	};

	return cmocka_run_group_tests_name("mirror/elsewhere", tests, NULL, NULL);
}
