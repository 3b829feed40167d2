/* Sockets: bound here, passed as systemd passes them, and refused. */
/* SPDX-License-Identifier: MIT */
#include "sys/sockets.h"

#include "../../../support/namespace.h"
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char last_error[1024];

static void remember(const struct log_record *record)
{
	(void)snprintf(last_error, sizeof(last_error), "%s", record->message);
}

static struct addr addr_of(const char *text, uint16_t port)
{
	struct addr a;
	assert_int_equal(addr_parse(text, port, &a), 0);
	return a;
}

/* A socket of our own on @text and a free port, which goes to *ret. */
static int bind_plain(const char *text, int type, struct addr *ret)
{
	struct sockaddr_storage storage;
	socklen_t len = sizeof(storage);
	struct addr a = addr_of(text, 0);
	int fd = socket(addr_family(&a), type, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, &a.sa, addr_len(&a)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&storage, &len), 0);
	addr_from_sockaddr(&storage, ret);
	return fd;
}

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);
	assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

static ino_t inode(int fd)
{
	struct stat st;
	assert_int_equal(fstat(fd, &st), 0);
	return st.st_ino;
}

static void assert_usable(int fd, const struct addr *a, int type)
{
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(option(fd, SOL_SOCKET, SO_TYPE), type);
	assert_int_equal(option(fd, SOL_SOCKET, SO_ACCEPTCONN), type == SOCK_STREAM);
	if (addr_family(a) == AF_INET6)
		assert_int_equal(option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 1);
}

static void test_bound(void **state)
{
	(void)state;
	static const struct {
		const char *addr;
		int type;
		size_t n;
	} cases[] = {
		{"127.0.0.1", SOCK_STREAM, 1},
		{"127.0.0.1", SOCK_STREAM, SOCKETS_MAX},
		{"127.0.0.1", SOCK_DGRAM, 2},
		{"::1", SOCK_STREAM, 3},
		{"::1", SOCK_DGRAM, 1},
		{"::", SOCK_STREAM, 1},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sockets s;
		struct addr a;
		(void)close(bind_plain(cases[i].addr, cases[i].type, &a)); /* a port that is free */

		assert_int_equal(sockets_open(&a, cases[i].type, cases[i].n, &s), 0);
		assert_int_equal(s.n, cases[i].n);
		for (size_t k = 0; k < s.n; k++) {
			assert_usable(s.fds[k], &a, cases[i].type);
			assert_int_equal(option(s.fds[k], SOL_SOCKET, SO_REUSEPORT), 1);
		}
		int first = s.fds[0];
		sockets_close(&s);
		assert_int_equal(s.n, 0);
		assert_int_equal(fcntl(first, F_GETFD), -1);
	}
}

static void test_both_families_side_by_side(void **state)
{
	(void)state;
	struct sockets v4, v6;
	struct addr a6;
	(void)close(bind_plain("::", SOCK_STREAM, &a6));
	struct addr a4 = addr_of("0.0.0.0", addr_port(&a6));

	assert_int_equal(sockets_open(&a6, SOCK_STREAM, 1, &v6), 0);
	assert_int_equal(sockets_open(&a4, SOCK_STREAM, 1, &v4), 0);
	sockets_close(&v4);
	sockets_close(&v6);
}

static void test_accepts(void **state)
{
	(void)state;
	struct sockets s;
	struct addr a;
	(void)close(bind_plain("::1", SOCK_STREAM, &a));
	assert_int_equal(sockets_open(&a, SOCK_STREAM, 1, &s), 0);

	int client = socket(AF_INET6, SOCK_STREAM, 0);
	assert_int_equal(connect(client, &a.sa, addr_len(&a)), 0);
	int server = accept(s.fds[0], NULL, NULL);
	assert_true(server >= 0);
	assert_int_equal(accept(s.fds[0], NULL, NULL), -1); /* and does not block */
	assert_int_equal(errno, EAGAIN);
	(void)close(client);
	(void)close(server);
	sockets_close(&s);
}

static void test_refused(void **state)
{
	(void)state;
	struct addr taken, strange = addr_of("192.0.2.1", 8081);
	struct sockets s = {.n = 99};
	char expected[ADDR_PORT_TEXT_MAX];
	int fd = bind_plain("127.0.0.1", SOCK_STREAM, &taken);

	assert_int_equal(sockets_open(&taken, SOCK_STREAM, 2, &s), -EADDRINUSE);
	assert_non_null(strstr(last_error, addr_port_text(&taken, expected)));
	assert_non_null(strstr(last_error, "stop that one, or change the address or port"));

	assert_int_equal(sockets_open(&strange, SOCK_STREAM, 1, &s), -EADDRNOTAVAIL);
	assert_non_null(strstr(last_error, "192.0.2.1:8081: "));
	assert_non_null(strstr(last_error, "no interface has this address"));
	assert_int_equal(s.n, 99); /* set on success only */
	(void)close(fd);
}

/* Move @fds where systemd puts them, and say so in the environment. */
static void pass(int *fds, int n)
{
	char text[16];

	for (int i = 0; i < n; i++) { /* out of the way first */
		int high = fcntl(fds[i], F_DUPFD, 500);
		assert_true(high >= 500);
		(void)close(fds[i]);
		fds[i] = high;
	}
	for (int i = 0; i < n; i++) {
		assert_int_equal(dup2(fds[i], 3 + i), 3 + i);
		(void)close(fds[i]);
	}
	(void)snprintf(text, sizeof(text), "%d", n);
	assert_int_equal(setenv("LISTEN_FDS", text, 1), 0);
	(void)snprintf(text, sizeof(text), "%d", (int)getpid());
	assert_int_equal(setenv("LISTEN_PID", text, 1), 0);
}

