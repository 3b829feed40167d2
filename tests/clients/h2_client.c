/* SPDX-License-Identifier: MIT */
#include "h2_client.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/sockios.h>
#include <math.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum {
	UNSENT_BYTES = 8 * 1024, /* that may wait in a socket: a question waits behind them */
	READ_BYTES = 64 * 1024,  /* before other connections get their turn */
	WINDOW_BYTES = 1 << 30,
	EVENTS = 64,
};

/* A request that waits for its reply. */
struct question {
	int tag;
	double since_s;
	int status;
};

static uint8_t payload[UNSENT_BYTES];

double now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct url url_parse(const char *text)
{
	struct url u = {.port = "443"};

	if (sscanf(text, "https://%279[^/]%511s", u.authority, u.path) != 2)
		errx(EXIT_FAILURE, "\"%s\": give https://HOST[:PORT]/PATH", text);
	if (sscanf(u.authority, "[%255[^]]]:%7[0-9]", u.host, u.port) < 1)
		(void)sscanf(u.authority, "%255[^:]:%7[0-9]", u.host, u.port);
	return u;
}

static int on_header(nghttp2_session *http, const nghttp2_frame *frame, const uint8_t *name, size_t name_len,
                     const uint8_t *value, size_t value_len, uint8_t flags, void *data)
{
	struct question *q = nghttp2_session_get_stream_user_data(http, frame->hd.stream_id);
	(void)flags, (void)value_len, (void)data;

	if (q != NULL && name_len == 7 && memcmp(name, ":status", 7) == 0)
		q->status = atoi((const char *)value); /* nghttp2 ends it with NUL */
	return 0;
}

static int on_chunk(nghttp2_session *http, uint8_t flags, int32_t stream, const uint8_t *bytes, size_t len,
                    void *data)
{
	struct h2_conn *c = data;
	(void)http, (void)flags, (void)stream;

	c->bytes += len;
	if (c->ops->on_body != NULL)
		c->ops->on_body(c, bytes, len);
	return 0;
}

static int on_stream_closed(nghttp2_session *http, int32_t stream, uint32_t code, void *data)
{
	struct h2_conn *c = data;
	struct question *q = nghttp2_session_get_stream_user_data(http, stream);

	if (q->status != 200 || code != NGHTTP2_NO_ERROR)
		errx(EXIT_FAILURE, "status %d, HTTP/2 error %u", q->status, code);
	c->ops->on_reply(c, q->tag, (now_s() - q->since_s) * 1000);
	free(q);
	return 0;
}

static nghttp2_ssize read_payload(nghttp2_session *http, int32_t stream, uint8_t *buf, size_t len, uint32_t *flags,
                                  nghttp2_data_source *source, void *data)
{
	struct h2_conn *c = data;
	(void)http, (void)stream, (void)flags, (void)source;

	memcpy(buf, payload, len);
	c->bytes += len;
	return (nghttp2_ssize)len;
}

/* Small frames: a question waits for the one at hand. */
static nghttp2_ssize frame_length(nghttp2_session *http, uint8_t type, int32_t stream, int32_t conn_window,
                                  int32_t stream_window, uint32_t max, void *data)
{
	(void)http, (void)type, (void)stream, (void)conn_window, (void)stream_window, (void)max, (void)data;
	return UNSENT_BYTES;
}

void h2_client_init(struct h2_client *client, const char *ca_file)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	(void)SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	(void)SSL_CTX_set_alpn_protos(tls, (const unsigned char *)"\2h2", 3);
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	if (ca_file != NULL ? !SSL_CTX_load_verify_file(tls, ca_file) : !SSL_CTX_set_default_verify_paths(tls))
		errx(EXIT_FAILURE, "%s: no certificates of authorities", ca_file != NULL ? ca_file : "this system");
	if (getrandom(payload, sizeof(payload), 0) != sizeof(payload))
		err(EXIT_FAILURE, "getrandom");
	*client = (struct h2_client){.tls = tls, .epoll = epoll_create1(EPOLL_CLOEXEC)};
}

void h2_client_done(struct h2_client *client)
{
	h2_close_all(client);
	(void)close(client->epoll);
	SSL_CTX_free(client->tls);
}

static void conn_close(struct h2_conn *c)
{
	nghttp2_session_del(c->http);
	SSL_free(c->tls);
	(void)close(c->fd); /* leaves the epoll too */
	free(c);
}

