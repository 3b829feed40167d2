/* One question to one socket, and its answer. */
/* SPDX-License-Identifier: MIT */
#include "probe/exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
	SOURCES = 16,
	LATE_MS = 10, /* by which a limit may be missed */
};

/** A connected socket, with TLS on it or not. */
struct channel {
	int fd;
	SSL *tls; /* or NULL */
	double deadline_ms;
	double limit_ms; /* of a blocking call, as it was set last; 0: not yet */
};

static double now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/** Let the next blocking call take what is left of the time, about: most answers come in no time. */
static int set_limit(struct channel *c)
{
	double left_ms = c->deadline_ms - now_ms();
	if (left_ms < 1)
		return -ETIMEDOUT;
	if (c->limit_ms > 0 && c->limit_ms - left_ms < LATE_MS)
		return 0;

	struct timeval limit = {
		.tv_sec = (time_t)(left_ms / 1e3),
		.tv_usec = (suseconds_t)(left_ms * 1e3) % 1000000,
	};
	if (setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0 ||
	    setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0)
		return -errno;
	c->limit_ms = left_ms;
	return 0;
}

/** What the last system call failed with; a limit set by set_limit() shows as one of two others. */
static int last_error(void)
{
	return errno == EAGAIN || errno == EINPROGRESS ? -ETIMEDOUT : -errno;
}

/**
 * Send from 127.0.0.0/8 or ::1, not from the address that is asked, which is the machine's too. Who limits what
 * one address may ask sees several.
 */
static int bind_to_loopback(int fd, int family)
{
	struct addr own = {.in6 = {.sin6_family = (sa_family_t)family, .sin6_addr = IN6ADDR_LOOPBACK_INIT}};

	if (family == AF_INET)
		own.in = (struct sockaddr_in){
			.sin_family = AF_INET,
			.sin_addr = {.s_addr = htonl(INADDR_LOOPBACK + arc4random_uniform(SOURCES))},
		};
	return bind(fd, &own.sa, addr_len(&own)) < 0 ? -errno : 0;
}

