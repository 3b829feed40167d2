/*
 * The load of the benchmarks: ask a server for work over kept-alive connections
 * for some seconds, check every reply, and say what was done and what it cost
 * the server. With TLS, its own encryption is in its own time.
 *
 * A thread sends one request on each of its connections, then reads the replies
 * in that order. The clocks start when all connections are open. A transfer is never
 * cut off: the run ends with the last reply, and the servers' time is read when they
 * have closed every connection.
 */
/* SPDX-License-Identifier: MIT */
#include "load.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	THREADS_MAX = 10000,
	CONNECTIONS_MAX = 1024, /* of one thread */
	STACK_BYTES = 256 * 1024,
	PIECE_BYTES = 16 * 1024, /* of a reply over TLS */
	SILENCE_MAX_S = 30,      /* of a server, then the run fails */
	TIME_MAX_S = 60,         /* of the whole run, whatever happens */
};

static const char usage[] =
    "usage: load [-t THREADS] [-c CONNECTIONS_OF_EACH] [-s SECONDS] [-u BYTES] [-d BYTES] [-n | -k] [-w]\n"
    "            [-p SERVER_PID]... ADDRESS PORT PATH\n"
    "  -u: POST a body of so many bytes, instead of GET; -d: expect so many in the reply\n"
    "  -n: PATH is an ndt7 test, an upload of messages of -u bytes, or else a download\n"
    "  -k: with TLS; -w: say \"held\" when each connection has been served, and wait for the end of input,\n"
    "  then have each served once more\n"
    "prints: {\"requests\":N,\"bytes\":N,\"seconds\":S,\"server_cpu_seconds\":S}\n";

struct connection {
	int fd;
	SSL *ssl; /* NULL: plain */
};

struct client {
	struct load *load;
	pthread_t thread;
	struct connection *connections;
	uint64_t requests;
	uint64_t bytes; /* of bodies or messages */
};

double seconds_on(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t) < 0)
		err(EXIT_FAILURE, "a clock, or that of a server");
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* All threads of each server process, also those that have ended. */
static double server_cpu_s(const struct load *l)
{
	double sum = 0;

	for (size_t i = 0; i < l->n_servers; i++)
		sum += seconds_on(l->servers[i]);
	return sum;
}

static void payload_open(struct load *l)
{
	static char bytes[PAYLOAD_BYTES];
	int fd = memfd_create("payload", MFD_CLOEXEC);

	for (size_t done = 0; done < sizeof(bytes);) {
		ssize_t n = getrandom(bytes + done, sizeof(bytes) - done, 0);
		if (n < 0)
			err(EXIT_FAILURE, "getrandom");
		done += (size_t)n;
	}
	if (fd < 0 || write(fd, bytes, sizeof(bytes)) != (ssize_t)sizeof(bytes))
		err(EXIT_FAILURE, "payload");
	l->payload = bytes;
	l->payload_fd = fd;
}

static int connect_to(const struct sockaddr_in *address)
{
	static const struct timeval patience = {.tv_sec = SILENCE_MAX_S};
	static const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0 ||
	    connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
		err(EXIT_FAILURE, "connect");
	return fd;
}

static struct connection open_connection(const struct load *l)
{
	struct connection c = {.fd = connect_to(&l->address)};

	if (l->tls == NULL)
		return c;
	c.ssl = SSL_new(l->tls);
	if (c.ssl == NULL || SSL_set_fd(c.ssl, c.fd) != 1 || SSL_connect(c.ssl) != 1)
		errx(EXIT_FAILURE, "no handshake");
	return c;
}

/* Wait until the server has read all and closed, so that no work of it is left out. */
static void disconnect(const struct connection *c)
{
	char rest[64];
	ssize_t n, said = c->ssl != NULL ? (ssize_t)sizeof(rest) : 0; /* goodbye is not much */

	if (c->ssl != NULL)
		(void)SSL_shutdown(c->ssl);
	if (shutdown(c->fd, SHUT_WR) < 0)
		err(EXIT_FAILURE, "shutdown");
	while ((n = recv(c->fd, rest, sizeof(rest), 0)) > 0 && n <= said)
		said -= n;
	if (n != 0)
		errx(EXIT_FAILURE, "a server sent more than its replies");
	SSL_free(c->ssl);
	(void)close(c->fd);
}

