/* A listening socket on a loop; hands over every connection it accepts. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_LISTENER_H
#define FONTAINE_NET_LISTENER_H

#include "base/addr.h"

#include <stdbool.h>
#include <uv.h>

struct listener;

/** Takes @fd, a non-blocking socket connected to @peer (borrowed; AF_UNSPEC when it came by a Unix socket). */
typedef void (*listener_accept)(struct listener *l, int fd, const struct addr *peer);

/** Embedded in its owner. All fields but data, the owner's, are private to listener.c. */
struct listener {
	void *data;
	int fd;
	listener_accept on_accept;
	void (*on_closed)(struct listener *l);
	uv_poll_t poll;
	uv_timer_t pause; /* after descriptors ran out */
	unsigned n_handles;
	bool closing;
};

/**
 * Accept from the listening non-blocking socket @fd, borrowed: several loops may
 * share it, and systemd keeps it over a restart.
 * Return: 0, or a negative errno and no callback.
 */
int listener_open(struct listener *l, uv_loop_t *loop, int fd, listener_accept on_accept,
                  void *data);

/** Stop accepting; @on_closed (may be NULL) is the last callback. Idempotent. */
void listener_close(struct listener *l, void (*on_closed)(struct listener *l));

#endif
