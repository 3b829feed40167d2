/* What an operator asks, by a real curl over a Unix socket. */
/* SPDX-License-Identifier: MIT */
#include "mirror/api_large.h"

#include "base/token.h"
#include "mirror/mirror_db.h"
#include "store/db.h"

#include "engine_fixture.h"

#include <sys/un.h>

/* The socket that is open, and the one that wants tokens. */
static struct {
	struct fixture *f;
	struct auth *auth;
	struct traffic *traffic;
	struct pop_services services;
	struct redirect *redirect;
	struct pop pop;
	struct pop_pages pages;
	struct pop_site site;
	struct pop_party operated_by;
	struct api data[2];
	struct http_server *servers[2];
	struct http_config config[2];
	struct http_counters counters[2];
	int fds[2];
} api;

static const struct http_route *const tables[] = {api_routes, api_large_routes, api_metrics_routes, NULL};
static const char *const sockets[] = {"api.sock", "public.sock"};

static void serve(size_t i)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", rsyncd_path(&up, sockets[i]));
	(void)unlink(a.sun_path);
	api.fds[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(api.fds[i], (struct sockaddr *)&a, sizeof(a)) | listen(api.fds[i], 16), 0);
	api.data[i] = (struct api){.engine = api.f->engine,
	                           .auth = api.auth,
	                           .traffic = api.traffic,
	                           .redirect = api.redirect,
	                           .is_open = i == 0,
	                           .pop = &api.pop,
	                           .counters = api.counters,
	                           .n_counters = 2};
	api.config[i] = (struct http_config){.tables = tables,
	                                     .max_conns = 10,
	                                     .rate = {1000, 1000},
	                                     .timeouts = http_timeouts_default,
	                                     .data = &api.data[i]};
	api.servers[i] = http_server_new(&api.f->loop, &api.config[i], &api.counters[i]);
	assert_int_equal(http_server_listen(api.servers[i], api.fds[i], NULL), 0);
}

static int open_api(void **state)
{
	static char name[] = "lyon", domain[] = "lyon.example", title[] = "Lyon", mail[] = "noc@example.net";

	if (setup(state) < 0)
		return -1;
	memset(&api, 0, sizeof(api));
	api.f = *state;
	api.operated_by.contact = mail;
	api.site = (struct pop_site){.name = name, .domain = domain, .title = title, .operated_by = &api.operated_by};
	api.f->mirror.hide_networks = true; /* from all but operators */
	api.pages.https_port = 443;
	api.services = (struct pop_services){.pages = &api.pages, .mirror = &api.f->mirror};
	api.pop = (struct pop){.site = &api.site, .services = &api.services};
	api.auth = auth_new(api.f->engine);
	api.traffic = traffic_new(&api.pop);
	traffic_start(api.traffic, &api.f->loop, api.f->engine);
	api.redirect = redirect_new(&api.f->loop, &api.pop, api.f->engine, api.traffic);
	serve(0);
	serve(1);
	return 0;
}

static int close_api(void **state)
{
	for (size_t i = 0; i < 2; i++)
		http_server_close(api.servers[i], 0, NULL, NULL);
	traffic_stop(api.traffic);
	redirect_close(api.redirect, NULL, NULL);
	int rc = teardown(state);
	traffic_free(api.traffic);
	auth_free(api.auth);
	for (size_t i = 0; i < 2; i++)
		(void)close(api.fds[i]);
	return rc;
}