static void send_body(const struct load *l, const struct connection *c)
{
	for (uint64_t left = l->upload_bytes; left > 0;) {
		off_t start = 0;
		size_t piece = left < PAYLOAD_BYTES ? (size_t)left : PAYLOAD_BYTES;
		ssize_t n = c->ssl != NULL ? SSL_write(c->ssl, l->payload, (int)piece)
		                           : sendfile(c->fd, l->payload_fd, &start, piece);
		if (n <= 0)
			err(EXIT_FAILURE, "sending a body");
		left -= (uint64_t)n;
	}
}

static void send_request(const struct load *l, const struct connection *c)
{
	size_t len = strlen(l->head);
	ssize_t n = c->ssl != NULL ? SSL_write(c->ssl, l->head, (int)len)
	                           : send(c->fd, l->head, len, MSG_NOSIGNAL | (l->upload_bytes > 0 ? MSG_MORE : 0));

	if (n != (ssize_t)len)
		err(EXIT_FAILURE, "sending a head");
	send_body(l, c);
}

static size_t receive(const struct connection *c, char *ret, size_t size)
{
	ssize_t n = c->ssl != NULL ? SSL_read(c->ssl, ret, (int)size) : recv(c->fd, ret, size, 0);

	if (n <= 0)
		err(EXIT_FAILURE, "a reply ends too early");
	return (size_t)n;
}

/* Read the head of a reply. Return: how many bytes of the body came with it. */
static uint64_t receive_head(const struct load *l, const struct connection *c)
{
	char head[HEAD_MAX_BYTES + 1], *end = NULL;
	size_t len = 0;

	while (end == NULL) {
		len += receive(c, head + len, HEAD_MAX_BYTES - len);
		head[len] = '\0';
		end = strstr(head, "\r\n\r\n");
	}
	const char *length = strcasestr(head, "\r\nContent-Length:");
	uint64_t expected = length == NULL || length > end ? 0 : strtoull(length + 17, NULL, 10);
	uint64_t got = len - (size_t)(end + 4 - head);
	if (strncmp(head, "HTTP/1.1 20", 11) != 0 || expected != l->download_bytes || got > expected)
		errx(EXIT_FAILURE, "not the reply that was expected:\n%s", head);
	return got;
}

/* The kernel drops a plain body, so that the load stays cheaper than any server. */
static void receive_reply(const struct load *l, const struct connection *c)
{
	char piece[PIECE_BYTES];
	uint64_t left = l->download_bytes - receive_head(l, c);

	while (left > 0) {
		ssize_t n = c->ssl != NULL ? (ssize_t)receive(c, piece, left < sizeof(piece) ? left : sizeof(piece))
		                           : recv(c->fd, NULL, left, MSG_TRUNC);
		if (n <= 0)
			err(EXIT_FAILURE, "a reply's body, %" PRIu64 " bytes before its end", left);
		left -= (uint64_t)n;
	}
}

static void meet(struct load *l)
{
	(void)pthread_barrier_wait(&l->meeting);
}

static void ask_once(struct client *c)
{
	const struct load *l = c->load;

	for (unsigned i = 0; i < l->connections; i++)
		send_request(l, &c->connections[i]);
	for (unsigned i = 0; i < l->connections; i++)
		receive_reply(l, &c->connections[i]);
	c->requests += l->connections;
	c->bytes += l->connections * (l->upload_bytes + l->download_bytes);
}

static void *run_client(void *arg)
{
	struct client *c = arg;
	struct load *l = c->load;

	c->connections = calloc(l->connections, sizeof(c->connections[0]));
	if (c->connections == NULL)
		err(EXIT_FAILURE, "connections");
	for (unsigned i = 0; i < l->connections; i++) {
		(void)pthread_mutex_lock(&l->connecting);
		c->connections[i] = open_connection(l);
		(void)pthread_mutex_unlock(&l->connecting);
	}
	meet(l); /* all are open */
	meet(l); /* the clocks have started */
	if (l->ndt7)
		c->bytes = ndt7_run(l, c->connections[0].fd);
	while (!l->ndt7 && (c->requests == 0 || seconds_on(CLOCK_MONOTONIC) < l->end_s))
		ask_once(c);
	if (l->hold) {
		meet(l); /* all are served */
		meet(l); /* they were held */
		ask_once(c);
	}
	for (unsigned i = 0; i < l->connections; i++)
		disconnect(&c->connections[i]);
	free(c->connections);
	return NULL;
}

