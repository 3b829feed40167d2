/* One question to a program of this machine: who answers, who is late, and who fails. */
/* SPDX-License-Identifier: MIT */
#include "sys/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LONG_MS = 10000,
       SHORT_MS = 50 };

/** A server that takes one connection and says something to it, or nothing. */
struct server {
	char folder[32], path[48];
	int listener, client;
	const char *says; /* NULL: it waits */
	pthread_t thread;
};

static void *on_thread(void *data)
{
	struct server *s = data;
	char question[256];

	s->client = accept(s->listener, NULL, NULL);
	if (s->says != NULL && read(s->client, question, sizeof(question)) > 0 &&
	    write(s->client, s->says, strlen(s->says)) > 0)
		(void)shutdown(s->client, SHUT_WR);
	return NULL;
}

static void serve(struct server *s, const char *says)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	*s = (struct server){.folder = "/tmp/ask-XXXXXX", .says = says};
	assert_non_null(mkdtemp(s->folder));
	(void)snprintf(s->path, sizeof(s->path), "%s/socket", s->folder);
	strcpy(to.sun_path, s->path);
	s->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(s->listener, (const struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(listen(s->listener, 1), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, on_thread, s), 0);
}

static void end(struct server *s)
{
	assert_int_equal(pthread_join(s->thread, NULL), 0);
	(void)close(s->client);
	(void)close(s->listener);
	(void)unlink(s->path);
	(void)rmdir(s->folder);
}

static bool has_a_full_stop(const char *text)
{
	return strchr(text, '.') != NULL;
}

static void test_a_socket_that_answers(void **state)
{
	static const struct {
		const char *says;
		bool (*is_whole)(const char *text);
		int rc;
	} cases[] = {{"all of it", NULL, 0}, {"whole. rest", has_a_full_stop, 0}, {"half", has_a_full_stop, -EPROTO}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct server s;
		struct buf answer;
		buf_init(&answer, 1024);
		serve(&s, cases[i].says);
		struct ask a = {.socket = s.path, .question = "?", .is_whole = cases[i].is_whole};
		assert_int_equal(ask(&a, LONG_MS, &answer), cases[i].rc);
		assert_string_equal(answer.data, cases[i].says);
		end(&s);
		buf_done(&answer);
	}
}

static void test_a_socket_that_is_silent_or_not_there(void **state)
{
	struct server s;
	struct buf answer;

	(void)state;
	buf_init(&answer, 1024);
	serve(&s, NULL);
	struct ask a = {.socket = s.path, .question = "?"};
	assert_int_equal(ask(&a, SHORT_MS, &answer), -ETIMEDOUT);
	end(&s);
	assert_int_equal(ask(&a, LONG_MS, &answer), -ENOENT);
	buf_done(&answer);
}

static void test_an_answer_without_end_fills_no_memory(void **state)
{
	struct server s;
	struct buf answer;

	(void)state;
	buf_init(&answer, 4);
	serve(&s, "more than that");
	struct ask a = {.socket = s.path, .question = "?"};
	assert_int_equal(ask(&a, LONG_MS, &answer), -ENOBUFS);
	end(&s);
	buf_done(&answer);
}

static void test_the_body_of_http(void **state)
{
	(void)state;
	assert_string_equal(ask_http_body("HTTP/1.1 200 OK\r\nServer: x\r\n\r\na 1\n"), "a 1\n");
	assert_null(ask_http_body("HTTP/1.1 404 Not Found\r\n\r\na 1\n"));
	assert_null(ask_http_body("HTTP/1.1 200 OK\r\nServer: x\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_socket_that_answers),
		cmocka_unit_test(test_a_socket_that_is_silent_or_not_there),
		cmocka_unit_test(test_an_answer_without_end_fills_no_memory),
		cmocka_unit_test(test_the_body_of_http),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
