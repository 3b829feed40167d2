/* Our command lines, carried out by a real rsync with a real rsync daemon that has all that an upstream may have. */
/* SPDX-License-Identifier: MIT */
#include "mirror/rsync.h"

#include "mirror/listing.h"

#include "rsyncd.h"

static struct rsyncd up;

/** Return: the exit status; what it printed is in out.txt. */
static int run(struct command c)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (freopen(rsyncd_path(&up, "out.txt"), "w", stdout) != NULL &&
		    freopen(rsyncd_path(&up, "err.txt"), "w", stderr) != NULL && setenv("LC_ALL", "C", 1) == 0)
			(void)execvp(c.argv[0], c.argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	command_free(&c);
	assert_null(c.argv);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static struct rsync_job job(void)
{
	static char to[RSYNCD_PATH_MAX], names[RSYNCD_PATH_MAX];

	(void)snprintf(to, sizeof(to), "%s", rsyncd_path(&up, "work"));
	(void)snprintf(names, sizeof(names), "%s", rsyncd_path(&up, "coming"));
	return (struct rsync_job){.from = RSYNCD_URL, .to = to, .silence_s = 20, .names = names};
}

static struct listing list(const struct rsync_job *j)
{
	struct listing l;
	struct listing_files files = {.from = rsyncd_path(&up, "out.txt"),
	                              .coming = rsyncd_path(&up, "coming"),
	                              .going = rsyncd_path(&up, "going")};

	assert_int_equal(run(rsync_list(j)), 0);
	assert_int_equal(listing_read(&files, &l), 0);
	return l;
}

static int setup(void **state)
{
	(void)state;
	rsyncd_shell(&up, "rm -rf up work && mkdir up work up/dists up/pool");
	rsyncd_write(&up, "up/dists/Release", "one");
	rsyncd_write(&up, "up/pool/a", "a");
	return 0;
}

static void test_list_and_fetch(void **state)
{
	(void)state;
	struct rsync_job j = job();

	struct listing l = list(&j);
	assert_int_equal(l.n_listed, 2);
	assert_int_equal(l.n_files_new, 2);
	assert_int_equal(l.n_coming, 4);
	assert_int_equal(l.fetch_bytes, 4);
	assert_int_equal(listing_n_published(&l), 0);
	assert_false(rsyncd_exists(&up, "work/dists")); /* nothing but looked at */
	assert_int_equal(run(rsync_fetch(&j)), 0);
	assert_true(rsyncd_has(&up, "work/dists/Release", "one"));
	assert_true(rsyncd_has(&up, "work/pool/a", "a"));
	l = list(&j);
	assert_int_equal(l.n_coming + l.n_going, 0); /* and again it says that nothing is new */
	assert_int_equal(listing_n_published(&l), 2);
	assert_true(l.is_whole);
}

static void test_only_what_was_listed_is_fetched(void **state)
{
	(void)state;
	struct rsync_job j = job();

	(void)list(&j);
	rsyncd_write(&up, "up/pool/b", "came in between");
	assert_int_equal(run(rsync_fetch(&j)), 0);
	assert_false(rsyncd_exists(&up, "work/pool/b"));

	(void)list(&j);
	rsyncd_shell(&up, "rm up/pool/b");
	assert_int_equal(run(rsync_fetch(&j)), 23); /* and who vanished is noticed */
}

static void test_nothing_is_deleted_by_a_fetch(void **state)
{
	(void)state;
	struct rsync_job j = job();

	rsyncd_shell(&up, "mkdir -p work/old && echo x >work/old/file");
	struct listing l = list(&j);
	assert_int_equal(l.n_going, 2);
	assert_int_equal(l.n_files_going, 1);
	assert_int_equal(listing_n_published(&l), 1);
	assert_int_equal(run(rsync_fetch(&j)), 0);
	assert_true(rsyncd_exists(&up, "work/old/file"));
	assert_true(rsyncd_has(&up, "going", "old/file"));
}

static void test_hostile_tree(void **state)
{
	(void)state;
	struct rsync_job j = job();
	struct stat st;

	rsyncd_shell(&up, "cd up && ln -s /etc/passwd absolute && ln -s ../../etc/passwd outside && mkfifo fifo &&"
	                  " ln -s pool/a inside && chmod 6777 pool/a && chmod 1777 pool &&"
	                  " printf x >'new\nline' && printf x >'|>f+++++++++|1|..' && printf x >'back\\#012' &&"
	                  " printf x >-rf && printf x >' a -> b ' && printf x >'#c' && printf x >';d' &&"
	                  " mkdir -p becomes/file && printf x >becomes/file/x && ln pool/a pool/hard");
	(void)list(&j);
	assert_int_equal(run(rsync_fetch(&j)), 0);
	assert_false(rsyncd_exists(&up, "work/absolute"));
	assert_false(rsyncd_exists(&up, "work/outside"));
	assert_false(rsyncd_exists(&up, "work/fifo"));
	assert_true(rsyncd_exists(&up, "work/inside"));
	assert_int_equal(stat(rsyncd_path(&up, "work/pool/a"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(st.st_nlink, 2); /* with pool/hard */
	assert_int_equal(stat(rsyncd_path(&up, "work/pool"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	static const char *const names[] = {"work/new\nline", "work/|>f+++++++++|1|..", "work/back\\#012", "work/-rf",
	                                    "work/ a -> b ", "work/#c", "work/;d"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_true(rsyncd_has(&up, names[i], "x"));
	struct listing l = list(&j);
	assert_int_equal(l.n_coming + l.n_going, 0);

	rsyncd_shell(&up, "rm -r up/becomes && printf y >up/becomes && rm 'up/-rf' && mkdir 'up/-rf'");
	(void)list(&j);
	assert_int_equal(run(rsync_fetch(&j)), 0);
	assert_true(rsyncd_has(&up, "work/becomes", "y"));
	assert_int_equal(stat(rsyncd_path(&up, "work/-rf"), &st), 0);
	assert_true(S_ISDIR(st.st_mode));
}

static void test_exclusions(void **state)
{
	(void)state;
	static const char *const exclude[] = {"/pool", "+ x", "*.iso"};
	struct rsync_job j = job();

	rsyncd_write(&up, "up/dists/a.iso", "iso");
	rsyncd_shell(&up, "mkdir work/pool && echo mine >work/pool/trace");
	j.exclude = exclude;
	j.n_exclude = 3;
	struct listing l = list(&j);
	assert_int_equal(l.n_listed, 1);
	assert_int_equal(l.n_going, 0); /* what is left out here is not taken away either */
	assert_int_equal(run(rsync_fetch(&j)), 0);
	assert_true(rsyncd_exists(&up, "work/dists/Release"));
	assert_false(rsyncd_exists(&up, "work/dists/a.iso"));
}

static void test_links_of_other_generations_stay_as_they_are(void **state)
{
	(void)state;
	struct rsync_job j = job();

	(void)list(&j);
	assert_int_equal(run(rsync_fetch(&j)), 0);
	rsyncd_shell(&up, "rm -rf published && cp -al work published");
	rsyncd_shell(&up, "printf three >up/dists/Release && printf A >up/pool/a && touch -d 2000-01-01 up/pool/a");
	(void)list(&j);
	assert_int_equal(run(rsync_fetch(&j)), 0);
	assert_true(rsyncd_has(&up, "work/dists/Release", "three"));
	assert_true(rsyncd_has(&up, "work/pool/a", "A"));
	assert_true(rsyncd_has(&up, "published/dists/Release", "one"));
	assert_true(rsyncd_has(&up, "published/pool/a", "a"));
}

static void test_probe(void **state)
{
	(void)state;
	struct rsync_job j = job();

	rsyncd_write(&up, "probe", "two"); /* of the same size and, perhaps, time */
	j.from = RSYNCD_URL "dists/Release";
	j.to = rsyncd_path(&up, "probe");
	assert_int_equal(run(rsync_probe(&j)), 0);
	assert_true(rsyncd_has(&up, "probe", "one"));
	j.from = RSYNCD_URL "nothing";
	assert_int_equal(run(rsync_probe(&j)), 23);
}

static void test_upstream_that_is_not_there(void **state)
{
	(void)state;
	struct rsync_job j = job();

	j.from = "rsync://127.0.0.1:8730/other/";
	assert_int_equal(run(rsync_list(&j)), 5);
	j.from = "rsync://127.0.0.1:8731/m/";
	assert_int_equal(run(rsync_list(&j)), 10);
	j.from = RSYNCD_URL "nothing/";
	assert_int_equal(run(rsync_list(&j)), 23);
	struct listing l;
	assert_true(listing_read(&(struct listing_files){.from = rsyncd_path(&up, "out.txt")}, &l) < 0 ||
	            l.n_listed == 0);
}

static void test_limits(void **state)
{
	(void)state;
	struct rsync_job j = job();
	bool is_limited = false;

	j.bandwidth_mbps = 80;
	struct command c = rsync_fetch(&j);
	for (size_t i = 0; i < c.n; i++)
		is_limited = is_limited || strcmp(c.argv[i], "--bwlimit=9765") == 0;
	assert_true(is_limited);
	assert_null(c.argv[c.n]);
	command_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_list_and_fetch, setup),
		cmocka_unit_test_setup(test_only_what_was_listed_is_fetched, setup),
		cmocka_unit_test_setup(test_nothing_is_deleted_by_a_fetch, setup),
		cmocka_unit_test_setup(test_hostile_tree, setup),
		cmocka_unit_test_setup(test_exclusions, setup),
		cmocka_unit_test_setup(test_links_of_other_generations_stay_as_they_are, setup),
		cmocka_unit_test_setup(test_probe, setup),
		cmocka_unit_test_setup(test_upstream_that_is_not_there, setup),
		cmocka_unit_test_setup(test_limits, setup),
	};

	rsyncd_start(&up);
	int rc = cmocka_run_group_tests_name("mirror/rsync", tests, NULL, NULL);
	rsyncd_stop(&up);
	return rc;
}
