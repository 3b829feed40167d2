/*
 * Whether what a run would do may be done: an upstream that is empty, that goes back in time or that has lost
 * what it always had is not followed before an operator has looked; and the disk is never filled. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_GUARD_H
#define FONTAINE_MIRROR_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GUARD_INDEX_MAX = 128 };

struct guard_limits {
	unsigned max_delete_percent; /* of the published files */
	uint64_t max_delete_files;   /* 0: any number */
	uint64_t reserve_bytes;      /* stays free */
};

/** What a run would do. */
struct guard_seen {
	uint64_t n_published; /* files; 0: nothing is published yet */
	uint64_t n_listed;    /* files of the upstream */
	uint64_t n_deleted;   /* files that would go */
	uint64_t fetch_bytes; /* that would come */
	uint64_t free_bytes;  /* of the file system */
	bool is_sentinel_gone;
	uint64_t serial_published, serial_listed;                  /* of the archive; 0: not known */
	int64_t date_published_s, date_listed_s;                   /* of the release, Unix; 0: not known */
	char serial_of[GUARD_INDEX_MAX], date_of[GUARD_INDEX_MAX]; /* the index that says it; "": the archive */
};

enum guard_verdict {
	GUARD_FINE,
	GUARD_EMPTY,    /* the upstream has nothing */
	GUARD_SENTINEL, /* the file that is always there is not */
	GUARD_PERCENT,  /* too much of the tree would be deleted */
	GUARD_FILES,    /* too many files would be */
	GUARD_SERIAL,   /* the archive went back */
	GUARD_DATE,     /* the release went back */
	GUARD_SPACE,    /* what comes does not fit: no operator can allow that */
	GUARD_VERDICTS,
};

extern const char *const guard_verdicts[GUARD_VERDICTS + 1]; /* "fine", ..., NULL; as the database has them */

/**
 * @released: what the operator has seen and allowed, or NULL. It allows as much again and no more: no more
 * deletions, no older release.
 */
enum guard_verdict guard_judge(const struct guard_limits *limits, const struct guard_seen *seen,
                               const struct guard_seen *released);

enum { GUARD_TEXT_MAX = 384 };

/** What was found and what to do about it, for people. */
const char *guard_text(enum guard_verdict v, const struct guard_limits *limits, const struct guard_seen *seen,
                       char ret[GUARD_TEXT_MAX]);

#endif
