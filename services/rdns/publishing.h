/*
 * The changes of the database into DNS: each is published, or taken back. At the start, and every few minutes,
 * changes that were cut off are taken up, and all zones compared with the database and repaired.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_PUBLISHING_H
#define FONTAINE_RDNS_PUBLISHING_H

#include "base/buf.h"
#include "base/pop.h"
#include "rdns/allocations.h"
#include "rdns/change.h"
#include "rdns/key_file.h"
#include "store/store.h"

#include <stdint.h>

enum {
	PUBLISHING_ROUND_MS = 5 * 60 * 1000,
	PUBLISHING_SOON_MS = 5000, /* until the next round, when something is known to be left */
};

struct publishing; /* opaque; ends with publishing_close() */

/**
 * @why is of CHANGE_FAILED: by then the change has been taken back in the database. CHANGE_PENDING: it stands, and
 * will be taken up again.
 */
typedef void (*publishing_fn)(enum change_end end, enum change_event why, void *data);

/** All is borrowed. */
struct publishing_config {
	uv_loop_t *loop;
	struct store *store;
	const struct pop *pop; /* its Knot */
	const struct allocations *zones;
	const struct key_file *key; /* that Knot knows */
	int prompting_fd;           /* of prompting_open(); taken */
};

/** Read the key, the credential "rdnsd.conf" (systemd.exec(5)). Return: 0, or a negative errno, logged. */
int publishing_read_key(struct key_file *ret);

/** Never NULL. */
struct publishing *publishing_new(const struct publishing_config *config);

/**
 * Publish the change @id that edit.h made; to be called where the store reports it. @on_end comes once, later.
 * Return: 0; or -ENOBUFS: too much waits; it will be taken up again, and @on_end does not come.
 */
int publishing_change(struct publishing *p, int64_t id, publishing_fn on_end, void *data);

/**
 * Publish all changes from @first to @last, made in one transaction, by comparing the zones: all of them, or none.
 * Return: 0; or -EBUSY during another one: then they are taken up soon, one by one, and @on_end does not come.
 */
int publishing_import(struct publishing *p, int64_t first, int64_t last, publishing_fn on_end, void *data);

/** Append metrics to @b. */
void publishing_add_metrics(const struct publishing *p, struct buf *b);

/** Leave all as it is, tell nobody, and free @p; then call @on_closed (may be NULL). Before the store. */
void publishing_close(struct publishing *p, void (*on_closed)(void *data), void *data);

#endif
