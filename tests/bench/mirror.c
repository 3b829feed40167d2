/*
 * What publishing a mirror costs: mirror verify FOLDER verifies a Debian archive, mirror check FOLDER what a tree
 * of any kind must not have, mirror publish FOLDER makes and publishes a generation of FOLDER/work, mirror switch
 * FOLDER publishes another one of those that are there. Prints a line of JSON with processor or clock time, in seconds.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/generation.h"
#include "mirror/sanity.h"
#include "mirror/verify.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { KEEP = 3 };

static double seconds(clockid_t clock)
{
	struct timespec at;

	(void)clock_gettime(clock, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static int verify(const char *folder)
{
	struct tree t;
	struct verify v = {.tree = &t};

	if (tree_open(folder, NULL, &t) < 0)
		return 1;
	double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), clock = seconds(CLOCK_MONOTONIC);
	int rc = verify_tree(&v, TREE_DEBIAN);
	(void)printf("{\"files\": %" PRIu64 ", \"found\": %zu, \"cpu_s\": %.3f, \"clock_s\": %.3f}\n", v.n_files,
	             findings_count(&v.findings), seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
	             seconds(CLOCK_MONOTONIC) - clock);
	verify_done(&v);
	tree_close(&t);
	return rc < 0;
}

static int check(const char *folder)
{
	struct findings f = {.n_told = 0};
	struct sanity_counts counts = {.files = 0};
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	int rc = fd < 0 ? -1 : sanity_check(fd, NULL, &f, NULL, &counts);

	(void)printf("{\"files\": %" PRIu64 ", \"cpu_s\": %.3f}\n", counts.files,
	             seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	findings_done(&f);
	(void)close(fd);
	return rc < 0;
}

static int publish(const char *folder)
{
	struct farm_counts counts;
	uint64_t n;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);

	if (fd < 0 || generation_fill(fd, KEEP, NULL, &counts) < 0 || generation_number(fd, &n) < 0)
		return 1;
	int rc = generation_publish(fd, n);
	(void)printf("{\"linked\": %" PRIu64 ", \"kept\": %" PRIu64 ", \"cpu_s\": %.3f}\n", counts.linked, counts.kept,
	             seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	(void)close(fd);
	return rc < 0;
}

static int switch_over(const char *folder)
{
	uint64_t all[GENERATIONS_MAX] = {0}, current;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || generation_list(fd, all) < 2 || generation_current(fd, &current) < 0)
		return 1;
	double clock = seconds(CLOCK_MONOTONIC);
	int rc = generation_publish(fd, current == all[0] ? all[1] : all[0]);
	(void)printf("{\"clock_s\": %.5f}\n", seconds(CLOCK_MONOTONIC) - clock);
	(void)close(fd);
	return rc < 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "verify") == 0)
		return verify(argv[2]);
	if (argc == 3 && strcmp(argv[1], "check") == 0)
		return check(argv[2]);
	if (argc == 3 && strcmp(argv[1], "publish") == 0)
		return publish(argv[2]);
	if (argc == 3 && strcmp(argv[1], "switch") == 0)
		return switch_over(argv[2]);
	(void)fprintf(stderr, "mirror verify, check, publish or switch FOLDER\n");
	return 2;
}
