/*
 * Maintenance windows, in which nothing is told of a network's sessions and ports, or of anybody's: when one is over,
 * what is otherwise than was told is told. Blocks: in jobs of the store.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_QUIET_DB_H
#define FONTAINE_PEERS_QUIET_DB_H

#include "peers/subjects.h"

#include <sqlite3.h>

enum {
	QUIET_TIME_MAX = 32,
	QUIET_REASON_MAX = 200,
	QUIET_MAX = 1000,             /* that are known */
	QUIET_LONGEST_S = 31 * 86400, /* one that is forgotten ends by itself */
	QUIET_KEEP_S = 90 * 86400,    /* one that is over */
};

/** One that is wished for. */
struct quiet_wish {
	uint32_t asn;               /* 0: everybody's */
	char from[QUIET_TIME_MAX];  /* "2026-03-14T22:00Z", or "now" */
	char until[QUIET_TIME_MAX]; /* the same, or "+02:00": so long after it began */
	char reason[QUIET_REASON_MAX];
};

/** Return: 0; -EINVAL and *reterr_wrong, the field and the remedy (static); or as db_exec(). */
int quiet_db_add(sqlite3 *db, const struct quiet_wish *w, int64_t now_s, const char **reterr_wrong);

/** End it now, or forget it when it has not begun. Return: 0; -ENOENT: it is none, or is over; or as db_exec(). */
int quiet_db_end(sqlite3 *db, int64_t id, int64_t now_s);

/** Those in force at @now_s, to @to. Return: as db_exec(). */
int quiet_db_load(sqlite3 *db, int64_t now_s, struct subjects *to);

/** JSON of all, the newest first: {"quiet": [...]}. Return: 0 and *ret, released with free(); or as db_exec(). */
int quiet_db_list(sqlite3 *db, int64_t now_s, char **ret);

#endif
