/* Try one thing in a child process that has given up something first. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_SANDBOXED_H
#define FONTAINE_TESTS_SANDBOXED_H

#include "sys/sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	SANDBOXED_NOT_APPLIED = 200,
	SANDBOXED_TIME_LIMIT_S = 20,
};

/**
 * Fork, call @apply(@s), then @attempt(@arg), which returns 0 or an errno.
 * Return: what it returned, or minus the signal that ended the child.
 */
static inline int sandboxed(int (*apply)(const struct sandbox *s), const struct sandbox *s,
                            int (*attempt)(const void *arg), const void *arg)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		(void)alarm(SANDBOXED_TIME_LIMIT_S);
		(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
		(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		_exit(apply(s) < 0 ? SANDBOXED_NOT_APPLIED : attempt(arg));
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return SANDBOXED_NOT_APPLIED;
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

#endif
