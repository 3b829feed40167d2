/* SPDX-License-Identifier: MIT */
#include "mirror/stages.h"

#include "base/log.h"
#include "base/mem.h"
#include "mirror/debian_trace.h"
#include "mirror/generation.h"
#include "mirror/two_stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CURRENT "current"
#define WAITING ".current.new"

static bool has_tree(const struct runner_job *job)
{
	return job->mode == RUN_TWO_STAGE && workplace_has_tree(job->place);
}

int stages_open(const struct runner_job *job, struct tree *ret, struct names *gone)
{
	const struct workplace *w = job->place;
	bool is_over = has_tree(job);
	struct names names = {.n = 0};
	int rc = is_over ? names_read(w->paths[WORKPLACE_GOING], &names) : 0;

	if (rc == 0)
		rc = tree_open(w->paths[WORKPLACE_WORK], is_over ? w->paths[WORKPLACE_TREE] : NULL, ret);
	if (rc < 0) {
		names_done(&names);
		return rc;
	}
	ret->gone = names.all;
	ret->n_gone = names.n;
	*gone = names;
	return 0;
}

/** The project has no tree yet. */
static int begin_tree(int fd)
{
	int rc = farm_remove(fd, GENERATION_TREE); /* of one that was cut off, and was not published yet */

	if (rc == 0 && syncfs(fd) < 0) /* a power failure must not leave its names without its bytes */
		rc = -errno;
	if (rc == 0 && renameat(fd, GENERATION_WORK, fd, GENERATION_TREE) < 0)
		rc = -errno;
	if (rc < 0)
		return rc;
	(void)unlinkat(fd, WAITING, 0); /* of one that was cut off */
	if (symlinkat(GENERATION_TREE, fd, WAITING) < 0 || renameat(fd, WAITING, fd, CURRENT) < 0)
		return -errno;
	return fsync(fd) < 0 ? -errno : 0;
}

static int put_marker(int tree, const char *host)
{
	char name[DEBIAN_MARKER_MAX];

	return tree_put(tree, debian_marker(host, name), "", 0);
}

/** What is to be put into its place: all that has come, but for markers of others. Return: how many. */
static size_t find_changes(const struct names *coming, int tree, enum tree_kind kind, struct two_stage_change *ret)
{
	struct stat st;
	size_t n = 0;

	for (size_t i = 0; i < coming->n; i++) {
		const char *path = coming->all[i];
		if (kind == TREE_DEBIAN && debian_is_foreign_marker(path, ""))
			continue;
		ret[n++] = (struct two_stage_change){
			.path = (char *)path,
			.is_new = fstatat(tree, path, &st, AT_SYMLINK_NOFOLLOW) < 0,
			.rank = two_stage_rank(kind, path),
		};
	}
	return n;
}

static int apply(const struct runner_job *job, int work, int tree, enum tree_kind kind)
{
	struct names coming;
	size_t at = 0;
	int rc = names_read(job->place->paths[WORKPLACE_COMING], &coming);

	if (rc < 0)
		return rc;
	struct two_stage_change *changes = mem_new((coming.n + 1) * sizeof(*changes));
	struct two_stage_job all = {.changes = changes, .is_cancelled = job->is_cancelled};
	all.n = find_changes(&coming, tree, kind, changes);
	two_stage_sort(changes, all.n);
	rc = two_stage_apply(work, tree, &all, &at);
	if (rc < 0 && at < all.n)
		log_warn("mirror: %s: %s: %s", job->project->name, changes[at].path, strerror(-rc));
	free(changes);
	names_done(&coming);
	return rc;
}

int stages_publish(const struct runner_job *job, int fd, const char *host, enum tree_kind kind)
{
	if (!has_tree(job))
		return begin_tree(fd);
	int work = openat(fd, GENERATION_WORK, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (work < 0)
		return -errno;
	int tree = openat(fd, GENERATION_TREE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = tree < 0 ? -errno : 0;
	if (rc == 0 && kind == TREE_DEBIAN)
		rc = put_marker(tree, host);
	if (rc == 0)
		rc = apply(job, work, tree, kind);
	if (tree >= 0)
		(void)close(tree);
	(void)close(work);
	return rc;
}
