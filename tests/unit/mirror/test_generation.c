/* Generations: made, published, rolled back, removed; and killed at any moment, none is ever half there. */
/* SPDX-License-Identifier: MIT */
#include "mirror/generation.h"

#include "folder.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

enum {
	KEEP = 3,
	KILLS = 60,
	FILES = 300,
};

static void test_due(void **state)
{
	static const struct {
		uint64_t all[6], current;
		size_t keep;
		uint64_t due[6];
	} cases[] = {
		{{1, 2, 3}, 3, 3, {0}},
		{{1, 2, 3, 4, 5}, 5, 3, {1, 2}},
		{{1, 2, 3, 4, 5}, 1, 3, {2}}, /* rolled back: what is published stays */
		{{1, 2, 3}, 3, 0, {1, 2}},
		{{1, 2, 3}, 0, 0, {1, 2, 3}},
		{{0}, 0, 1, {0}},
		{{7}, 7, 1, {0}},
	};
	uint64_t due[GENERATIONS_MAX];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t n = 0, n_due = 0;
		while (cases[i].all[n] != 0)
			n++;
		while (cases[i].due[n_due] != 0)
			n_due++;
		assert_int_equal(generation_due(cases[i].all, n, cases[i].current, cases[i].keep, due), n_due);
		for (size_t k = 0; k < n_due; k++)
			assert_int_equal(due[k], cases[i].due[k]);
	}
}

static int open_here(void)
{
	int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

/** Make one of what work has, and publish it. Return: its number. */
static uint64_t make_and_publish(int fd, struct farm_counts *counts)
{
	uint64_t n;

	assert_int_equal(generation_fill(fd, KEEP, NULL, counts), 0);
	assert_int_equal(generation_number(fd, &n), 0);
	assert_int_equal(generation_publish(fd, n), 0);
	assert_int_equal(generation_remove_old(fd, KEEP), 0);
	return n;
}

static bool leads(int fd, const char *name, uint64_t n)
{
	char target[GENERATION_PATH_MAX] = "", path[GENERATION_PATH_MAX];

	return readlinkat(fd, name, target, sizeof(target) - 1) > 0 && strcmp(target, generation_path(n, path)) == 0;
}

static void test_life(void **state)
{
	struct farm_counts counts;
	uint64_t all[GENERATIONS_MAX], n;
	int fd;
	(void)state;

	fd = open_here();
	assert_int_equal(generation_current(fd, &n), -ENOENT);
	assert_int_equal(generation_list(fd, all), 0);
	assert_int_equal(generation_fill(fd, KEEP, NULL, &counts), -ENOENT); /* no work */
	assert_int_equal(generation_remove_old(fd, KEEP), 0);
	folder_write("work/same", "same");
	for (uint64_t i = 1; i <= 5; i++) {
		char text[2] = {(char)('0' + i)};
		folder_write("work/index", text);
		assert_int_equal(make_and_publish(fd, &counts), i);
		assert_true(folder_has("current/index", text));
		assert_true(folder_has("current/same", "same"));
		assert_int_equal(counts.kept, i > KEEP); /* made of the oldest */
		assert_int_equal(counts.linked, i > KEEP ? 1 : 2);
	}
	assert_int_equal(generation_list(fd, all), KEEP);
	assert_int_equal(all[0], 3);
	assert_true(folder_has("generations/4/index", "4"));

	assert_int_equal(generation_publish(fd, 2), -ENOENT);
	assert_true(leads(fd, "before-1", 4));
	assert_true(leads(fd, "before-2", 3));
	assert_int_equal(generation_publish(fd, 3), 0); /* rolled back */
	assert_true(leads(fd, "before-1", 5));
	assert_true(leads(fd, "before-2", 4));
	assert_true(folder_has("current/index", "3"));
	assert_int_equal(generation_current(fd, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(generation_fill(fd, KEEP, NULL, &counts), 0);
	assert_int_equal(generation_number(fd, &n), 0);
	assert_int_equal(n, 6);
	assert_true(folder_has("current/index", "3"));
	assert_int_equal(generation_remove_old(fd, 1), 0);
	assert_int_equal(generation_list(fd, all), 2); /* the newest, and what is published */
	(void)close(fd);
}

/** What is not ours in these folders is left alone. */
static void test_strangers(void **state)
{
	struct farm_counts counts;
	uint64_t all[GENERATIONS_MAX], n;
	int fd;
	(void)state;

	fd = open_here();
	folder_write("work/x", "x");
	folder_run("mkdir -p generations/0 generations/01 generations/backup generations/99999999999999999999");
	assert_int_equal(make_and_publish(fd, &counts), 1);
	assert_int_equal(generation_list(fd, all), 1);
	folder_run("rm current && ln -s /etc current");
	assert_int_equal(generation_current(fd, &n), -EINVAL);
	assert_int_equal(generation_fill(fd, KEEP, NULL, &counts), -EINVAL);
	folder_run("rm current && mkdir current");
	assert_int_equal(generation_current(fd, &n), -EINVAL);
	(void)close(fd);
}

/** All files of work say the same number, then a generation is made of it; for ever. */
static void publish_for_ever(int fd)
{
	struct farm_counts counts;
	char path[32], text[16];
	uint64_t n = 0;

	for (unsigned round = 0;; round++) {
		(void)snprintf(text, sizeof(text), "%u", round);
		for (unsigned i = 0; i < FILES; i += 1 + round % 7) {
			(void)snprintf(path, sizeof(path), "work/%u/%u", i % 10, i);
			folder_write(path, text);
		}
		if (generation_fill(fd, KEEP, NULL, &counts) < 0 || generation_number(fd, &n) < 0 ||
		    generation_publish(fd, n) < 0 || generation_remove_old(fd, KEEP) < 0)
			_exit(1);
	}
}

static void test_killed(void **state)
{
	char command[256];
	uint64_t n, last = 0;
	int fd, status;
	(void)state;

	fd = open_here();
	for (unsigned i = 0; i < KILLS || (last <= 2 && i < 20 * KILLS); i++) { /* more where the machine is slow */
		pid_t pid = fork();
		if (pid == 0)
			publish_for_ever(fd);
		(void)usleep(1000 + i * 2711 % 40000 + i / KILLS * 20000);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status)); /* it had not failed before */
		int rc = generation_current(fd, &n);
		if (rc == -ENOENT && last == 0)
			continue;
		assert_int_equal(rc, 0);
		assert_true(n >= last); /* never back */
		last = n;
		(void)snprintf(command, sizeof(command), "test $(find current/ -type f | wc -l) = %d", FILES);
		folder_run(command);
	}
	assert_true(last > 2);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_due),
		cmocka_unit_test_setup_teardown(test_life, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_strangers, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_killed, folder_setup, folder_teardown),
	};
	return cmocka_run_group_tests_name("mirror/generation", tests, NULL, NULL);
}
