/* One question to one socket, and its answer. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/** A connected socket, with TLS on it or not. */
struct channel {
	int fd;
	SSL *tls; /* or NULL */
	double deadline_ms;
};

static double now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/** Let the next blocking call take what is left of the time. */
static int set_limit(const struct channel *c)
{
	double left_ms = c->deadline_ms - now_ms();
	if (left_ms < 1)
		return -ETIMEDOUT;

	struct timeval limit = {
		.tv_sec = (time_t)(left_ms / 1e3),
		.tv_usec = (suseconds_t)(left_ms * 1e3) % 1000000,
	};
	if (setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0 ||
	    setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0)
		return -errno;
	return 0;
}

/** What the last system call failed with; a limit set by set_limit() shows as one of two others. */
static int last_error(void)
{
	return errno == EAGAIN || errno == EINPROGRESS ? -ETIMEDOUT : -errno;
}

/** Send from 127.0.0.1 or ::1, not from the address that is asked, which is the machine's too. */
static int bind_to_loopback(int fd, int family)
{
	struct addr own = {.in6 = {.sin6_family = (sa_family_t)family, .sin6_addr = IN6ADDR_LOOPBACK_INIT}};

	if (family == AF_INET)
		own.in = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
	return bind(fd, &own.sa, addr_len(&own)) < 0 ? -errno : 0;
}

static int open_channel(const struct exchange *x, int type, struct channel *ret)
{
	const struct addr *to = x->to;
	struct channel c = {.deadline_ms = now_ms() + (double)EXCHANGE_LIMIT_MS};

	c.fd = socket(addr_family(to), type | SOCK_CLOEXEC, 0);
	if (c.fd < 0)
		return -errno;
	int rc = set_limit(&c);
	if (rc == 0 && x->is_from_loopback)
		rc = bind_to_loopback(c.fd, addr_family(to));
	if (rc == 0 && connect(c.fd, &to->sa, addr_len(to)) < 0)
		rc = last_error();
	if (rc < 0)
		(void)close(c.fd);
	else
		*ret = c;
	return rc;
}

static void close_channel(struct channel *c)
{
	SSL_free(c->tls);
	(void)close(c->fd);
}

/** Return: bytes, 0 at the end, or a negative errno. */
static ssize_t channel_read(struct channel *c, void *out, size_t max)
{
	ssize_t n = set_limit(c);
	if (n < 0)
		return n;
	if (c->tls == NULL) {
		n = recv(c->fd, out, max, 0);
		return n < 0 ? last_error() : n;
	}
	n = SSL_read(c->tls, out, (int)max);
	if (n > 0)
		return n;
	switch (SSL_get_error(c->tls, (int)n)) {
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return -ETIMEDOUT;
	default:
		return -EPROTO;
	}
}

/** Questions are short: they fit the socket's buffer at once. */
static int channel_write(struct channel *c, const void *data, size_t len)
{
	if (c->tls != NULL)
		return SSL_write(c->tls, data, (int)len) == (int)len ? 0 : -EPROTO;
	ssize_t n = send(c->fd, data, len, MSG_NOSIGNAL);
	if (n < 0)
		return last_error();
	return (size_t)n == len ? 0 : -EMSGSIZE;
}

static int read_stream(struct channel *c, struct exchange *x)
{
	x->answer_len = 0;
	while (x->answer_len < ANSWER_MAX_BYTES) {
		ssize_t n = channel_read(c, x->answer + x->answer_len, ANSWER_MAX_BYTES - x->answer_len);
		if (n < 0)
			return (int)n;
		x->answer_len += (size_t)n;
		if (n == 0 || (x->is_whole != NULL && x->is_whole(x->answer, x->answer_len)))
			break;
	}
	x->answer[x->answer_len] = 0;
	return 0;
}

int exchange_udp(struct exchange *x)
{
	struct channel c = {0};
	double start_ms = now_ms();

	int rc = open_channel(x, SOCK_DGRAM, &c);
	if (rc < 0)
		return rc;
	rc = channel_write(&c, x->question, x->question_len);
	if (rc == 0) {
		ssize_t n = channel_read(&c, x->answer, ANSWER_MAX_BYTES);
		x->answer_len = n < 0 ? 0 : (size_t)n;
		x->answer[x->answer_len] = 0;
		rc = n < 0 ? (int)n : 0;
	}
	x->took_ms = now_ms() - start_ms;
	close_channel(&c);
	return rc;
}

/** @tls: NULL for a plain connection. */
static int exchange_stream(struct exchange *x, SSL_CTX *tls)
{
	struct channel c = {0};
	double start_ms = now_ms();

	int rc = open_channel(x, SOCK_STREAM, &c);
	if (rc < 0)
		return rc;
	if (tls != NULL) {
		c.tls = SSL_new(tls);
		if (c.tls == NULL || SSL_set_fd(c.tls, c.fd) != 1 || SSL_connect(c.tls) != 1)
			rc = -EPROTO;
	}
	if (rc == 0)
		rc = channel_write(&c, x->question, x->question_len);
	if (rc == 0)
		rc = read_stream(&c, x);
	x->took_ms = now_ms() - start_ms;
	close_channel(&c);
	return rc;
}

int exchange_tcp(struct exchange *x)
{
	return exchange_stream(x, NULL);
}

int exchange_tls(struct exchange *x)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	if (tls == NULL)
		return -ENOMEM;
	int rc = exchange_stream(x, tls);
	SSL_CTX_free(tls);
	return rc;
}
