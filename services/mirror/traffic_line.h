/*
 * One line of what nginx and rsyncd write of downloads. What clients can choose of it is no more than the path of a
 * download by rsync, whose line says nothing that is counted, and which rsync keeps on that line.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_TRAFFIC_LINE_H
#define FONTAINE_MIRROR_TRAFFIC_LINE_H

#include "base/addr.h"

enum traffic_protocol {
	TRAFFIC_HTTP_1,
	TRAFFIC_HTTP_2,
	TRAFFIC_HTTP_3,
	TRAFFIC_RSYNC,
	TRAFFIC_PROTOCOLS,
};

enum { TRAFFIC_PROJECT_MAX = 64 };

/** A request of nginx's. */
struct traffic_request {
	char project[TRAFFIC_PROJECT_MAX];
	unsigned status; /* its first digit, 0 to 5 */
	uint64_t bytes;  /* sent, with the head */
	struct addr client;
	enum traffic_protocol protocol;
};

/** Read "debian 200 4711 192.0.2.1 HTTP/2.0", as stock/nginx has nginx write it. Return: 0 or -EINVAL. */
int traffic_line_http(const char *line, struct traffic_request *ret);

/** What rsyncd says of a connection, by the number of the process that serves it. */
enum traffic_said {
	TRAFFIC_ELSE,    /* what is not counted */
	TRAFFIC_MODULE,  /* a client wants one */
	TRAFFIC_REFUSED, /* it gets none: there are too many already */
	TRAFFIC_SENT,    /* it is over, whole or not */
	TRAFFIC_FAULT,   /* rsyncd cannot listen */
};

struct traffic_rsync {
	enum traffic_said said;
	uint32_t process;
	char project[TRAFFIC_PROJECT_MAX]; /* of TRAFFIC_MODULE, as is client */
	struct addr client;
	uint64_t bytes; /* of TRAFFIC_SENT */
};

/** Read a line of rsyncd's log file, "2026/11/21 21:13:04 [848] ...". Return: 0 or -EINVAL. */
int traffic_line_rsync(const char *line, struct traffic_rsync *ret);

#endif
