/* SPDX-License-Identifier: MIT */
#include "mirror/sanity.h"

#include "mirror/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
	READABLE = 0444,
	SEARCHABLE = 0555,
	POWERS = S_ISUID | S_ISGID | S_ISVTX,
};

struct check {
	int top;
	struct findings *findings;
	struct large_search *large;
	struct sanity_counts counts;
};

/** Where the link leads to, as the kernel sees it: its parts may be links too. */
static void check_link(struct check *c, const char *path)
{
	int fd = tree_open_below(c->top, path, O_PATH);

	c->counts.links++;
	if (fd >= 0)
		(void)close(fd);
	else if (fd == -EXDEV || fd == -ELOOP)
		findings_add(c->findings, FINDING_UNSAFE, path, "is a link out of the tree, or to itself");
	else if (fd != -ENOENT && fd != -ENOTDIR) /* a link to nothing harms nobody */
		findings_add(c->findings, FINDING_UNREADABLE, path, "%s", strerror(-fd));
}

static void check_mode(struct check *c, const char *path, mode_t mode, mode_t needed)
{
	if ((mode & POWERS) != 0 && !S_ISDIR(mode))
		findings_add(c->findings, FINDING_UNSAFE, path, "gives rights to who runs it: mode %04o",
		             mode & 07777U);
	if ((mode & needed) != needed)
		findings_add(c->findings, FINDING_UNREADABLE, path, "may not be read by everyone: mode %04o",
		             mode & 07777U);
}

static int on_entry(void *data, const char *path, const struct stat *st, int rc)
{
	struct check *c = data;

	if (rc == -ENAMETOOLONG) {
		findings_add(c->findings, FINDING_UNSAFE, path, "has something too deep within it");
	} else if (rc < 0) {
		findings_add(c->findings, FINDING_UNREADABLE, path, "%s", strerror(-rc));
	} else if (S_ISDIR(st->st_mode)) {
		check_mode(c, path, st->st_mode, SEARCHABLE);
		c->counts.folders++;
	} else if (S_ISREG(st->st_mode)) {
		check_mode(c, path, st->st_mode, READABLE);
		c->counts.files++;
		c->counts.bytes += (uint64_t)st->st_size;
		if (c->large != NULL)
			large_note(c->large, path, st);
	} else if (S_ISLNK(st->st_mode)) {
		check_link(c, path);
	} else {
		findings_add(c->findings, FINDING_UNSAFE, path, "is a device, a socket or a pipe");
	}
	return 0;
}

int sanity_check(int fd, const atomic_bool *is_cancelled, struct findings *f, struct large_search *large,
                 struct sanity_counts *ret)
{
	struct check c = {.top = fd, .findings = f, .large = large};
	size_t n_before = findings_count(f);
	int rc = walk_folder(fd, &(struct walk){is_cancelled, on_entry, &c});

	*ret = c.counts;
	if (large != NULL)
		large->is_over = rc == 0;
	if (rc < 0)
		return rc;
	return findings_count(f) > n_before ? -EBADMSG : 0;
}
