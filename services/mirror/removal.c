/* SPDX-License-Identifier: MIT */
#include "mirror/removal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/** Open a folder below @tree_fd without following a link on the way. Return: a descriptor or a negative errno. */
static int open_below(int tree_fd, const char *folder)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, tree_fd, folder, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/** Whether the answer is what can be when all is well. */
static bool is_passed_over(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENOTEMPTY || error == EEXIST;
}

/** Return: 1 when it went, 0 when it is passed over, or a negative errno. */
static int remove_in(int folder_fd, const char *name)
{
	if (unlinkat(folder_fd, name, 0) == 0)
		return 1;
	if (errno == EISDIR && unlinkat(folder_fd, name, AT_REMOVEDIR) == 0)
		return 1;
	return is_passed_over(errno) ? 0 : -errno;
}

/** Return: as remove_in(). */
static int remove_one(int tree_fd, char *name)
{
	char *slash = strrchr(name, '/');
	const char *folder = slash == NULL ? "." : name, *base = slash == NULL ? name : slash + 1;

	if (slash != NULL)
		*slash = '\0';
	if (*folder == '\0' || *base == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		return -EBADMSG;
	int fd = open_below(tree_fd, folder);
	if (fd == -EXDEV) /* it leads out */
		return -EBADMSG;
	if (fd < 0)
		return is_passed_over(-fd) ? 0 : fd;
	int rc = remove_in(fd, base);
	(void)close(fd);
	return rc;
}

/** Read up to the next NUL. Return: 1; 0 at the end; -EBADMSG when a name is too long or cut off; -EIO. */
static int read_name(FILE *file, char name[PATH_MAX])
{
	size_t len = 0;
	int c;

	while ((c = getc_unlocked(file)) != EOF) {
		name[len++] = (char)c;
		if (c == '\0')
			return 1;
		if (len == PATH_MAX)
			return -EBADMSG;
	}
	if (ferror(file) != 0)
		return -EIO;
	return len == 0 ? 0 : -EBADMSG;
}

static int remove_all(int tree_fd, FILE *names, uint64_t *ret_n)
{
	char name[PATH_MAX];
	uint64_t n = 0;
	int rc;

	while ((rc = read_name(names, name)) > 0) {
		rc = remove_one(tree_fd, name);
		if (rc < 0)
			return rc;
		n += (unsigned)rc;
	}
	*ret_n = n;
	return rc;
}

int removal_run(const char *tree, const char *names, uint64_t *ret_n)
{
	int rc = 0, tree_fd = open(tree, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (tree_fd < 0)
		return -errno;
	FILE *file = fopen(names, "re");
	if (file == NULL) {
		rc = -errno;
	} else {
		rc = remove_all(tree_fd, file, ret_n);
		(void)fclose(file);
	}
	(void)close(tree_fd);
	return rc;
}