static int open_channel(const struct exchange *x, int type, struct channel *ret)
{
	const struct addr *to = x->to;
	struct channel c = {.deadline_ms = now_ms() + (double)x->limit_ms};

	c.fd = socket(addr_family(to), type | SOCK_CLOEXEC, 0);
	if (c.fd < 0)
		return -errno;
	int rc = set_limit(&c);
	if (rc == 0 && x->is_from_loopback)
		rc = bind_to_loopback(c.fd, addr_family(to));
	if (rc == 0 && x->from != NULL && bind(c.fd, &x->from->sa, addr_len(x->from)) < 0)
		rc = -errno;
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

/**
 * Say goodbye and wait until the other end has, which would otherwise note in its log that somebody hung up on it
 * with something unread.
 */
static void end_tls(struct channel *c)
{
	char rest[512];

	(void)SSL_shutdown(c->tls);
	(void)shutdown(c->fd, SHUT_WR);
	while (set_limit(c) == 0 && recv(c->fd, rest, sizeof(rest), 0) > 0)
		;
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

/**
 * Sleep until as much is there as is wanted, or the end, and not up to every piece of it: to be woken costs more than
 * to read.
 */
static int wait_for_end(const struct channel *c)
{
	const int all = ANSWER_MAX_BYTES, any = 1;
	struct pollfd p = {.fd = c->fd, .events = POLLIN};
	double left_ms = c->deadline_ms - now_ms();

	if (setsockopt(c->fd, SOL_SOCKET, SO_RCVLOWAT, &all, sizeof(all)) < 0)
		return -errno;
	int n = left_ms < 1 ? 0 : poll(&p, 1, (int)left_ms);
	if (n < 0 || setsockopt(c->fd, SOL_SOCKET, SO_RCVLOWAT, &any, sizeof(any)) < 0)
		return -errno;
	return n == 0 ? -ETIMEDOUT : 0;
}

static int read_stream(struct channel *c, struct exchange *x)
{
	int rc = x->is_whole == NULL ? wait_for_end(c) : 0;

	if (rc < 0)
		return rc;
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

/** Offer one protocol, which stands in the list after its length (RFC 7301, 3.1). */
static void offer(SSL *tls, const char *alpn)
{
	uint8_t list[16] = {(uint8_t)strlen(alpn)};

	memcpy(list + 1, alpn, list[0]);
	(void)SSL_set_alpn_protos(tls, list, 1U + list[0]);
}

/** Have the next one go on with this session; when something went wrong, with none. */
static void keep_session(const struct channel *c, struct ssl_session_st **session, int rc)
{
	SSL_SESSION_free(*session);
	*session = rc == 0 ? SSL_get1_session(c->tls) : NULL;
}

/** Shake hands; the other end must take what is asked for. */
static int start_tls(struct channel *c, const struct exchange *x)
{
	const unsigned char *taken = NULL;
	unsigned taken_len = 0;

	c->tls = SSL_new(x->tls);
	if (c->tls == NULL || SSL_set_fd(c->tls, c->fd) != 1)
		return -ENOMEM;
	if (x->alpn != NULL)
		offer(c->tls, x->alpn);
	if (x->session != NULL && *x->session != NULL)
		(void)SSL_set_session(c->tls, *x->session); /* else it is a new one */
	if (SSL_connect(c->tls) != 1)
		return -EPROTO;
	SSL_get0_alpn_selected(c->tls, &taken, &taken_len);
	return x->alpn != NULL && taken_len == 0 ? -EPROTONOSUPPORT : 0;
}

static int exchange_stream(struct exchange *x, bool has_tls)
{
	struct channel c = {0};
	double start_ms = now_ms();

	int rc = open_channel(x, SOCK_STREAM, &c);
	if (rc < 0)
		return rc;
	if (has_tls)
		rc = start_tls(&c, x);
	if (rc == 0)
		rc = channel_write(&c, x->question, x->question_len);
	if (rc == 0)
		rc = read_stream(&c, x);
	x->took_ms = now_ms() - start_ms;
	if (has_tls && c.tls != NULL && x->session != NULL)
		keep_session(&c, x->session, rc);
	if (rc == 0 && has_tls)
		end_tls(&c);
	close_channel(&c);
	return rc;
}

int exchange_tcp(struct exchange *x)
{
	return exchange_stream(x, false);
}

int exchange_tls(struct exchange *x)
{
	return exchange_stream(x, true);
}

/** Wait for the next packet or the next time that QUIC has something to do. Return: 0, or -ETIMEDOUT. */
static int wait_for_quic(const struct channel *c)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN};
	struct timeval due = {0};
	int is_infinite = 0;
	double left_ms = c->deadline_ms - now_ms();

	if (left_ms < 1)
		return -ETIMEDOUT;
	if (SSL_get_event_timeout(c->tls, &due, &is_infinite) == 1 && !is_infinite)
		left_ms = fmin(left_ms, (double)due.tv_sec * 1e3 + (double)due.tv_usec / 1e3 + 1);
	(void)poll(&p, 1, (int)left_ms);
	(void)SSL_handle_events(c->tls);
	return 0;
}

/** Whether a call that returned @rc is to be made again, after the time that it takes; or a negative errno. */
static int goes_on(const struct channel *c, int rc)
{
	int why = SSL_get_error(c->tls, rc);

	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		return wait_for_quic(c);
	return -EPROTO;
}

/** Shake hands, send the question and the end of the stream, read up to the end of the answer. */
static int talk_quic(struct channel *c, struct exchange *x)
{
	size_t n;
	int done, rc = 0;

	while ((done = SSL_connect(c->tls)) != 1 && rc == 0)
		rc = goes_on(c, done);
	if (rc == 0 && SSL_write_ex2(c->tls, x->question, x->question_len, SSL_WRITE_FLAG_CONCLUDE, &n) != 1)
		rc = -EPROTO;
	while (rc == 0 && x->answer_len < ANSWER_MAX_BYTES) {
		done = SSL_read_ex(c->tls, x->answer + x->answer_len, ANSWER_MAX_BYTES - x->answer_len, &n);
		if (done == 1)
			x->answer_len += n;
		else if (SSL_get_error(c->tls, done) == SSL_ERROR_ZERO_RETURN)
			break;
		else
			rc = goes_on(c, done);
	}
	x->answer[x->answer_len] = 0;
	return rc;
}

/** A connection to @to over the socket of @c. Return: 0, or -ENOMEM. */
static int prepare_quic(struct channel *c, SSL_CTX *tls, const struct addr *to, const char *alpn)
{
	bool is_v4 = addr_family(to) == AF_INET;
	const void *where = is_v4 ? (const void *)&to->in.sin_addr : (const void *)&to->in6.sin6_addr;
	BIO_ADDR *peer = BIO_ADDR_new();
	int rc = -ENOMEM;

	c->tls = SSL_new(tls);
	if (c->tls != NULL && peer != NULL &&
	    BIO_ADDR_rawmake(peer, addr_family(to), where, is_v4 ? 4 : 16, htons(addr_port(to))) == 1 &&
	    BIO_socket_nbio(c->fd, 1) == 1 && SSL_set_fd(c->tls, c->fd) == 1 &&
	    SSL_set1_initial_peer_addr(c->tls, peer) == 1 && SSL_set_blocking_mode(c->tls, 0) == 1) {
		offer(c->tls, alpn);
		rc = 0;
	}
	BIO_ADDR_free(peer);
	return rc;
}

int exchange_quic(struct exchange *x)
{
	/* Of its own, each time: it keeps tokens, and Knot 3.4 does not answer to who shows one from another port. */
	SSL_CTX *tls = SSL_CTX_new(OSSL_QUIC_client_method());
	struct channel c = {0};
	double start_ms = now_ms();

	if (tls == NULL)
		return -ENOMEM;
	(void)SSL_CTX_set1_groups_list(tls, EXCHANGE_GROUPS);
	(void)SSL_CTX_set_ciphersuites(tls, EXCHANGE_CIPHER);
	int rc = open_channel(x, SOCK_DGRAM, &c);
	if (rc == 0) {
		rc = prepare_quic(&c, tls, x->to, x->alpn);
		if (rc == 0)
			rc = talk_quic(&c, x);
		close_channel(&c);
	}
	x->took_ms = now_ms() - start_ms;
	SSL_CTX_free(tls);
	return rc;
}