static void start_clients(struct load *l, struct client *clients)
{
	pthread_attr_t attributes;

	(void)pthread_barrier_init(&l->meeting, NULL, l->threads + 1);
	(void)pthread_attr_init(&attributes);
	(void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
	for (unsigned i = 0; i < l->threads; i++) {
		clients[i].load = l;
		if (pthread_create(&clients[i].thread, &attributes, run_client, &clients[i]) != 0)
			errx(EXIT_FAILURE, "no thread");
	}
}

static void hold(struct load *l)
{
	meet(l);
	(void)puts("held");
	(void)fflush(stdout);
	while (getchar() != EOF) {
	}
	meet(l);
}

static void run(struct load *l)
{
	static struct client clients[THREADS_MAX];
	uint64_t requests = 0, bytes = 0;

	start_clients(l, clients);
	meet(l);
	double start_s = seconds_on(CLOCK_MONOTONIC), start_cpu_s = server_cpu_s(l);
	l->end_s = start_s + l->seconds;
	meet(l);
	if (l->hold)
		hold(l);
	for (unsigned i = 0; i < l->threads; i++) {
		(void)pthread_join(clients[i].thread, NULL);
		requests += clients[i].requests;
		bytes += clients[i].bytes;
	}
	printf("{\"requests\":%" PRIu64 ",\"bytes\":%" PRIu64
	       ",\"seconds\":%.6f,\"server_cpu_seconds\":%.6f}\n",
	       requests, bytes, seconds_on(CLOCK_MONOTONIC) - start_s, server_cpu_s(l) - start_cpu_s);
}

static uint64_t number(const char *text, uint64_t max)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	if (end == text || *end != '\0' || n > max)
		errx(EXIT_FAILURE, "%s: not a number up to %" PRIu64, text, max);
	return n;
}

static void set_option(struct load *l, int option, const char *value)
{
	switch (option) {
	case 't':
		l->threads = (unsigned)number(value, THREADS_MAX);
		break;
	case 'c':
		l->connections = (unsigned)number(value, CONNECTIONS_MAX);
		break;
	case 's':
		l->seconds = strtod(value, NULL);
		break;
	case 'u':
		l->upload_bytes = number(value, UINT64_MAX);
		break;
	case 'd':
		l->download_bytes = number(value, UINT64_MAX);
		break;
	case 'w':
		l->hold = true;
		break;
	case 'n':
		l->ndt7 = true;
		break;
	case 'k':
		l->tls = SSL_CTX_new(TLS_client_method());
		break;
	case 'p':
		if (l->n_servers == SERVERS_MAX ||
		    clock_getcpuclockid((pid_t)number(value, INT32_MAX), &l->servers[l->n_servers++]) != 0)
			errx(EXIT_FAILURE, "%s: no such process, or too many", value);
		break;
	default:
		(void)fputs(usage, stderr);
		exit(EXIT_FAILURE);
	}
}

static void set_target(struct load *l, const char *address, const char *port, const char *path)
{
	int n;

	l->address.sin_family = AF_INET;
	l->address.sin_port = htons((uint16_t)number(port, UINT16_MAX));
	if (inet_pton(AF_INET, address, &l->address.sin_addr) != 1)
		errx(EXIT_FAILURE, "%s: not an IPv4 address", address);
	if (l->ndt7)
		n = snprintf(l->head, sizeof(l->head), NDT7_HEAD, path);
	else if (l->upload_bytes > 0)
		n = snprintf(l->head, sizeof(l->head),
		             "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Length: %" PRIu64 "\r\n\r\n", path,
		             l->upload_bytes);
	else
		n = snprintf(l->head, sizeof(l->head), "GET %s HTTP/1.1\r\nHost: bench\r\n\r\n", path);
	if (n < 0 || (size_t)n >= sizeof(l->head))
		errx(EXIT_FAILURE, "the path is too long");
}

int main(int argc, char **argv)
{
	static struct load load = {
		.connecting = PTHREAD_MUTEX_INITIALIZER, .threads = 1, .connections = 1, .seconds = 1};
	int option;

	while ((option = getopt(argc, argv, "t:c:s:u:d:knwp:")) != -1)
		set_option(&load, option, optarg);
	if (argc - optind != 3)
		set_option(&load, '?', NULL);
	set_target(&load, argv[optind], argv[optind + 1], argv[optind + 2]);
	payload_open(&load);
	(void)alarm(TIME_MAX_S);
	run(&load);
	return EXIT_SUCCESS;
}
