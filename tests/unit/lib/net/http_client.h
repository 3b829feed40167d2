/* A client of the fixture's server: it blocks, with a limit on every wait. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_HTTP_CLIENT_H
#define FONTAINE_TESTS_HTTP_CLIENT_H

#include "http_fixture.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_S = 5 };

static inline int dial(const struct fixture *f)
{
	static const struct timeval limit = {.tv_sec = WAIT_S};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	int rc;
	do
		rc = connect(fd, &f->addr.sa, addr_len(&f->addr));
	while (rc < 0 && (errno == EINTR || errno == EALREADY)); /* it goes on by itself */
	assert_true(rc == 0 || errno == EISCONN);
	return fd;
}

static inline void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Return: bytes, or 0 when the server has closed. */
static inline size_t hear_some(int fd, char *ret, size_t size)
{
	ssize_t n;

	do
		n = recv(fd, ret, size, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		fail_msg("recv: %s", strerror(errno));
	return (size_t)n;
}

/* Read until the server closes, or @enough bytes. Return: a static text. */
static inline const char *hear(int fd, size_t enough)
{
	static char text[256 * 1024];
	size_t len = 0;

	while (len < enough && len + 1 < sizeof(text)) {
		size_t n = hear_some(fd, text + len, sizeof(text) - 1 - len);
		if (n == 0)
			break;
		len += n;
	}
	text[len] = '\0';
	return text;
}

/* Send @request on a connection of its own. Return: all that came until the close. */
static inline const char *ask(const struct fixture *f, const char *request)
{
	int fd = dial(f);

	say(fd, request);
	const char *answer = hear(fd, SIZE_MAX);
	(void)close(fd);
	return answer;
}

static inline void assert_contains(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no '%s' in '%s'", part, text);
}

/* Wait until @value is @expected, with a limit. */
static inline void assert_becomes(_Atomic uint64_t *value, uint64_t expected)
{
	for (int i = 0; i < WAIT_S * 100 && atomic_load(value) != expected; i++)
		(void)usleep(10000);
	assert_int_equal(atomic_load(value), expected);
}

#endif
