/* What an operator asks, by a real curl over a Unix socket. */
/* SPDX-License-Identifier: MIT */
#include "mirror/api.h"

#include "engine_fixture.h"

#include <sys/un.h>

struct api {
	struct fixture *f;
	struct http_server *server;
	struct http_config config;
	struct http_counters counters;
	int fd;
};

static const struct http_route *const tables[] = {api_routes, NULL};

static struct api api;

static int open_api(void **state)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	if (setup(state) < 0)
		return -1;
	struct fixture *f = *state;
	(void)unlink(rsyncd_path(&up, "api.sock"));
	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", rsyncd_path(&up, "api.sock"));
	api = (struct api){.f = f, .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
	if (bind(api.fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(api.fd, 16) < 0)
		return -1;
	api.config = (struct http_config){.tables = tables,
	                                  .max_conns = 10,
	                                  .rate = {1000, 1000},
	                                  .timeouts = http_timeouts_default,
	                                  .data = f->engine};
	api.server = http_server_new(&f->loop, &api.config, &api.counters);
	return http_server_listen(api.server, api.fd, NULL);
}

static int close_api(void **state)
{
	http_server_close(api.server, 0, NULL, NULL);
	int rc = teardown(state);
	(void)close(api.fd);
	return rc;
}

/* What curl prints: the body, and on a line of its own the status. */
static const char *ask(const char *options, const char *path)
{
	static char text[1 << 16];
	char command[1024];
	int status;

	(void)snprintf(command, sizeof(command),
	               "curl -sS -m 20 -w '\n%%{http_code}' -H 'X-Forwarded-For: ::1'"
	               " --unix-socket %s %s 'http://mirrord%s' >%s",
	               rsyncd_path(&up, "api.sock"), options, path, rsyncd_path(&up, "answer"));
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(WEXITSTATUS(system(command)));
	while (waitpid(pid, &status, WNOHANG) == 0) {
		(void)uv_run(&api.f->loop, UV_RUN_NOWAIT);
		(void)usleep(1000);
	}
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	FILE *file = fopen(rsyncd_path(&up, "answer"), "r");
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	(void)fclose(file);
	return text;
}

static void test_targets(void **state)
{
	(void)state;
	struct api_target t;

	assert_int_equal(api_target("/projects/debian/runs", HTTP_METHOD_GET, &t), 0);
	assert_string_equal(t.project, "debian");
	assert_int_equal(t.what, API_RUNS);
	assert_int_equal(api_target("/projects/debian/stop", HTTP_METHOD_POST, &t), 0);
	assert_int_equal(t.what, API_WISH);
	assert_int_equal(t.wish, ENGINE_STOP);
	assert_int_equal(api_target("/projects/debian/stop", HTTP_METHOD_GET, &t), -ENOTSUP);
	assert_int_equal(api_target("/projects/debian/log", HTTP_METHOD_POST, &t), -ENOTSUP);
	static const char *const none[] = {"/projects/", "/projects//stop", "/projects/debian", "/projects/debian/",
	                                   "/projects/debian/halt", "/projects/debian/stop/now", "/other/debian/stop"};
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_int_equal(api_target(none[i], HTTP_METHOD_POST, &t), -ENOENT);
	char longest[128] = "/projects/";
	memset(longest + 10, 'a', 63);
	(void)strcat(longest, "/stop");
	assert_int_equal(api_target(longest, HTTP_METHOD_POST, &t), 0);
	memset(longest + 10, 'a', 64);
	(void)snprintf(longest + 74, 16, "/stop");
	assert_int_equal(api_target(longest, HTTP_METHOD_POST, &t), -ENOENT);
}

static void test_questions_and_wishes(void **state)
{
	struct fixture *f = *state;

	const char *text = ask("", "/projects");
	assert_non_null(strstr(text, "[{\"name\":\"good\",\"state\":\"waiting\",\"step\":null,"));
	assert_non_null(strstr(text, "{\"name\":\"held\""));
	assert_non_null(strstr(text, "]\n200"));
	assert_string_equal(ask("-X POST", "/projects/good/push"), "{}\n200");
	run_until(f, "good", "1 came, 0 went");
	run_until(f, "good", "\"state\":\"waiting\"");
	assert_non_null(strstr(ask("", "/projects/good/runs"), "\"outcome\":\"done\""));
	assert_non_null(strstr(ask("", "/projects/good/log"), "fetch:\n\nNumber of files: 1 "));
	assert_string_equal(ask("-X POST", "/projects/good/hold"), "{}\n200");
	assert_non_null(strstr(ask("", "/projects"), "\"name\":\"good\",\"state\":\"paused\""));
	assert_string_equal(ask("-X POST", "/projects/good/start"), "{}\n200");
	run_until(f, "good", "nothing is new");
	assert_non_null(strstr(ask("", "/metrics"), "mirrord_runs_total{project=\"good\",outcome=\"done\"} 1\n"));
}

static void test_refusals(void **state)
{
	struct fixture *f = *state;

	assert_non_null(strstr(ask("-X POST", "/projects/nothing/start"), "\"no such project"));
	assert_non_null(strstr(ask("-X POST", "/projects/nothing/start"), "\n404"));
	assert_non_null(strstr(ask("", "/projects/good/log"), "\n404")); /* it never ran */
	assert_non_null(strstr(ask("", "/projects/good/log?run=x"), "\n400"));
	assert_non_null(strstr(ask("", "/projects/good/log?run=99999999999999999999"), "\n400"));
	assert_non_null(strstr(ask("", "/projects/good/start"), "\n405"));
	assert_non_null(strstr(ask("-X POST", "/projects/good/release"), "\n404"));
	assert_non_null(strstr(ask("-X POST", "/projects/held/start"), "\n200"));
	run_until(f, "held", "\"state\":\"held\"");
	assert_non_null(strstr(ask("-X POST", "/projects/held/start"), "\n409"));
	assert_non_null(strstr(ask("-X POST", "/projects/held/push"), "release it"));
	assert_string_equal(ask("-X POST", "/projects/held/release"), "{}\n200");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets),
		cmocka_unit_test_setup_teardown(test_questions_and_wishes, open_api, close_api),
		cmocka_unit_test_setup_teardown(test_refusals, open_api, close_api),
	};

	rsyncd_start(&up);
	int rc = cmocka_run_group_tests_name("mirror/api", tests, NULL, NULL);
	rsyncd_stop(&up);
	return rc;
}
