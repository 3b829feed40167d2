/* A tree: what leads out of it is never opened, and what is laid over it hides what is below. */
/* SPDX-License-Identifier: MIT */
#include "mirror/tree.h"

#include "folder.h"

#include <errno.h>

static void test_path_is_safe(void **state)
{
	static const struct {
		const char *path;
		bool is_safe;
	} cases[] = {
		{"a", true},
		{"a/b.deb", true},
		{"a/..b/...", true},
		{"new\nline", true},
		{"", false},
		{"/a", false},
		{"a/", false},
		{"a//b", false},
		{".", false},
		{"./a", false},
		{"..", false},
		{"a/../b", false},
		{"a/..", false},
	};
	char path[TREE_PATH_MAX + 1];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (tree_path_is_safe(cases[i].path) != cases[i].is_safe)
			fail_msg("%s", cases[i].path);
	memset(path, 'x', sizeof(path));
	path[TREE_PATH_MAX] = '\0';
	assert_false(tree_path_is_safe(path));
	assert_true(tree_path_is_safe(path + 1));
}

static int read_text(const struct tree *t, const char *path, const char *expected)
{
	struct buf b;

	buf_init(&b, 4096);
	int rc = tree_read(t, path, &b);
	if (rc == 0)
		assert_string_equal(b.data, expected);
	buf_done(&b);
	return rc;
}

static void test_links(void **state)
{
	struct tree t;
	struct stat st;
	(void)state;

	folder_write("secret", "nobody's");
	folder_write("t/pool/file", "text");
	folder_link("pool/file", "t/inside");
	folder_link("../../secret", "t/pool/up");
	folder_link("/etc/passwd", "t/absolute");
	folder_link("..", "t/pool/top");     /* stays */
	folder_link("pool/top/..", "t/out"); /* does not: its parts, read one by one, seem to */
	folder_link("nothing", "t/dangling");
	folder_link("loop", "t/loop");
	assert_int_equal(mkfifo("t/pipe", 0644), 0);

	assert_int_equal(tree_open("missing", NULL, &t), -ENOENT);
	assert_int_equal(tree_open("t", NULL, &t), 0);
	assert_int_equal(read_text(&t, "pool/file", "text"), 0);
	assert_int_equal(read_text(&t, "inside", "text"), 0);
	assert_int_equal(read_text(&t, "pool/top/inside", "text"), 0);
	assert_int_equal(read_text(&t, "pool/up", ""), -EXDEV);
	assert_int_equal(read_text(&t, "absolute", ""), -EXDEV);
	assert_int_equal(tree_stat(&t, "out/secret", &st), -EXDEV);
	assert_int_equal(tree_stat(&t, "../secret", &st), -EXDEV);
	assert_int_equal(tree_stat(&t, "dangling", &st), -ENOENT);
	assert_int_equal(tree_stat(&t, "loop", &st), -ELOOP);
	assert_int_equal(tree_open_file(&t, "pool"), -EINVAL);
	assert_int_equal(tree_open_file(&t, "pipe"), -EINVAL);
	assert_int_equal(tree_stat(&t, "inside", &st), 0);
	assert_int_equal(st.st_size, 4);
	tree_close(&t);
}

static void test_laid_over(void **state)
{
	static const char *const gone[] = {"gone", "old/gone"};
	struct tree t;
	struct stat st;
	(void)state;

	folder_write("over/changed", "new");
	folder_write("below/changed", "old");
	folder_write("below/kept", "kept");
	folder_write("below/gone", "gone");
	folder_write("below/old/gone", "gone");
	assert_int_equal(tree_open("over", "nothing", &t), -ENOENT);
	assert_int_equal(tree_open("over", "below", &t), 0);
	t.gone = gone;
	t.n_gone = 2;
	assert_int_equal(read_text(&t, "changed", "new"), 0);
	assert_int_equal(read_text(&t, "kept", "kept"), 0);
	assert_int_equal(tree_stat(&t, "gone", &st), -ENOENT);
	assert_int_equal(tree_stat(&t, "old/gone", &st), -ENOENT);
	tree_close(&t);
}

static void test_read_limit(void **state)
{
	struct tree t;
	struct buf b;
	(void)state;

	folder_write("t/file", "12345");
	assert_int_equal(tree_open("t", NULL, &t), 0);
	buf_init(&b, 4);
	assert_int_equal(tree_read(&t, "file", &b), -ENOBUFS);
	assert_int_equal(b.len, 0);
	buf_done(&b);
	tree_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path_is_safe),
		cmocka_unit_test_setup_teardown(test_links, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_laid_over, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_read_limit, folder_setup, folder_teardown),
	};
	return cmocka_run_group_tests_name("mirror/tree", tests, NULL, NULL);
}