static void close_conns(struct h2_client *client, bool all)
{
	for (struct h2_conn **at = &client->conns, *c; (c = *at) != NULL;) {
		if (all || c->phase == H2_CLOSED) {
			*at = c->next;
			conn_close(c);
		} else {
			at = &c->next;
		}
	}
}

void h2_close_all(struct h2_client *client)
{
	close_conns(client, true);
}

static void fail(const char *what)
{
	errx(EXIT_FAILURE, "%s: %s", what, errno != 0 ? strerror(errno) : "closed by the server");
}

static void check_certificate_for(SSL *tls, const char *host)
{
	struct in6_addr any;
	bool is_address = inet_pton(AF_INET, host, &any) == 1 || inet_pton(AF_INET6, host, &any) == 1;
	int ok = is_address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host)
	                    : SSL_set1_host(tls, host) && SSL_set_tlsext_host_name(tls, host);

	if (!ok)
		errx(EXIT_FAILURE, "%s: no name for a certificate", host);
}

static void want(struct h2_conn *c, int operation, uint32_t events)
{
	struct epoll_event wanted = {.events = events, .data.ptr = c};

	if (epoll_ctl(c->client->epoll, operation, c->fd, &wanted) < 0)
		err(EXIT_FAILURE, "epoll");
}

struct h2_conn *h2_open(struct h2_client *client, const struct url *to, const struct h2_conn_ops *ops, void *data)
{
	static const int on = 1, unsent = UNSENT_BYTES;
	struct addrinfo *found, hints = {.ai_socktype = SOCK_STREAM};
	struct h2_conn *c = calloc(1, sizeof(*c));

	int rc = getaddrinfo(to->host, to->port, &hints, &found);
	if (rc != 0)
		errx(EXIT_FAILURE, "%s: %s", to->host, gai_strerror(rc));
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof(unsent));
	*c = (struct h2_conn){.ops = ops, .data = data, .client = client, .fd = fd, .next = client->conns};
	client->conns = c;
	c->since_s = now_s();
	if (connect(fd, found->ai_addr, found->ai_addrlen) < 0 && errno != EINPROGRESS)
		fail("connect");
	freeaddrinfo(found);
	c->tls = SSL_new(client->tls);
	(void)SSL_set_fd(c->tls, fd);
	SSL_set_connect_state(c->tls);
	check_certificate_for(c->tls, to->host);
	want(c, EPOLL_CTL_ADD, EPOLLOUT);
	return c;
}

static nghttp2_nv header(const char *name, const char *value)
{
	return (nghttp2_nv){
		.name = (uint8_t *)(uintptr_t)name,
		.value = (uint8_t *)(uintptr_t)value,
		.namelen = strlen(name),
		.valuelen = strlen(value),
	};
}

