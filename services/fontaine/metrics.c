/* fontaine metrics: print what all programs of the POP count, or answer nginx with it. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"

#include "base/log.h"
#include "fontaine/scrape.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	REQUEST_MAX_BYTES = 4096,
	CLIENT_LIMIT_S = 1,
	HEAD_MAX_BYTES = 256,
};

/** Read the head of a request. Return: whether it came, with @ret a text. */
static bool read_request(int fd, char ret[REQUEST_MAX_BYTES])
{
	size_t len = 0;

	do {
		ssize_t n = read(fd, ret + len, REQUEST_MAX_BYTES - 1 - len);
		if (n <= 0) /* gone, or slow, or too long */
			return false;
		len += (size_t)n;
		ret[len] = '\0';
	} while (strstr(ret, "\r\n\r\n") == NULL);
	return true;
}

static bool asks_for(const char *request, const char *path)
{
	size_t len = strlen(path);

	return strncmp(request, "GET ", 4) == 0 && strncmp(request + 4, path, len) == 0 && request[4 + len] == ' ';
}

static bool send_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static void reply(int fd, const char *status, const char *type, const struct buf *body)
{
	char head[HEAD_MAX_BYTES];

	int n = snprintf(head, sizeof(head),
	                 "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
	                 status, type, body->len);
	if (send_all(fd, head, (size_t)n))
		(void)send_all(fd, body->data, body->len);
}

static void answer(int fd, const struct pop *p, const char *tls_path)
{
	const struct timeval limit = {.tv_sec = CLIENT_LIMIT_S};
	char request[REQUEST_MAX_BYTES];
	struct buf body;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (!read_request(fd, request))
		return;
	buf_init(&body, SCRAPE_MAX_BYTES);
	if (asks_for(request, "/metrics")) {
		scrape(p, tls_path, &body);
		reply(fd, "200 OK", "text/plain; version=0.0.4; charset=utf-8", &body);
	} else if (!asks_for(request, "/time.json")) {
		reply(fd, "404 Not Found", "text/plain", &body);
	} else if (scrape_time(&body) == 0) {
		reply(fd, "200 OK", "application/json", &body);
	} else {
		reply(fd, "503 Service Unavailable", "application/json", &body);
	}
	buf_done(&body);
}

/** One after the other, until systemd stops us: who asks is nginx alone, and seldom. */
static int serve(const struct pop *p, const char *tls_path)
{
	for (;;) {
		int fd = accept4(STDIN_FILENO, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0) {
			answer(fd, p, tls_path);
			(void)close(fd);
		} else if (errno != EINTR && errno != ECONNABORTED) {
			log_error("standard input: %s; give a listening socket (systemd.exec(5), StandardInput=socket)",
			          strerror(errno));
			return EXIT_FAILED;
		}
	}
}

int metrics_run(const struct arguments *a)
{
	struct buf text;
	struct pop *p;

	int rc = command_load_pop(a->pop_path, &p);
	if (rc != EXIT_FINE)
		return rc;
	if (a->serve) {
		rc = serve(p, a->tls_path);
	} else {
		buf_init(&text, SCRAPE_MAX_BYTES);
		scrape(p, a->tls_path, &text);
		(void)fwrite(text.data, 1, text.len, stdout);
		buf_done(&text);
	}
	pop_free(p);
	return rc;
}
