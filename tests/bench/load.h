/* What the parts of the load share. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BENCH_LOAD_H
#define FONTAINE_BENCH_LOAD_H

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum {
	SERVERS_MAX = 64,
	HEAD_MAX_BYTES = 4096,
	PAYLOAD_BYTES = 4 << 20, /* of an upload, over and over */
};

struct load {
	unsigned threads, connections;
	double seconds;
	bool ndt7;
	bool hold;                             /* once each connection was served, until standard input ends */
	uint64_t upload_bytes, download_bytes; /* body of a request, body of its reply */
	clockid_t servers[SERVERS_MAX];
	size_t n_servers;
	struct sockaddr_in address;
	char head[HEAD_MAX_BYTES]; /* of every request */
	char *payload;             /* PAYLOAD_BYTES */
	int payload_fd;            /* a file of the same */
	SSL_CTX *tls;              /* NULL: plain */
	double end_s;
	pthread_mutex_t connecting; /* one after the other: a server gives a handshake only so long */
	pthread_barrier_t meeting;  /* of all threads */
};

double seconds_on(clockid_t clock);

#define NDT7_HEAD \
	"GET %s HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" \
	"Sec-WebSocket-Protocol: net.measurementlab.ndt.v7\r\n\r\n"

/** Run an ndt7 test on @fd until l->end_s, with its closing handshake. Return: bytes of binary messages. */
uint64_t ndt7_run(const struct load *l, int fd);

#endif
