/* The sandbox: no new privileges, then files, then system calls. */
/* SPDX-License-Identifier: MIT */
#include "sys/sandbox.h"

#include "base/log.h"
#include "sys/landlock.h"
#include "sys/syscalls.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

int sandbox_apply(const struct sandbox *s)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		int rc = -errno;
		log_error("sandbox: cannot give up new privileges: %s", strerror(-rc));
		return rc;
	}

	int rc = landlock_apply(s); /* its own calls are not on the list that comes after it */
	return rc < 0 ? rc : syscalls_restrict(s);
}
