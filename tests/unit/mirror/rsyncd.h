/* A real rsync daemon of the test's own, in a network of its own, beside folders that a test fills. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_RSYNCD_H
#define FONTAINE_TESTS_RSYNCD_H

#include "../../support/namespace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define RSYNCD_URL "rsync://127.0.0.1:8730/m/"

enum {
	RSYNCD_PORT = 8730,
	RSYNCD_START_MS = 10000,
	RSYNCD_POLL_MS = 10,
	RSYNCD_PATH_MAX = 512,
};

struct rsyncd {
	char folder[32]; /* has up/, which the module m serves, and whatever else the test makes */
	pid_t pid;
};

/** The path of @name in the folder, in one of a few buffers that take turns. */
static inline const char *rsyncd_path(const struct rsyncd *r, const char *name)
{
	static char paths[8][RSYNCD_PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 8];

	assert_true(snprintf(path, RSYNCD_PATH_MAX, "%s/%s", r->folder, name) < RSYNCD_PATH_MAX);
	return path;
}

static inline void rsyncd_write(const struct rsyncd *r, const char *name, const char *text)
{
	FILE *file = fopen(rsyncd_path(r, name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline void rsyncd_mkdir(const struct rsyncd *r, const char *name)
{
	assert_int_equal(mkdir(rsyncd_path(r, name), 0755), 0);
}

static inline bool rsyncd_exists(const struct rsyncd *r, const char *name)
{
	struct stat st;

	return lstat(rsyncd_path(r, name), &st) == 0;
}

/** Whether the file has this text. */
static inline bool rsyncd_has(const struct rsyncd *r, const char *name, const char *text)
{
	char found[256] = "";
	FILE *file = fopen(rsyncd_path(r, name), "r");

	if (file == NULL)
		return false;
	found[fread(found, 1, sizeof(found) - 1, file)] = '\0';
	(void)fclose(file);
	return strcmp(found, text) == 0;
}

/** Run a shell command in the folder. Return: its exit status. */
static inline int rsyncd_shell_status(const struct rsyncd *r, const char *command)
{
	char text[1024];

	assert_true(snprintf(text, sizeof(text), "cd %s && %s", r->folder, command) < (int)sizeof(text));
	return WEXITSTATUS(system(text));
}

/** The same for one that must go well. */
static inline void rsyncd_shell(const struct rsyncd *r, const char *command)
{
	assert_int_equal(rsyncd_shell_status(r, command), 0);
}

static inline bool rsyncd_listens(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(RSYNCD_PORT)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bool is_up = connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
	(void)close(fd);
	return is_up;
}

/** Once for a process, before it has threads. */
static inline void rsyncd_start(struct rsyncd *r)
{
	*r = (struct rsyncd){.folder = "/tmp/mirror-XXXXXX"};
	assert_non_null(mkdtemp(r->folder));
	assert_int_equal(namespace_enter_network(), 0);
	rsyncd_mkdir(r, "up");
	char conf[256];
	(void)snprintf(conf, sizeof(conf),
	               "address = 127.0.0.1\nport = %d\nuse chroot = no\nreverse lookup = no\n"
	               "max connections = 0\nlog file = %s/rsyncd.log\n[m]\npath = %s/up\n",
	               RSYNCD_PORT, r->folder, r->folder);
	rsyncd_write(r, "rsyncd.conf", conf);
	r->pid = fork();
	assert_true(r->pid >= 0);
	if (r->pid == 0) {
		(void)execlp("rsync", "rsync", "--daemon", "--no-detach", "--config",
		             rsyncd_path(r, "rsyncd.conf"), (char *)NULL);
		_exit(127);
	}
	for (unsigned ms = 0; !rsyncd_listens(); ms += RSYNCD_POLL_MS) {
		assert_true(ms < RSYNCD_START_MS);
		assert_int_equal(waitpid(r->pid, NULL, WNOHANG), 0);
		(void)usleep(RSYNCD_POLL_MS * 1000);
	}
}

static inline void rsyncd_stop(struct rsyncd *r)
{
	char command[64];

	assert_int_equal(kill(r->pid, SIGTERM), 0);
	assert_int_equal(waitpid(r->pid, NULL, 0), r->pid);
	(void)snprintf(command, sizeof(command), "rm -rf %s", r->folder);
	assert_int_equal(system(command), 0);
}

#endif
