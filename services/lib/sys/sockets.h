/* Listening sockets: passed by systemd where it has them, else bound here. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SYS_SOCKETS_H
#define FONTAINE_SYS_SOCKETS_H

#include "base/addr.h"

#include <stddef.h>

enum { SOCKETS_MAX = 64 }; /* per address */

/** Sockets for one address, non-blocking and listening (stream) or bound (datagram). */
struct sockets {
	int fds[SOCKETS_MAX]; /* owned; close with sockets_close() */
	size_t n;
};

/**
 * Open @a for @type (SOCK_STREAM or SOCK_DGRAM). Sockets that systemd passed for
 * this address and type (sd_listen_fds(3), any number of them) are taken; else
 * @n are bound with SO_REUSEPORT. IPv6 sockets are IPv6 only.
 * Return: 0, or a negative errno, logged with the address and the remedy.
 */
int sockets_open(const struct addr *a, int type, size_t n, struct sockets *ret);

/**
 * Take the listening stream sockets that systemd passed for the Unix socket @path; ret->n is 0 when it
 * passed none. Return: 0, or a negative errno, logged with the path.
 */
int sockets_take_unix(const char *path, struct sockets *ret);
void sockets_close(struct sockets *s);

#endif
