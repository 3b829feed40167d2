/*
 * The history of latencies: rounds of a minute with all their answers for two days; what ten minutes
 * come to for 30 days, and hours for two years. So its size has a bound: about 2 MB for each series.
 * All of it blocks: jobs of the store.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_LATENCY_DB_H
#define FONTAINE_PEERS_LATENCY_DB_H

#include "peers/figure.h"

#include <sqlite3.h>

enum { ROUND_PROBES_MAX = 32,
       ROUND_S = 60 };

/** The probes of one minute to one target over one family. */
struct round {
	const char *target, *family; /* borrowed */
	int64_t time_s;              /* when its minute began, Unix seconds */
	uint32_t sent, n;            /* n of them were answered */
	uint32_t us[ROUND_PROBES_MAX];
};

/** How far back, and how finely. */
struct latency_span {
	const char *name; /* "day" */
	int64_t length_s;
	unsigned step_s;
};

/** "day", "month", "years"; ended by one without a name. */
extern const struct latency_span latency_spans[];

extern const char *const latency_migrations[];

/** Keep a round, what the steps around it come to, and nothing of its series that is too old. Return: as db_exec(). */
int latency_db_add(sqlite3 *db, const struct round *r);

/** Forget what is too old of all series, also those that are measured no more. Return: as db_exec(). */
int latency_db_trim(sqlite3 *db, int64_t now_s);

/**
 * The JSON of what is known of a series from @now_s - @span->length_s on: {"begin", "step", "steps", "points": [[index,
 * sent, lost, jitter, least, ..., most], ...]}, microseconds, with nulls where all was lost.
 * Return: 0 and *ret, released with free(); or as db_exec().
 */
int latency_db_read(sqlite3 *db, const char *target, const char *family, const struct latency_span *span, int64_t now_s,
                    char **ret);

#endif
