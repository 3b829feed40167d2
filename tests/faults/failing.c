/*
 * Preloaded into a program: its nth call of a kind fails, counted from when a test says so. The order is in a file that
 * both have in memory (tests/support/failing.py); the programs that it starts are left alone. Lines of the log are no
 * calls here, or nobody would learn why it ended.
 */
/* SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { NONE,
	    ALLOCATION,
	    WRITE,
	    READ,
	    SYNC,
	    ACCEPT,
	    OPEN,
	    FORK,
	    RENAME,
	    LINK,
	    UNLINK,
	    FOLDER };

struct order {
	_Atomic int32_t kind;
	int32_t error;
	_Atomic int64_t left; /* calls of the kind until one fails, 1: the next; further down, each counts too */
};

static struct order *order;

static __attribute__((constructor)) void take_order(void)
{
	const char *path = getenv("FAILING_ORDER");
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);

	(void)unsetenv("LD_PRELOAD");
	if (fd < 0)
		return;
	void *mapped = mmap(NULL, sizeof(*order), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)close(fd);
	order = mapped == MAP_FAILED ? NULL : mapped;
}

static bool fails(enum kind kind)
{
	bool is_meant = order != NULL && kind != NONE && atomic_load(&order->kind) == (int32_t)kind;

	if (!is_meant || atomic_fetch_sub(&order->left, 1) != 1)
		return false;
	errno = order->error;
	return true;
}

/* A function of the C library that fails, by an answer of its own, with what it is called with. */
#define ANSWERING(kind, type, failure, name, parameters, arguments) \
	type name parameters \
	{ \
		static type(*next) parameters; \
		if (next == NULL) \
			next = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
		return fails(kind) ? (failure) : next arguments; \
	}
#define FAILING(kind, type, name, parameters, arguments) ANSWERING(kind, type, -1, name, parameters, arguments)
/* Their mode is there only when they make a file; to hand on what is not there does no harm. */
#define OPENING(name, parameters, arguments) \
	int name parameters \
	{ \
		static int(*next) parameters; \
		va_list args; \
		va_start(args, flags); \
		mode_t mode = va_arg(args, mode_t); \
		va_end(args); \
		if (next == NULL) \
			next = (int(*) parameters)dlsym(RTLD_NEXT, #name); \
		return fails(OPEN) ? -1 : next arguments; \
	}
/* Of a disk or a peer: what threads of the program tell each other by the kernel alone does not fail. */
static bool is_outside(int fd)
{
	struct stat s;

	return fd != STDERR_FILENO && fstat(fd, &s) == 0 && (S_ISREG(s.st_mode) || S_ISSOCK(s.st_mode));
}

#define OUTSIDE(fd, kind) (is_outside(fd) ? (kind) : NONE)

/* Allocators are the programs' own, and ask these (lib/base/mem.c). */
ANSWERING(ALLOCATION, void *, NULL, __libc_malloc, (size_t size), (size))
ANSWERING(ALLOCATION, void *, NULL, __libc_calloc, (size_t count, size_t size), (count, size))
ANSWERING(ALLOCATION, void *, NULL, __libc_realloc, (void *p, size_t size), (p, size))
FAILING(OUTSIDE(fd, WRITE), ssize_t, write, (int fd, const void *data, size_t len), (fd, data, len))
FAILING(OUTSIDE(fd, WRITE), ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n))
FAILING(WRITE, int, ftruncate64, (int fd, off_t len), (fd, len))
FAILING(WRITE, ssize_t, pwrite64, (int fd, const void *data, size_t len, off64_t at), (fd, data, len, at))
FAILING(WRITE, ssize_t, sendmsg, (int fd, const struct msghdr *m, int flags), (fd, m, flags))
FAILING(OUTSIDE(fd, READ), ssize_t, read, (int fd, void *data, size_t len), (fd, data, len))
FAILING(READ, ssize_t, pread64, (int fd, void *data, size_t len, off64_t at), (fd, data, len, at))
FAILING(READ, ssize_t, recv, (int fd, void *data, size_t len, int flags), (fd, data, len, flags))
FAILING(READ, ssize_t, recvmsg, (int fd, struct msghdr *m, int flags), (fd, m, flags))
FAILING(SYNC, int, fsync, (int fd), (fd))
FAILING(SYNC, int, fdatasync, (int fd), (fd))
FAILING(SYNC, int, syncfs, (int fd), (fd))
FAILING(ACCEPT, int, accept, (int fd, struct sockaddr *a, socklen_t *len), (fd, a, len))
FAILING(ACCEPT, int, accept4, (int fd, struct sockaddr *a, socklen_t *len, int flags), (fd, a, len, flags))
OPENING(open, (const char *path, int flags, ...), (path, flags, mode))
OPENING(open64, (const char *path, int flags, ...), (path, flags, mode))
OPENING(openat, (int fd, const char *path, int flags, ...), (fd, path, flags, mode))
OPENING(openat64, (int fd, const char *path, int flags, ...), (fd, path, flags, mode))
FAILING(FORK, pid_t, fork, (void), ())
ANSWERING(FORK, int, order->error, posix_spawnp,
          (pid_t * pid, const char *name, const posix_spawn_file_actions_t *files, const posix_spawnattr_t *how,
           char *const argv[], char *const envp[]),
          (pid, name, files, how, argv, envp))
FAILING(RENAME, int, rename, (const char *from, const char *to), (from, to))
FAILING(RENAME, int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
FAILING(RENAME, int, renameat2, (int a, const char *from, int b, const char *to, unsigned flags),
        (a, from, b, to, flags))
FAILING(LINK, int, link, (const char *to, const char *name), (to, name))
FAILING(LINK, int, linkat, (int a, const char *to, int b, const char *name, int flags), (a, to, b, name, flags))
FAILING(LINK, int, symlink, (const char *to, const char *name), (to, name))
FAILING(LINK, int, symlinkat, (const char *to, int fd, const char *name), (to, fd, name))
FAILING(UNLINK, int, unlink, (const char *name), (name))
FAILING(UNLINK, int, unlinkat, (int fd, const char *name, int flags), (fd, name, flags))
FAILING(UNLINK, int, rmdir, (const char *name), (name))
FAILING(FOLDER, int, mkdir, (const char *name, mode_t mode), (name, mode))
FAILING(FOLDER, int, mkdirat, (int fd, const char *name, mode_t mode), (fd, name, mode))