void h2_ask(struct h2_conn *c, const char *method, const struct url *what, int tag)
{
	static const nghttp2_data_provider2 body = {.read_callback = read_payload};
	bool has_body = strcmp(method, "POST") == 0;
	nghttp2_nv headers[] = {header(":method", method), header(":scheme", "https"),
	                        header(":authority", what->authority), header(":path", what->path)};
	struct question *q = calloc(1, sizeof(*q));

	*q = (struct question){.tag = tag, .since_s = now_s()};
	if (nghttp2_submit_request2(c->http, NULL, headers, 4, has_body ? &body : NULL, q) < 0)
		errx(EXIT_FAILURE, "no room for a request");
	want(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

static void start_http(struct h2_conn *c)
{
	static const nghttp2_settings_entry settings[] = {
		{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
		{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW_BYTES},
	};
	nghttp2_session_callbacks *calls;

	(void)nghttp2_session_callbacks_new(&calls);
	nghttp2_session_callbacks_set_on_header_callback(calls, on_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, on_chunk);
	nghttp2_session_callbacks_set_on_stream_close_callback(calls, on_stream_closed);
	nghttp2_session_callbacks_set_data_source_read_length_callback2(calls, frame_length);
	(void)nghttp2_session_client_new(&c->http, calls, c);
	nghttp2_session_callbacks_del(calls);
	(void)nghttp2_submit_settings(c->http, NGHTTP2_FLAG_NONE, settings, 2);
	(void)nghttp2_session_set_local_window_size(c->http, NGHTTP2_FLAG_NONE, 0, WINDOW_BYTES);
}

/* Return: how long the phase took that is over. */
static double enter(struct h2_conn *c, enum h2_phase next)
{
	double now = now_s(), ms = (now - c->since_s) * 1000;

	c->since_s = now;
	c->phase = next;
	return ms;
}

static void connected(struct h2_conn *c)
{
	socklen_t len = sizeof(errno);

	(void)getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &errno, &len);
	if (errno != 0)
		fail("connect");
	c->tcp_ms = enter(c, H2_HANDSHAKE);
}

static void secured(struct h2_conn *c)
{
	const unsigned char *protocol;
	unsigned len;

	SSL_get0_alpn_selected(c->tls, &protocol, &len);
	if (len != 2 || memcmp(protocol, "h2", 2) != 0)
		errx(EXIT_FAILURE, "the server does not speak HTTP/2");
	double ms = enter(c, H2_OPEN);
	c->tls_ms = SSL_version(c->tls) >= TLS1_3_VERSION ? ms : ms / 2;
	start_http(c);
	c->ops->on_open(c);
}

static void handshake(struct h2_conn *c)
{
	errno = 0;
	int rc = SSL_do_handshake(c->tls);
	int why = SSL_get_error(c->tls, rc);

	if (rc == 1)
		secured(c);
	else if (why == SSL_ERROR_SSL)
		errx(EXIT_FAILURE, "TLS: %s", X509_verify_cert_error_string(SSL_get_verify_result(c->tls)));
	else if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		want(c, EPOLL_CTL_MOD, why == SSL_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT);
	else
		fail("handshake");
}

static void receive(struct h2_conn *c)
{
	static uint8_t input[READ_BYTES];
	int n = 1;

	for (size_t total = 0; total < sizeof(input) && n > 0 && c->phase == H2_OPEN; total += (size_t)n) {
		errno = 0;
		n = SSL_read(c->tls, input, sizeof(input));
		if (n > 0 && nghttp2_session_mem_recv2(c->http, input, (size_t)n) < 0)
			errx(EXIT_FAILURE, "the server broke HTTP/2");
	}
	if (n <= 0 && SSL_get_error(c->tls, n) != SSL_ERROR_WANT_READ)
		fail("receive");
}

/* One frame at a time, so that little waits before the next question. */
static void transmit(struct h2_conn *c)
{
	if (c->out_len == 0) {
		nghttp2_ssize n = nghttp2_session_mem_send2(c->http, &c->out);
		if (n < 0)
			errx(EXIT_FAILURE, "HTTP/2: %s", nghttp2_strerror((int)n));
		c->out_len = (size_t)n;
	}
	if (c->out_len == 0)
		return;
	errno = 0;
	int n = SSL_write(c->tls, c->out, (int)c->out_len);
	if (n <= 0 && SSL_get_error(c->tls, n) != SSL_ERROR_WANT_WRITE)
		fail("send");
	c->out += n > 0 ? n : 0;
	c->out_len -= n > 0 ? (size_t)n : 0;
}

static void step(struct h2_conn *c, uint32_t events)
{
	if (c->phase == H2_CONNECTING)
		connected(c);
	if (c->phase == H2_HANDSHAKE)
		handshake(c);
	if (c->phase == H2_OPEN && (events & ~(uint32_t)EPOLLOUT))
		receive(c);
	if (c->phase == H2_OPEN && (events & EPOLLOUT))
		transmit(c);
	if (c->phase != H2_OPEN)
		return;
	bool more = c->out_len > 0 || nghttp2_session_want_write(c->http);
	want(c, EPOLL_CTL_MOD, EPOLLIN | (more ? EPOLLOUT : 0));
}

uint64_t h2_bytes_moved(const struct h2_conn *c)
{
	int waiting = 0;

	(void)ioctl(c->fd, SIOCOUTQ, &waiting);
	return c->bytes > (uint64_t)waiting ? c->bytes - (uint64_t)waiting : 0;
}

void h2_turn(struct h2_client *client, double end_s)
{
	struct epoll_event events[EVENTS];
	double wait_ms = ceil(fmax(0, end_s - now_s()) * 1000);
	int n = epoll_wait(client->epoll, events, EVENTS, (int)wait_ms);

	for (int i = 0; i < n; i++)
		step(events[i].data.ptr, events[i].events);
	close_conns(client, false);
}
