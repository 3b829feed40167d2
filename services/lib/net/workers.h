/*
 * The threads of a daemon: one loop each for serving, and the main thread for
 * signals, watchdog and an orderly end.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_WORKERS_H
#define FONTAINE_NET_WORKERS_H

#include <uv.h>

enum { WORKERS_MAX = 64 };

/** What a daemon does on each worker's loop; every call comes on that worker's thread. */
struct worker_ops {
	/** Open handles on @loop. Return: 0, or a negative errno, logged: then stop is not called. */
	int (*start)(uv_loop_t *loop, unsigned index, void *data);
	/** Close them all, now or later; the thread ends with its last handle. */
	void (*stop)(unsigned index, void *data);
};

/**
 * Run @n workers until SIGTERM or SIGINT, or until one fails. Tells the service
 * manager when all are started, and that it is alive while all their loops turn.
 * Return: 0 after an orderly end, or a negative errno.
 */
int workers_run(unsigned n, const struct worker_ops *ops, void *data);

/** One for each processor that this process may use. */
unsigned workers_default(void);

#endif
