/* Landlock through its raw system calls: one rule set, one rule per path. */
/* SPDX-License-Identifier: MIT */
#include "sys/landlock.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t writing =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_REFER |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_MAKE_SOCK;

/* What means something for a path that is not a directory; the kernel refuses the others there. */
static const uint64_t of_a_file = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                  LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_EXECUTE;

/* What each version of the interface added; an older kernel must not be asked for more. */
static const struct landlock_ruleset_attr abi_rights[] = {
	[1] = {.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1}, /* all up to this one */
	[2] = {.handled_access_fs = LANDLOCK_ACCESS_FS_REFER},
	[3] = {.handled_access_fs = LANDLOCK_ACCESS_FS_TRUNCATE},
	[4] = {.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP},
	[5] = {.handled_access_fs = LANDLOCK_ACCESS_FS_IOCTL_DEV},
	[6] = {.scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL},
};

static struct landlock_ruleset_attr rights_to_take(const struct sandbox *s, long abi)
{
	struct landlock_ruleset_attr attr = {0};

	for (size_t i = 1; i <= (size_t)abi && i < sizeof(abi_rights) / sizeof(abi_rights[0]); i++) {
		attr.handled_access_fs |= abi_rights[i].handled_access_fs;
		attr.handled_access_net |= abi_rights[i].handled_access_net;
		attr.scoped |= abi_rights[i].scoped;
	}
	if (s->network)
		attr.handled_access_net = 0;
	return attr;
}

/* Give back @rights for @path and all below it. */
static int allow_path(int ruleset_fd, const char *path, uint64_t rights)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;
	int rc = 0;

	if (fd < 0 || fstat(fd, &st) < 0) {
		rc = -errno;
		goto out;
	}
	struct landlock_path_beneath_attr rule = {
		.allowed_access = S_ISDIR(st.st_mode) ? rights : rights & of_a_file,
		.parent_fd = fd,
	};
	if (syscall(SYS_landlock_add_rule, ruleset_fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		rc = -errno;
out:
	if (rc < 0)
		log_error("sandbox: %s: %s", path, strerror(-rc));
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static int allow_paths(int ruleset_fd, const char *const *paths, uint64_t rights)
{
	int rc = 0;

	for (; rc == 0 && paths != NULL && *paths != NULL; paths++)
		rc = allow_path(ruleset_fd, *paths, rights);
	return rc;
}

int landlock_apply(const struct sandbox *s)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 0) {
		log_warn("sandbox: no Landlock (%s): file permissions alone guard the files",
		         strerror(errno));
		return 0;
	}

	struct landlock_ruleset_attr attr = rights_to_take(s, abi);
	uint64_t read_rights = reading | (s->processes ? LANDLOCK_ACCESS_FS_EXECUTE : 0);
	uint64_t write_rights = (reading | writing) & attr.handled_access_fs;
	int ruleset_fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset_fd < 0) {
		int rc = -errno;
		log_error("sandbox: cannot make a Landlock rule set: %s", strerror(-rc));
		return rc;
	}

	int rc = allow_paths(ruleset_fd, s->read_paths, read_rights);
	if (rc == 0)
		rc = allow_paths(ruleset_fd, s->write_paths, write_rights);
	if (rc == 0 && syscall(SYS_landlock_restrict_self, ruleset_fd, 0) < 0) {
		rc = -errno;
		log_error("sandbox: cannot apply Landlock: %s", strerror(-rc));
	}
	(void)close(ruleset_fd);
	return rc;
}
