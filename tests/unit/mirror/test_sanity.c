/* Sanity: what is in a tree that must not be served, and what only looks strange. */
/* SPDX-License-Identifier: MIT */
#include "mirror/sanity.h"

#include "folder.h"

#include <errno.h>
#include <sys/sysmacros.h>

static struct sanity_counts counts;

static int check(struct findings *f)
{
	int fd = open("t", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	int rc = sanity_check(fd, NULL, f, NULL, &counts);
	(void)close(fd);
	return rc;
}

static void test_cases(void **state)
{
	static const struct {
		const char *command, *found; /* NULL: nothing is wrong */
	} cases[] = {
		{"true", NULL},
		{"printf x >'new\nline' && printf x >'\"quoted\" & <tag>' && printf x >$(printf 'latin\\351')", NULL},
		{"ln -s file link && ln -s nothing dangling && ln -s ../a/link b/up && ln -s . here", NULL},
		{"ln -s ../../t2 b/out", "b/out: is a link out of the tree"},
		{"ln -s /etc/passwd 'x\ny'", "x\\012y: is a link out of the tree"},
		{"ln -s /proc/self/root magic", "magic: is a link out of the tree"},
		{"mkdir b/d && ln -s ../.. b/d/top && ln -s b/d/top/.. winding",
	         "winding: is a link out of the tree"},
		{"ln -s self self", "self: is a link out of the tree, or to itself"},
		{"mkfifo pipe", "pipe: is a device, a socket or a pipe"},
		{"chmod u+s file", "file: gives rights to who runs it: mode 4644"},
		{"chmod 2644 b/file", "b/file: gives rights to who runs it: mode 2644"},
		{"chmod g+s b", NULL}, /* of a folder it says whose new files are */
		{"chmod 600 file", "file: may not be read by everyone: mode 0600"},
		{"chmod 700 b", "b: may not be read by everyone: mode 0700"},
		{"d=.; for i in $(seq 70); do d=$d/d; done; mkdir -p $d", "d: has something too deep within it"},
		{"n=$(head -c 250 /dev/zero | tr '\\0' n); mkdir -p $n/$n/$n/$n && touch $n/$n/$n/$n/$n",
	         "n: has something too deep within it"},
	};
	char command[1024];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct findings f = {0};
		(void)snprintf(command, sizeof(command),
		               "umask 022 && rm -rf t && mkdir -p t/a t/b && cd t && echo 1 >file && "
		               "echo 22 >b/file && %s",
		               cases[i].command);
		folder_run(command);
		int rc = check(&f);
		if (findings_count(&f) != (cases[i].found != NULL) || rc != (cases[i].found != NULL ? -EBADMSG : 0))
			fail_msg("%s: %s", cases[i].command, f.n_told > 0 ? f.told[0] : "nothing found");
		if (cases[i].found != NULL && strstr(f.told[0], cases[i].found) == NULL)
			fail_msg("%s: %s", cases[i].command, f.told[0]);
		findings_done(&f);
	}
}

static void test_counts(void **state)
{
	struct findings f = {0};
	atomic_bool is_cancelled = true;
	(void)state;

	folder_run("mkdir -p t/many && cd t/many && seq 100000 | xargs touch && printf abc >3 && ln -s 3 link");
	assert_int_equal(check(&f), 0);
	assert_int_equal(counts.files, 100000);
	assert_int_equal(counts.links, 1);
	assert_int_equal(counts.folders, 1);
	assert_int_equal(counts.bytes, 3);
	int fd = open("t", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(sanity_check(fd, &is_cancelled, &f, NULL, &counts), -ECANCELED);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_cases, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_counts, folder_setup, folder_teardown),
	};
	return cmocka_run_group_tests_name("mirror/sanity", tests, NULL, NULL);
}
