/* Daemon start-up: options, the journal, and what the service manager is told. */
/* SPDX-License-Identifier: MIT */
#include "sys/daemon.h"

#include "../../../support/namespace.h"
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct daemon_options options;

enum { ARGS_MAX = 6 };

static int start(const char *const args[ARGS_MAX])
{
	char *argv[ARGS_MAX] = {0};
	int argc = 0;

	for (; args[argc] != NULL; argc++)
		argv[argc] = (char *)args[argc]; /* nobody writes to them */
	options = (struct daemon_options){.name = "testd", .summary = "Tests things."};
	optind = 0; /* getopt_long() starts again */
	return daemon_start(&options, argc, argv);
}

/* start() with standard output and error in a file, whose text goes to @out. */
static int start_captured(const char *const args[ARGS_MAX], char *out, size_t size)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	(void)fflush(stdout);
	int saved_out = dup(STDOUT_FILENO), saved_err = dup(STDERR_FILENO);
	assert_int_equal(dup2(fileno(file), STDOUT_FILENO), STDOUT_FILENO);
	assert_int_equal(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
	int rc = start(args);
	(void)fflush(stdout);
	(void)dup2(saved_out, STDOUT_FILENO);
	(void)dup2(saved_err, STDERR_FILENO);
	(void)close(saved_out);
	(void)close(saved_err);
	rewind(file);
	out[fread(out, 1, size - 1, file)] = '\0';
	(void)fclose(file);
	return rc;
}

static void test_options(void **state)
{
	(void)state;
	static const struct {
		const char *args[ARGS_MAX];
		int rc;
		const char *pop_path, *web_path;
		const char *said; /* somewhere in the output; NULL: nothing at all */
	} cases[] = {
		{{"testd"}, -1, "/etc/fontaine/pop.yaml", "/usr/share/fontaine/web", NULL},
		{{"testd", "--pop", "a.yaml", "--web=b"}, -1, "a.yaml", "b", NULL},
		{{"testd", "--help"}, 0, NULL, NULL, "(default: /etc/fontaine/pop.yaml)\n"},
		{{"testd", "--pop", "a.yaml", "-h"}, 0, NULL, NULL, "Usage: testd [OPTION]...\nTests things.\n"},
		{{"testd", "--version"}, 0, NULL, NULL, "testd (Fontaine) "},
		{{"testd", "--prepare", "a"}, 2, NULL, NULL, "'--prepare'\nTry 'testd --help'.\n"}, /* not its own */
		{{"testd", "--nonsense"}, 2, NULL, NULL, "'--nonsense'\nTry 'testd --help'.\n"},
		{{"testd", "--pop"}, 2, NULL, NULL, "requires an argument\nTry 'testd --help'.\n"},
		{{"testd", "extra"}, 2, NULL, NULL, "testd: unexpected argument 'extra'\nTry 'testd --help'.\n"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[4096];
		assert_int_equal(start_captured(cases[i].args, out, sizeof(out)), cases[i].rc);
		if (cases[i].said != NULL)
			assert_non_null(strstr(out, cases[i].said));
		else
			assert_string_equal(out, "");
		if (cases[i].pop_path != NULL)
			assert_string_equal(options.pop_path, cases[i].pop_path);
		if (cases[i].web_path != NULL)
			assert_string_equal(options.web_path, cases[i].web_path);
	}
}

static unsigned n_records;

static void count_records(const struct log_record *record)
{
	(void)record;
	n_records++;
}

static void test_verbose(void **state)
{
	(void)state;
	log_set_sink(count_records);
	n_records = 0;
	assert_int_equal(start((const char *[ARGS_MAX]){"testd"}), -1);
	log_debug("unseen");
	assert_int_equal(n_records, 0);
	assert_int_equal(start((const char *[ARGS_MAX]){"testd", "--verbose"}), -1);
	log_debug("seen");
	assert_int_equal(n_records, 1);
	log_set_level(LOG_LEVEL_INFO);
}

static void test_sigpipe_is_an_error(void **state)
{
	(void)state;
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	(void)close(fds[0]);
	(void)signal(SIGPIPE, SIG_DFL);
	assert_int_equal(start((const char *[ARGS_MAX]){"testd"}), -1);
	assert_int_equal(write(fds[1], "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	(void)close(fds[1]);
}

static int bind_datagram(const char *path)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	(void)snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&un, sizeof(un)) < 0)
		return -1;
	return fd;
}

static void assert_received(int fd, const char *expected)
{
	char text[256];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
	assert_string_equal(text, expected);
}

