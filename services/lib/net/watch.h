/* Files that are looked at again and again, so that a change is taken without a restart. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_WATCH_H
#define FONTAINE_NET_WATCH_H

#include <stdbool.h>
#include <sys/stat.h>
#include <uv.h>

/* What tells one version of a file from another. */
struct watch_version {
	struct timespec changed;
	off_t size;
	ino_t inode; /* 0: the file is missing */
};

/** Embedded in its owner. All fields are private to watch.c. */
struct watch {
	const char *const *paths;
	unsigned n;
	struct watch_version *seen; /* of each file; the worker's while it looks */
	bool looked;
	uv_timer_t timer;
	uv_work_t work;
	bool working;
	void (*on_change)(void *data);
	void *data;
};

/** Of the @n files at @paths, borrowed. @on_change is called on a worker thread of libuv. */
void watch_init(struct watch *w, const char *const *paths, unsigned n, void (*on_change)(void *data),
                void *data);
void watch_done(struct watch *w);

/** Whether a file has changed since the last look; true at the first. Not while it is started. */
bool watch_look(struct watch *w);

/** Look now and every @every_ms, and have on_change called when a file has changed. */
void watch_start(struct watch *w, uv_loop_t *loop, uint64_t every_ms);

/** Stop looking; on the loop's thread. A look that has begun ends first, and the loop with it. */
void watch_stop(struct watch *w);

#endif