/* What curl prints of socket @i: the body, and on a line of its own the status. */
static const char *ask_at(size_t i, const char *options, const char *path)
{
	static char text[1 << 16];
	char command[1024];
	int status;

	(void)snprintf(command, sizeof(command),
	               "curl -sS -m 20 -w '\n%%{http_code}' -H 'X-Forwarded-For: ::1'"
	               " --unix-socket %s %s 'http://mirrord%s' >%s",
	               rsyncd_path(&up, sockets[i]), options, path, rsyncd_path(&up, "answer"));
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

static const char *ask(const char *options, const char *path)
{
	return ask_at(0, options, path);
}

static void test_targets(void **state)
{
	(void)state;
	struct api_target t;

	assert_int_equal(api_target("/api/v1/mirrors/debian/runs", HTTP_METHOD_GET, &t), 0);
	assert_string_equal(t.project, "debian");
	assert_int_equal(t.what, API_RUNS);
	assert_int_equal(api_target("/api/v1/mirrors/debian/stop", HTTP_METHOD_POST, &t), 0);
	assert_int_equal(t.what, API_WISH);
	assert_int_equal(t.wish, ENGINE_STOP);
	assert_int_equal(t.right, API_OPERATOR);
	assert_int_equal(api_target("/api/v1/mirrors/debian", HTTP_METHOD_GET, &t), 0);
	assert_true(t.what == API_SHOW && t.right == API_ANYBODY);
	assert_int_equal(api_target("/api/v1/mirrors/debian/push", HTTP_METHOD_POST, &t), 0);
	assert_int_equal(t.right, API_PUSHER);
	assert_int_equal(api_target("/api/v1/mirrors/debian/stop", HTTP_METHOD_GET, &t), -ENOTSUP);
	assert_int_equal(api_target("/api/v1/mirrors/debian", HTTP_METHOD_POST, &t), -ENOTSUP);
	assert_int_equal(api_target("/api/v1/mirrors/debian/log", HTTP_METHOD_POST, &t), -ENOTSUP);
	static const char *const none[] = {"/api/v1/mirrors/", "/api/v1/mirrors//stop", "/api/v1/mirrors/debian/",
	                                   "/api/v1/mirrors/debian/halt", "/api/v1/mirrors/debian/stop/now",
	                                   "/other/debian/stop"};
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_int_equal(api_target(none[i], HTTP_METHOD_POST, &t), -ENOENT);
	char longest[128] = API_MIRRORS "/";
	size_t len = strlen(longest);
	memset(longest + len, 'a', 63);
	(void)strcat(longest, "/stop");
	assert_int_equal(api_target(longest, HTTP_METHOD_POST, &t), 0);
	memset(longest + len, 'a', 64);
	(void)snprintf(longest + len + 64, 16, "/stop");
	assert_int_equal(api_target(longest, HTTP_METHOD_POST, &t), -ENOENT);
}

static void test_questions_and_wishes(void **state)
{
	struct fixture *f = *state;

	const char *text = ask("", "/api/v1/mirrors");
	assert_non_null(strstr(text, "[{\"name\":\"good\",\"state\":\"waiting\",\"step\":null,"));
	assert_non_null(strstr(text, "{\"name\":\"held\""));
	assert_non_null(strstr(text, "]\n200"));
	assert_non_null(strstr(ask("-X POST", "/api/v1/mirrors/good/push"), "\n200"));
	run_until(f, "good", "1 came, 0 went");
	run_until(f, "good", "\"state\":\"waiting\"");
	assert_non_null(strstr(ask("", "/api/v1/mirrors/good/runs"), "\"outcome\":\"done\""));
	assert_non_null(strstr(ask("", "/api/v1/mirrors/good/log"), "fetch:\n\nNumber of files: "));
	assert_non_null(strstr(ask("-X POST", "/api/v1/mirrors/good/hold"), "\"state\":\"paused\""));
	assert_non_null(strstr(ask("", "/api/v1/mirrors"), "\"name\":\"good\",\"state\":\"paused\""));
	assert_non_null(strstr(ask("-X POST", "/api/v1/mirrors/good/start"), "\n200"));
	run_until(f, "good", "nothing is new");
	assert_non_null(strstr(ask("", "/metrics"), "mirrord_runs_total{project=\"good\",outcome=\"done\"} 1\n"));
}

static void test_refusals(void **state)
{
	struct fixture *f = *state;

	assert_non_null(strstr(ask("-X POST", "/api/v1/mirrors/nothing/start"), "no project, or no run"));
	assert_non_null(strstr(ask("-X POST", "/api/v1/mirrors/nothing/start"), "\n404"));
	assert_non_null(strstr(ask("", "/api/v1/mirrors/good/log"), "\n404")); /* it never ran */
	assert_non_null(strstr(ask("", "/api/v1/mirrors/good/log?run=x"), "\n400"));
	assert_non_null(strstr(ask("", "/api/v1/mirrors/good/log?run=99999999999999999999"), "\n400"));
	assert_non_null(strstr(ask("", "/api/v1/mirrors/good/start"), "\n405"));
	assert_non_null(strstr(ask("-X POST", "/api/v1/mirrors/good/release"), "\n409"));  /* nothing is held */
	assert_non_null(strstr(ask("-X POST", "/api/v1/mirrors/good/rollback"), "\n409")); /* nothing is published */
	assert_non_null(strstr(ask("-X POST", "/api/v1/mirrors/good/rollback?generation=x"), "\n400"));
	assert_non_null(strstr(ask("-X POST", "/api/v1/mirrors/held/start"), "\n200"));
	run_until(f, "held", "\"state\":\"held\"");
	assert_non_null(strstr(ask("-X POST", "/api/v1/mirrors/held/start"), "\n409"));
	assert_non_null(strstr(ask("-X POST", "/api/v1/mirrors/held/push"), "held\",\"title\""));
	assert_non_null(strstr(ask("-X POST", "/api/v1/mirrors/held/release"), "\n200"));
}

/* A token of @project, or, of NULL, of the operators, as an option of curl. */
static const char *token_of(const char *project, struct token *ret)
{
	static char option[160];
	char text[TOKEN_LEN + 1], hash[ARGON2_TEXT_MAX], sql[512];
	sqlite3 *db;

	*ret = token_make();
	token_text(ret, text);
	assert_int_equal(argon2_hash(ret->secret, TOKEN_SECRET_BYTES, hash), 0);
	(void)snprintf(sql, sizeof(sql),
	               "INSERT INTO tokens (id, project, label, hash, created) VALUES ('%s', %s%s%s, 'test', '%s', 1)",
	               ret->id, project ? "'" : "", project ? project : "NULL", project ? "'" : "", hash);
	assert_int_equal(db_open(api.f->database, mirror_migrations, &db), 0);
	assert_int_equal(db_exec(db, sql), 0);
	(void)sqlite3_close(db);
	(void)snprintf(option, sizeof(option), "-X POST -H 'Authorization: Bearer %s'", text);
	return option;
}

static void end_token(const struct token *t)
{
	char sql[128];
	sqlite3 *db;

	(void)snprintf(sql, sizeof(sql), "UPDATE tokens SET revoked = 2 WHERE id = '%s'", t->id);
	assert_int_equal(db_open(api.f->database, mirror_migrations, &db), 0);
	assert_int_equal(db_exec(db, sql), 0);
	(void)sqlite3_close(db);
}

static void test_tokens(void **state)
{
	struct fixture *f = *state;
	struct token pusher, operators;
	char push[160];

	assert_non_null(strstr(ask_at(1, "", "/api/v1/mirrors"), "\n200")); /* for everybody */
	assert_non_null(strstr(ask_at(1, "", "/api/v1/mirrors/good"), "\n200"));
	assert_non_null(strstr(ask_at(1, "-X POST", "/api/v1/mirrors/good/push"), "no-token"));
	assert_non_null(strstr(ask_at(1, "-X POST", "/api/v1/mirrors/good/push"), "\n401"));
	assert_non_null(strstr(ask_at(1, "-X POST -H 'Authorization: Bearer fontaine_x'", "/api/v1/mirrors/good/push"),
	                       "\n401"));
	assert_non_null(strstr(ask_at(1, "", "/api/v1/mirrors/good/log"), "\n401"));
	(void)snprintf(push, sizeof(push), "%s", token_of("good", &pusher));
	assert_non_null(strstr(ask_at(1, push, "/api/v1/mirrors/second/push"), "\n403"));
	assert_non_null(strstr(ask_at(1, push, "/api/v1/mirrors/good/start"), "\n403"));
	assert_non_null(strstr(ask_at(1, push, "/api/v1/mirrors/good/push"), "\n200"));
	run_until(f, "good", "1 came, 0 went");
	run_until(f, "good", "\"state\":\"waiting\"");
	end_token(&pusher);
	assert_non_null(strstr(ask_at(1, push, "/api/v1/mirrors/good/push"), "\n401"));
	const char *all = token_of(NULL, &operators);
	assert_non_null(strstr(ask_at(1, all, "/api/v1/mirrors/good/hold"), "\"state\":\"paused\""));
	assert_non_null(strstr(ask_at(1, all, "/api/v1/mirrors/good/release"), "\n200"));
	assert_non_null(strstr(ask("", "/metrics"), "mirrord_tokens_failed_total 5\n"));
}

static void test_status_pages(void **state)
{
	struct fixture *f = *state;

	assert_non_null(strstr(ask_at(1, "", "/api/v1/traffic"), "{\"span\":\"day\","));
	assert_non_null(strstr(ask_at(1, "", "/api/v1/traffic?span=year"), "\"networks\":null}\n200"));
	assert_non_null(strstr(ask("", "/api/v1/traffic?span=year"), "\"networks\":[]}\n200"));
	assert_non_null(strstr(ask_at(1, "", "/api/v1/traffic?span=hour"), "\n400"));

	assert_non_null(strstr(ask("-X POST", "/api/v1/mirrors/good/push"), "\n200"));
	run_until(f, "good", "\"freshness\":\"fresh\"");
	assert_non_null(strstr(ask_at(1, "", "/jobs"), "{\"name\":\"good\",\"is_master\":true,\"status\":\"s"));
	assert_non_null(strstr(ask_at(1, "", "/mirrorz.json"), "\"url\":\"https://www.lyon.example\","));
	assert_non_null(strstr(ask_at(1, "", "/mirrorz.json"), "\"url\":\"/good/\""));
}

static void test_large(void **state)
{
	static const char *const none[] = {"good/b.meta4", "good/a", "good/.meta4", "good", "",
	                                   "other/a.meta4", "good/%zz.meta4", "good/%2e%2e/x/a.meta4"};
	struct fixture *f = *state;
	char path[128];

	assert_non_null(strstr(ask("-X POST", "/api/v1/mirrors/good/push"), "\n200"));
	run_until(f, "good", "\"large_files\":1,\"large_waiting\":0");
	assert_non_null(strstr(ask_at(1, "", "/api/v1/mirrors/good/large"), "[{\"path\":\"a\",\"bytes\":2,"));
	static const char by_http[] = "-H 'X-Forwarded-Proto: http' -H 'Host: a.example:81'";
	assert_non_null(strstr(ask_at(1, by_http, "/beside/good/a.meta4"),
	                       "<url priority=\"1\">http://a.example:81/good/a</url>"));
	assert_non_null(strstr(ask_at(1, "-H 'Host: [2001:db8::1]:443'", "/beside/good/a.meta4"),
	                       "<url priority=\"1\">https://[2001:db8::1]/good/a</url>"));
	assert_non_null(strstr(ask_at(1, "--http1.0 -H 'Host:'", "/beside/good/a.meta4"),
	                       "<url priority=\"1\">https://www.lyon.example:443/good/a</url>"));
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		(void)snprintf(path, sizeof(path), "/beside/%s", none[i]);
		if (strstr(ask_at(1, "--path-as-is", path), "\n404") == NULL)
			fail_msg("%s", path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets),
		cmocka_unit_test_setup_teardown(test_questions_and_wishes, open_api, close_api),
		cmocka_unit_test_setup_teardown(test_refusals, open_api, close_api),
		cmocka_unit_test_setup_teardown(test_tokens, open_api, close_api),
		cmocka_unit_test_setup_teardown(test_status_pages, open_api, close_api),
		cmocka_unit_test_setup_teardown(test_large, open_api, close_api),
	};

	rsyncd_start(&up);
	int rc = cmocka_run_group_tests_name("mirror/api", tests, NULL, NULL);
	rsyncd_stop(&up);
	return rc;
}
