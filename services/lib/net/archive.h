/*
 * What visitors leave for others to see: one database behind the loops of all workers,
 * who may add to it, and requests that wait for it. What is older than the POP file's
 * keep_days goes. Each worker has a store of its own, so that a job never leaves its loop.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_ARCHIVE_H
#define FONTAINE_NET_ARCHIVE_H

#include "base/pop.h"
#include "net/http.h"
#include "store/result_table.h"
#include "store/store.h"

struct archive; /* opaque; release with archive_free() */

/** Borrowed by the archive for its life. */
struct archive_config {
	const struct pop_results *policy;
	const char *state;           /* the folder of the database; NULL: there is none, so nothing is stored */
	store_migrations migrations; /* of a database as store/result_table.h has it */
};

/** A database that cannot be opened is logged, and tried again every minute. Never NULL. */
struct archive *archive_new(const struct archive_config *config);
void archive_free(struct archive *a);

/** Whether the POP file and the state folder let anything be stored. */
bool archive_stores(const struct archive *a);

/** For the sandbox, NULL-terminated; they live as long as @a. */
const char *const *archive_write_paths(const struct archive *a);

struct archive_worker; /* belongs to the archive */

/** Begin the part of the worker @index, on its loop's thread; and end it: no request comes after that. */
struct archive_worker *archive_open(struct archive *a, unsigned index, uv_loop_t *loop);
void archive_close(struct archive_worker *w);

/** What became of what was posted, and of what was stored. */
enum archive_outcome {
	ARCHIVE_STORED,
	ARCHIVE_INVALID,
	ARCHIVE_LIMITED,
	ARCHIVE_FORBIDDEN,
	ARCHIVE_FULL,
	ARCHIVE_FAILED,
	ARCHIVE_DELETED,
	ARCHIVE_PURGED,
	ARCHIVE_OUTCOMES,
};

/** Any thread. */
void archive_count(struct archive *a, enum archive_outcome outcome);

/** Append what was counted, as metrics whose names begin with @daemon. Any thread. */
void archive_metrics(const struct archive *a, struct buf *b, const char *daemon);

/** A request that waits for the database; embedded in its owner, as the first member. */
struct archive_job {
	struct archive *archive;
	struct archive_worker *worker; /* the archive's */
	struct http_request *request;  /* NULL: it is replied to, or its client has gone */
	/** On the store's thread, in a transaction. Return: as store_work. */
	int (*work)(sqlite3 *db, struct archive_job *j);
	/** On the loop: reply, then release the owner, with archive_job_done(). */
	void (*on_done)(struct archive_job *j, int rc);
};

/** For @r, whose route has http_weak_gone() as its on_done. */
void archive_job_init(struct archive_job *j, struct archive *a, struct http_request *r);
void archive_job_done(struct archive_job *j);

/**
 * Do the work, then on_done; at once with -ENOENT when nothing is ever stored, with -EBUSY when
 * there is no database or too much waits for it.
 */
void archive_job_run(struct archive_job *j);

/** Whether the job's client may add something; if not, it is counted and replied to. */
bool archive_may_post(struct archive_job *j);

/** Count and reply 400 with @error, a line of text. */
void archive_refuse(struct archive_job *j, const char *error);

/** Of something to be stored: count @rc, and reply when it has failed. Return: whether to reply of the success. */
bool archive_is_stored(struct archive_job *j, int rc);

/** Reply to a request whose work has failed with @rc: 404, 503, or 507 when the disk is full. */
void archive_reply_failure(struct http_request *r, int rc);

/** Reply with @status and text, which is ours or checked. */
void archive_reply_text(struct http_request *r, int status, const char *text);

enum { ARCHIVE_KEY_DIGITS = 32 }; /* 128 random bits */

/** A key that nobody can guess, as hexadecimal digits; and what is kept of it. */
void archive_key_make(char ret[ARCHIVE_KEY_DIGITS + 1]);
void archive_key_hash(const char *key, unsigned char ret[RESULT_KEY_HASH_BYTES]);

#endif