static void pass_end(int n)
{
	for (int i = 0; i < n; i++)
		(void)close(3 + i);
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_PID");
}

/* Each of the @n sockets is one of @passed. */
static void assert_taken(const struct sockets *s, const ino_t *passed, size_t n)
{
	assert_int_equal(s->n, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(inode(s->fds[i]), passed[i]);
}

static void test_passed(void **state)
{
	(void)state;
	struct addr tcp4, udp4, tcp6;
	struct sockets s;
	int fds[5];
	ino_t inodes[5];

	fds[0] = bind_plain("127.0.0.1", SOCK_DGRAM, &udp4);
	fds[1] = bind_plain("127.0.0.1", SOCK_STREAM, &tcp4);
	fds[2] = bind_plain("::1", SOCK_STREAM, &tcp6);
	fds[3] = open("/dev/null", O_RDONLY); /* systemd passes files too */
	fds[4] = dup(fds[1]);                 /* a second one for the same address */
	for (size_t i = 0; i < COUNT(fds); i++)
		inodes[i] = inode(fds[i]);
	pass(fds, COUNT(fds));

	assert_int_equal(sockets_open(&tcp4, SOCK_STREAM, 1, &s), 0);
	assert_taken(&s, (ino_t[]){inodes[1], inodes[4]}, 2);
	for (size_t i = 0; i < s.n; i++)
		assert_usable(s.fds[i], &tcp4, SOCK_STREAM);
	sockets_close(&s);

	assert_int_equal(sockets_open(&tcp6, SOCK_STREAM, 4, &s), 0);
	assert_taken(&s, &inodes[2], 1);
	assert_true(fcntl(s.fds[0], F_GETFL) & O_NONBLOCK);

	/* Taken once: the second call has to bind, and finds the first one's socket in the way. */
	struct sockets again;
	assert_int_equal(sockets_open(&tcp6, SOCK_STREAM, 1, &again), -EADDRINUSE);
	sockets_close(&s);

	/* The other protocol on the same address and port is another socket. */
	assert_int_equal(sockets_open(&udp4, SOCK_STREAM, 1, &s), 0);
	assert_int_not_equal(inode(s.fds[0]), inodes[0]);
	sockets_close(&s);
	assert_int_equal(sockets_open(&udp4, SOCK_DGRAM, 1, &s), 0);
	assert_taken(&s, &inodes[0], 1);
	sockets_close(&s);
	pass_end(COUNT(fds));
}

static void test_passed_by_path(void **state)
{
	(void)state;
	struct sockaddr_un mine = {.sun_family = AF_UNIX}, other = {.sun_family = AF_UNIX};
	struct sockets s = {.n = 99};
	int fds[2] = {socket(AF_UNIX, SOCK_STREAM, 0), socket(AF_UNIX, SOCK_STREAM, 0)};

	(void)snprintf(mine.sun_path, sizeof(mine.sun_path), "/tmp/sockets-%d.mine", (int)getpid());
	(void)snprintf(other.sun_path, sizeof(other.sun_path), "/tmp/sockets-%d.other", (int)getpid());
	assert_int_equal(bind(fds[0], (struct sockaddr *)&other, sizeof(other)), 0);
	assert_int_equal(bind(fds[1], (struct sockaddr *)&mine, sizeof(mine)), 0);
	assert_int_equal(listen(fds[0], 1), 0);
	assert_int_equal(listen(fds[1], 1), 0);
	ino_t passed = inode(fds[1]);
	pass(fds, COUNT(fds));

	assert_int_equal(sockets_take_unix(mine.sun_path, &s), 0);
	assert_taken(&s, &passed, 1);
	assert_true(fcntl(s.fds[0], F_GETFL) & O_NONBLOCK);
	sockets_close(&s);
	assert_int_equal(sockets_take_unix(mine.sun_path, &s), 0);
	assert_int_equal(s.n, 0); /* taken once */
	pass_end(COUNT(fds));
	assert_int_equal(unlink(mine.sun_path) | unlink(other.sun_path), 0);
}

static unsigned count_open(void)
{
	unsigned n = 0;
	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void test_too_many_passed(void **state)
{
	(void)state;
	enum { MANY = SOCKETS_MAX + 1 };
	struct sockets s;
	struct addr a;
	int fds[MANY];

	fds[0] = bind_plain("127.0.0.1", SOCK_STREAM, &a);
	for (int i = 1; i < MANY; i++)
		fds[i] = dup(fds[0]);
	pass(fds, MANY);
	unsigned n_open = count_open();
	assert_int_equal(sockets_open(&a, SOCK_STREAM, 1, &s), -E2BIG);
	assert_int_equal(count_open(), n_open); /* those taken before the refusal are closed */
	assert_non_null(strstr(last_error, "lower the number of workers"));
	pass_end(MANY);
}

static int setup(void **state)
{
	(void)state;
	log_set_sink(remember);
	(void)namespace_enter_network(); /* else on the shared one, where a port may be taken under us */
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_both_families_side_by_side),
		cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_passed),
		cmocka_unit_test(test_passed_by_path),
		cmocka_unit_test(test_too_many_passed),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
