/* SPDX-License-Identifier: MIT */
#include "net/listener.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum {
	ACCEPTS_PER_EVENT = 16, /* then other connections get their turn, and other workers theirs */
	PAUSE_MS = 100,
};

static void on_readable(uv_poll_t *poll, int status, int events);

static void on_pause_over(uv_timer_t *timer)
{
	struct listener *l = timer->data;

	(void)uv_poll_start(&l->poll, UV_READABLE, on_readable);
}

/* Out of descriptors or memory: the queue stays readable, so polling on would spin. */
static void pause_accepting(struct listener *l, int err)
{
	log_warn("listener: accept: %s; pausing for %d ms", strerror(err), PAUSE_MS);
	(void)uv_poll_stop(&l->poll);
	(void)uv_timer_start(&l->pause, on_pause_over, PAUSE_MS, 0);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct listener *l = poll->data;
	(void)events;

	if (status < 0)
		log_warn("listener: poll: %s", uv_strerror(status));
	for (int i = 0; i < ACCEPTS_PER_EVENT && !l->closing; i++) {
		struct sockaddr_storage from = {0};
		struct addr peer = {.sa.sa_family = AF_UNSPEC};
		socklen_t len = sizeof(from);
		int fd = accept4(l->fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			if (from.ss_family != AF_UNIX)
				addr_from_sockaddr(&from, &peer);
			l->on_accept(l, fd, &peer);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			pause_accepting(l, errno);
		return; /* EAGAIN: none left; else: the peer went while it waited */
	}
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct listener *l = handle->data;

	if (--l->n_handles == 0 && l->on_closed != NULL)
		l->on_closed(l);
}

int listener_open(struct listener *l, uv_loop_t *loop, int fd, listener_accept on_accept,
                  void *data)
{
	*l = (struct listener){.data = data, .fd = fd, .on_accept = on_accept, .n_handles = 2};

	int rc = uv_poll_init(loop, &l->poll, fd);
	if (rc < 0)
		return rc;
	l->poll.data = l;
	(void)uv_timer_init(loop, &l->pause);
	l->pause.data = l;
	(void)uv_poll_start(&l->poll, UV_READABLE, on_readable);
	return 0;
}

void listener_close(struct listener *l, void (*on_closed)(struct listener *l))
{
	if (l->closing)
		return;
	l->closing = true;
	l->on_closed = on_closed;
	uv_close((uv_handle_t *)&l->poll, on_handle_closed);
	uv_close((uv_handle_t *)&l->pause, on_handle_closed);
}
