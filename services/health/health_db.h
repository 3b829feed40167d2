/*
 * What healthd remembers: since when each service was how, what was announced, what is drained, how fast the speed
 * test was. Each function runs in a job of the store, and returns as db_exec().
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_HEALTH_HEALTH_DB_H
#define FONTAINE_HEALTH_HEALTH_DB_H

#include "health/model.h"
#include "store/store.h"

enum {
	HEALTH_DB_KEEP_DAYS = 400,
	HEALTH_DB_GAP_S = 60, /* without a sign of life: what was between is unknown */
};

extern const char *const health_migrations[];

int health_db_add(sqlite3 *db, const struct model_event *e);

/** This process lives at @now_s; and forget what is older than HEALTH_DB_KEEP_DAYS. */
int health_db_alive(sqlite3 *db, int64_t now_s);

/** Recall in @m what was told last and what is drained. When nobody lived for a while, services were unknown then. */
int health_db_recall(sqlite3 *db, struct model *m, int64_t now_s);

int health_db_set_drained(sqlite3 *db, const char *service, bool is_drained, int64_t now_s);

/** A measured rate; @family is "ipv4" or "ipv6". */
int health_db_add_rate(sqlite3 *db, int64_t now_s, const char *family, double bits_per_second);

/**
 * The events since @from_s, and each one that was in force then, as JSON:
 * {"from", "to", "events": [{"time", "name", "state", "reason"}], "maintenance": [{"name", "since", "until"}],
 * "speed": [{"time", "family", "bitsPerSecond"}]}, the oldest first, times as Unix seconds; @ret is released with
 * free().
 */
int health_db_history(sqlite3 *db, int64_t from_s, int64_t now_s, char **ret);

#endif
