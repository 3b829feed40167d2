/* Two stages: the order by kind; at no moment an index that names what is not there; and cut off, it goes on. */
/* SPDX-License-Identifier: MIT */
#include "mirror/two_stage.h"

#include "folder.h"

#include "mirror/verify.h"

#include <errno.h>

static void test_ranks(void **state)
{
	static const struct {
		enum tree_kind kind;
		const char *path;
		enum two_stage_rank rank;
	} cases[] = {
		{TREE_DEBIAN, "pool/main/a/a_1.deb", RANK_FILE},
		{TREE_DEBIAN, "dists/trixie/main/binary-amd64/by-hash/SHA256/abc", RANK_FILE},
		{TREE_DEBIAN, "dists/trixie/main/binary-amd64/Packages.xz", RANK_INDEX},
		{TREE_DEBIAN, "dists/trixie/main/binary-amd64/Release", RANK_INDEX},
		{TREE_DEBIAN, "dists/trixie/main/dep11/Components-amd64.yml.gz", RANK_INDEX},
		{TREE_DEBIAN, "dists/trixie/main/installer-amd64/current/images/SHA256SUMS", RANK_INDEX},
		{TREE_DEBIAN, "dists/trixie/Contents-amd64.gz", RANK_INDEX},
		{TREE_DEBIAN, "ls-lR.gz", RANK_INDEX},
		{TREE_DEBIAN, "dists/trixie/Release", RANK_LIST},
		{TREE_DEBIAN, "dists/trixie/Release.gpg", RANK_LIST},
		{TREE_DEBIAN, "dists/trixie/InRelease", RANK_SIGNED},
		{TREE_DEBIAN, "project/trace/master", RANK_TRACE},
		{TREE_RPM, "9/os/Packages/a.rpm", RANK_FILE},
		{TREE_RPM, "9/os/repodata/abc-primary.xml.gz", RANK_INDEX},
		{TREE_RPM, "repodata/repomd.xml", RANK_SIGNED},
		{TREE_RPM, "9/os/repodata/repomd.xml.asc", RANK_LIST},
		{TREE_ARCH, "core/os/x86_64/a.pkg.tar.zst", RANK_FILE},
		{TREE_ARCH, "core/os/x86_64/core.db.tar.gz", RANK_SIGNED},
		{TREE_ARCH, "lastupdate", RANK_TRACE},
		{TREE_OSM, "replication/minute/000/004/322.osc.gz", RANK_FILE},
		{TREE_OSM, "replication/minute/000/004/322.state.txt", RANK_INDEX},
		{TREE_OSM, "replication/minute/state.txt", RANK_SIGNED},
		{TREE_FILES, "a.iso", RANK_FILE},
		{TREE_FILES, "SHA256SUMS", RANK_INDEX},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (two_stage_rank(cases[i].kind, cases[i].path) != cases[i].rank)
			fail_msg("%s", cases[i].path);
}

static void test_sort(void **state)
{
	struct two_stage_change changes[] = {
		{(char[]){"gone"}, .is_gone = true},
		{(char[]){"last"}, .rank = RANK_TRACE},
		{(char[]){"signed"}, .rank = RANK_SIGNED},
		{(char[]){"list"}, .rank = RANK_LIST},
		{(char[]){"index"}, .rank = RANK_INDEX, .is_new = true},
		{(char[]){"changed"}, .rank = RANK_FILE},
		{(char[]){"new2"}, .rank = RANK_FILE, .is_new = true},
		{(char[]){"new1"}, .rank = RANK_FILE, .is_new = true},
	};
	static const char *const expected[] = {"new1", "new2", "changed", "index", "list", "signed", "last", "gone"};
	(void)state;

	two_stage_sort(changes, 8);
	for (size_t i = 0; i < 8; i++)
		assert_string_equal(changes[i].path, expected[i]);
	two_stage_sort(NULL, 0);
}

static struct two_stage_change change(const char *path, enum two_stage_rank rank, bool is_gone)
{
	return (struct two_stage_change){.path = (char *)path, .rank = rank, .is_gone = is_gone, .is_new = true};
}

/** Apply so many of the changes, from "new" to "t". */
static int apply(const struct two_stage_change *changes, size_t n, size_t *at)
{
	int from = open("new", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int to = open("t", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct two_stage_job job = {.changes = changes, .n = n};

	assert_true(from >= 0 && to >= 0);
	int rc = two_stage_apply(from, to, &job, at);
	(void)close(from);
	(void)close(to);
	return rc;
}

/** All kinds of changes, each of which may be the last before it is cut off. */
static void test_apply(void **state)
{
	const struct two_stage_change changes[] = {
		change("deep/er/file", RANK_FILE, false),
		change("file-to-folder/x", RANK_FILE, false),
		change("folder-to-file", RANK_FILE, false),
		change("link-to-folder/y", RANK_FILE, false),
		change("link", RANK_FILE, false),
		change("index", RANK_INDEX, false),
		change("old/folder/file", RANK_FILE, true),
		change("gone-folder", RANK_FILE, true),
		change("nowhere/at/all", RANK_FILE, true),
	};
	const size_t n = sizeof(changes) / sizeof(*changes);
	size_t at = 99;
	(void)state;

	for (size_t cut = 0; cut <= n; cut++) {
		folder_run("rm -rf t new && mkdir -p t/folder-to-file/x t/old/folder t/gone-folder/z outside && "
		           "cd t && echo 1 >index && echo 1 >file-to-folder && echo 1 >old/folder/file && "
		           "ln -s ../outside link-to-folder");
		folder_run("mkdir -p new/deep/er new/file-to-folder new/link-to-folder && cd new && "
		           "for f in deep/er/file file-to-folder/x folder-to-file link-to-folder/y index; "
		           "do echo 2 >$f; done; ln -s index link");
		assert_int_equal(apply(changes, cut, &at), 0);
		assert_int_equal(apply(changes, n, &at), 0);
		folder_run("(cd t && find . -type f -o -type l | sort) >found && printf './%s\\n' deep/er/file "
		           "file-to-folder/x folder-to-file index link link-to-folder/y | cmp - found");
		folder_run("test -z \"$(find new ! -type d)\" && test ! -e t/old/folder && test -z \"$(ls outside)\"");
		assert_true(folder_has("t/index", "2\n"));
	}
}

static void test_refused(void **state)
{
	const struct two_stage_change wrong[] = {
		change("good", RANK_FILE, false),
		change("../outside", RANK_FILE, false),
	};
	const struct two_stage_change missing[] = {change("nothing", RANK_FILE, false)};
	size_t at = 99;
	(void)state;

	folder_run("mkdir t new && echo 1 >new/good && echo 1 >outside");
	assert_int_equal(apply(wrong, 2, &at), -EXDEV);
	assert_int_equal(at, 1);
	assert_int_equal(apply(missing, 1, &at), -ENOENT);
	assert_int_equal(at, 0);
}

enum { CHANGES_MAX = 200 };

/** What rsync would do to "t" to make it "debian", and what it fetches for that into "new". */
static size_t fetch(struct two_stage_change changes[CHANGES_MAX])
{
	char line[1024];
	size_t n = 0;

	FILE *pipe = popen("rsync -rlcn --delete --out-format='%i %n' debian/ t/", "re"); /* NOLINT(cert-env33-c) */
	assert_non_null(pipe);
	while (fgets(line, sizeof(line), pipe) != NULL) {
		enum { PATH_AT = 12 }; /* after what rsync does with it */
		line[strcspn(line, "\n")] = '\0';
		const char *path = line + PATH_AT;
		if (path[strlen(path) - 1] == '/')
			continue;
		assert_true(n < CHANGES_MAX);
		changes[n] = change(mem_strdup(path), two_stage_rank(TREE_DEBIAN, path), line[0] == '*');
		changes[n++].is_new = strncmp(line, ">f++", 4) == 0;
	}
	assert_int_equal(pclose(pipe), 0);
	folder_run("rsync -rlc --compare-dest=../t debian/ new/");
	two_stage_sort(changes, n);
	return n;
}

/** After each change nothing is missing; nothing at all is wrong until the first index changes, and after the last. */
static void test_never_missing(void **state)
{
	struct two_stage_change changes[CHANGES_MAX];
	struct verify v = {0};
	struct tree t;
	size_t at;
	(void)state;

	folder_make_upstream("debian", "changed");
	folder_run("mv debian.before t && mkdir new");
	size_t n = fetch(changes);
	assert_in_range(n, 15, CHANGES_MAX);
	assert_int_equal(tree_open("t", NULL, &t), 0);
	v.tree = &t;
	for (size_t i = 0; i < n; i++) {
		bool is_between = !changes[i].is_gone && changes[i].rank >= RANK_INDEX && changes[i].rank < RANK_SIGNED;
		assert_int_equal(apply(&changes[i], 1, &at), 0);
		int rc = verify_tree(&v, TREE_DEBIAN);
		if (v.findings.n[FINDING_MISSING] > 0 || (!is_between && rc < 0))
			fail_msg("after %s: %s", changes[i].path, v.findings.told[0]);
		verify_done(&v);
	}
	tree_close(&t);
	folder_run("diff -r t debian && test -z \"$(find new ! -type d)\"");
	for (size_t i = 0; i < n; i++)
		free(changes[i].path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranks),
		cmocka_unit_test(test_sort),
		cmocka_unit_test_setup_teardown(test_apply, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_refused, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_never_missing, folder_setup, folder_teardown),
	};
	return cmocka_run_group_tests_name("mirror/two_stage", tests, NULL, NULL);
}
