/* Sandbox: what a daemon does all day still works in it, and what it gave up does not. */
/* SPDX-License-Identifier: MIT */
#include "sys/sandbox.h"

#include "../../../support/sandboxed.h"
#include "base/log.h"
#include "sys/daemon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <uv.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const usr[] = {"/usr", "/etc", NULL};

static int run_program(const void *arg)
{
	(void)arg;
	int status;
	pid_t child = fork();

	if (child < 0)
		return errno;
	if (child == 0) {
		(void)execl("/usr/bin/env", "env", "true", NULL);
		_exit(errno);
	}
	return waitpid(child, &status, 0) < 0 ? errno : WEXITSTATUS(status);
}

static int open_socket(const void *arg)
{
	(void)arg;
	return socket(AF_INET6, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int read_secret(const void *arg)
{
	(void)arg;
	return open("/proc/self/environ", O_RDONLY) < 0 ? errno : 0;
}

static void test_grants(void **state)
{
	(void)state;
	const struct {
		struct sandbox box;
		int program, socket;
	} cases[] = {
		{{.read_paths = usr}, EPERM, EPERM},
		{{.read_paths = usr, .network = true}, EPERM, 0},
		{{.read_paths = usr, .processes = true}, 0, EPERM},
		{{.read_paths = usr, .network = true, .processes = true}, 0, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct sandbox *box = &cases[i].box;
		assert_int_equal(sandboxed(sandbox_apply, box, run_program, NULL), cases[i].program);
		assert_int_equal(sandboxed(sandbox_apply, box, open_socket, NULL), cases[i].socket);
		assert_int_equal(sandboxed(sandbox_apply, box, read_secret, NULL), EACCES);
	}
}

static void *say_done(void *arg)
{
	*(int *)arg = 1;
	return NULL;
}

static int start_thread(const void *arg)
{
	(void)arg;
	pthread_t thread;
	int done = 0;
	int rc = pthread_create(&thread, NULL, say_done, &done);

	if (rc == 0)
		rc = pthread_join(thread, NULL);
	return rc == 0 && !done ? ENOMSG : rc;
}

static int random_bytes(const void *arg)
{
	(void)arg;
	unsigned char bytes[16];
	return RAND_bytes(bytes, sizeof(bytes)) == 1 ? 0 : EIO;
}

/* File to socket and socket to memory without passing here. */
static int move_data(const void *arg)
{
	(void)arg;
	int fds[2], file = open("/usr/bin/env", O_RDONLY);

	if (file < 0 || pipe2(fds, O_CLOEXEC) < 0 || sendfile(fds[1], file, NULL, 64) != 64)
		return errno;
	int sink = memfd_create("sink", MFD_CLOEXEC);
	return sink < 0 || splice(fds[0], NULL, sink, NULL, 64, 0) != 64 ? errno : 0;
}

static int datagram_fd; /* bound to $NOTIFY_SOCKET */

static int notify(const void *arg)
{
	(void)arg;
	char text[32] = {0};

	daemon_alive();
	if (recv(datagram_fd, text, sizeof(text) - 1, MSG_DONTWAIT) < 0)
		return errno;
	return strcmp(text, "WATCHDOG=1") == 0 ? 0 : EBADMSG;
}

static void test_daily_work(void **state)
{
	(void)state;
	int (*const attempts[])(const void *) = {start_thread, random_bytes, move_data, notify};
	const struct sandbox box = {.read_paths = usr};
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	(void)snprintf(un.sun_path, sizeof(un.sun_path), "/tmp/fontaine-notify-%d", (int)getpid());
	datagram_fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	assert_int_equal(bind(datagram_fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", un.sun_path, 1), 0);

	for (size_t i = 0; i < COUNT(attempts); i++)
		assert_int_equal(sandboxed(sandbox_apply, &box, attempts[i], NULL), 0);

	(void)close(datagram_fd);
	(void)unlink(un.sun_path);
	(void)unsetenv("NOTIFY_SOCKET");
}

/* A loop with four things to do: a connection, a timer, work and a file on the thread pool. */
struct day {
	uv_loop_t loop;
	uv_tcp_t server, conn;
	uv_timer_t timer;
	uv_fs_t fs;
	uv_work_t work;
	char bytes[16];
	unsigned n_to_do;
};

static void one_done(struct day *d)
{
	if (--d->n_to_do > 0)
		return;
	uv_close((uv_handle_t *)&d->server, NULL);
	uv_close((uv_handle_t *)&d->conn, NULL);
	uv_close((uv_handle_t *)&d->timer, NULL);
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *ret)
{
	struct day *d = handle->data;
	(void)size;
	*ret = uv_buf_init(d->bytes, sizeof(d->bytes));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	if (n == 2 && memcmp(buf->base, "hi", 2) == 0 && uv_read_stop(stream) == 0)
		one_done(stream->data);
}

static void on_connection(uv_stream_t *server, int status)
{
	struct day *d = server->data;
	if (status == 0 && uv_accept(server, (uv_stream_t *)&d->conn) == 0)
		(void)uv_read_start((uv_stream_t *)&d->conn, on_alloc, on_read);
}

static void on_timer(uv_timer_t *timer)
{
	one_done(timer->data);
}

static void on_work(uv_work_t *work)
{
	(void)work;
}

static void on_work_done(uv_work_t *work, int status)
{
	if (status == 0)
		one_done(work->data);
}

static void on_opened(uv_fs_t *fs)
{
	uv_fs_req_cleanup(fs);
	if (fs->result >= 0)
		one_done(fs->data);
}

static int run_loop(const void *arg)
{
	struct day d = {.n_to_do = 4};

	d.server.data = d.conn.data = d.timer.data = d.fs.data = d.work.data = &d;
	if (uv_loop_init(&d.loop) < 0 || uv_tcp_init(&d.loop, &d.server) < 0 ||
	    uv_tcp_init(&d.loop, &d.conn) < 0 || uv_timer_init(&d.loop, &d.timer) < 0 ||
	    uv_tcp_open(&d.server, *(const int *)arg) < 0 ||
	    uv_listen((uv_stream_t *)&d.server, 16, on_connection) < 0 ||
	    uv_timer_start(&d.timer, on_timer, 1, 0) < 0 ||
	    uv_queue_work(&d.loop, &d.work, on_work, on_work_done) < 0 ||
	    uv_fs_open(&d.loop, &d.fs, "/usr/bin/env", O_RDONLY, 0, on_opened) < 0)
		return ENOTRECOVERABLE;
	(void)uv_run(&d.loop, UV_RUN_DEFAULT); /* ends when all four are done */
	return -uv_loop_close(&d.loop);
}

static void test_loop(void **state)
{
	(void)state;
	const struct sandbox box = {.read_paths = usr};
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int client = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(server, (struct sockaddr *)&a, len), 0);
	assert_int_equal(listen(server, 16), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&a, &len), 0);
	assert_int_equal(connect(client, (struct sockaddr *)&a, len), 0);
	assert_int_equal(write(client, "hi", 2), 2);
	assert_int_equal(sandboxed(sandbox_apply, &box, run_loop, &server), 0);
	(void)close(client);
	(void)close(server);
}

static int nothing(const void *arg)
{
	(void)arg;
	return 0;
}

static void test_missing_path_is_refused(void **state)
{
	(void)state;
	const char *const paths[] = {"/missing", NULL};
	const struct sandbox box = {.write_paths = paths};

	assert_int_equal(sandboxed(sandbox_apply, &box, nothing, NULL), SANDBOXED_NOT_APPLIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grants),
		cmocka_unit_test(test_daily_work),
		cmocka_unit_test(test_loop),
		cmocka_unit_test(test_missing_path_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