static void test_notify(void **state)
{
	(void)state;
	char directory[] = "/tmp/fontaine-daemon-XXXXXX", path[64];
	assert_non_null(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/notify", directory);
	int fd = bind_datagram(path);
	assert_true(fd >= 0);

	assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
	daemon_ready("4 workers, 2 addresses");
	assert_received(fd, "READY=1\nSTATUS=4 workers, 2 addresses");
	daemon_alive();
	assert_received(fd, "WATCHDOG=1");
	daemon_stopping();
	assert_received(fd, "STOPPING=1");

	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	daemon_alive(); /* nobody to tell */
	char byte;
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	(void)close(fd);
	(void)unlink(path);
	(void)rmdir(directory);
}

static void test_watchdog_interval(void **state)
{
	(void)state;
	char self[16];
	(void)snprintf(self, sizeof(self), "%d", (int)getpid());
	const struct {
		const char *timeout_us, *pid;
		uint64_t interval_ms;
	} cases[] = {
		{NULL, NULL, 0},
		{"10000000", self, 5000},
		{"10000000", NULL, 5000},
		{"10000000", "1", 0}, /* meant for another process */
		{"soon", self, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		(void)unsetenv("WATCHDOG_USEC");
		(void)unsetenv("WATCHDOG_PID");
		if (cases[i].timeout_us != NULL)
			assert_int_equal(setenv("WATCHDOG_USEC", cases[i].timeout_us, 1), 0);
		if (cases[i].pid != NULL)
			assert_int_equal(setenv("WATCHDOG_PID", cases[i].pid, 1), 0);
		assert_int_equal(daemon_alive_interval_ms(), cases[i].interval_ms);
	}
}

/* A journal of our own, in a mount namespace where nobody else sees it. Return: its socket, or -1. */
static int journal_start(void)
{
	if (namespace_enter() < 0 || mount("none", "/run", "tmpfs", 0, NULL) < 0 ||
	    mkdir("/run/systemd", 0755) < 0 || mkdir("/run/systemd/journal", 0755) < 0)
		return -1;
	return bind_datagram("/run/systemd/journal/socket");
}

enum {
	CHILD_OK,
	CHILD_NO_NAMESPACE,
	CHILD_NO_RECORD,
	CHILD_WRONG_RECORD,
	CHILD_NOT_STDERR,
};

/* Log one line, with $JOURNAL_STREAM naming our standard error. */
static int log_to_journal(void)
{
	int journal_fd = journal_start();
	if (journal_fd < 0)
		return CHILD_NO_NAMESPACE;

	struct stat st;
	char stream[64], record[1024];
	FILE *stderr_file = tmpfile();
	if (stderr_file == NULL || dup2(fileno(stderr_file), STDERR_FILENO) < 0 ||
	    fstat(STDERR_FILENO, &st) < 0)
		return CHILD_NOT_STDERR;
	(void)snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	(void)setenv("JOURNAL_STREAM", stream, 1);
	(void)start((const char *[ARGS_MAX]){"testd"});
	log_warn("disk: %d%% full", 97);

	ssize_t n = recv(journal_fd, record, sizeof(record) - 1, 0);
	if (n < 0)
		return CHILD_NO_RECORD;
	record[n] = '\0';
	if (strstr(record, "MESSAGE=disk: 97% full\n") == NULL ||
	    strstr(record, "PRIORITY=4\n") == NULL || strstr(record, "CODE_LINE=") == NULL ||
	    strstr(record, "CODE_FILE=" __FILE__ "\n") == NULL)
		return CHILD_WRONG_RECORD;

	/* Standard error is another stream now: the journal's name for it does not count. */
	(void)fclose(stderr_file);
	log_set_sink(count_records);
	n_records = 0;
	if (dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
		return CHILD_NOT_STDERR;
	(void)start((const char *[ARGS_MAX]){"testd"});
	log_warn("not for the journal");
	return n_records == 1 ? CHILD_OK : CHILD_NOT_STDERR;
}

static void test_journal(void **state)
{
	(void)state;
	int status;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(log_to_journal());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CHILD_NO_NAMESPACE)
		skip(); /* here, users get no namespaces */
	assert_int_equal(WEXITSTATUS(status), CHILD_OK);
}

static void test_descriptors(void **state)
{
	(void)state;
	struct rlimit before, after, low;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	low = (struct rlimit){.rlim_cur = 50, .rlim_max = before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	assert_int_equal(daemon_descriptors(), before.rlim_max);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &after), 0);
	assert_int_equal(after.rlim_cur, before.rlim_max);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static int setup(void **state)
{
	(void)state;
	return unsetenv("JOURNAL_STREAM"); /* of whoever runs the tests */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_verbose),
		cmocka_unit_test(test_sigpipe_is_an_error),
		cmocka_unit_test(test_notify),
		cmocka_unit_test(test_watchdog_interval),
		cmocka_unit_test(test_journal),
		cmocka_unit_test(test_descriptors),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
