/*
 * How ready for IPv6 visitors were, by day and origin AS: counters, and nothing of anybody. The
 * table is of ipv6test/share_db.h. Blocking; each runs as a job of the store and returns 0 or a
 * negative errno, as db_exec().
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_READINESS_DB_H
#define FONTAINE_IPV6TEST_READINESS_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	READINESS_MIN_TESTS = 10, /* an AS with fewer is one of the others */
	READINESS_ASNS_MAX = 1000,
	READINESS_KEEP_DAYS = 400,
};

struct readiness_test {
	int64_t day;  /* since 1970 */
	uint32_t asn; /* 0: not known */
	const char *as_name;
	bool ipv6_ready;
};

/** Count one test, and forget days before READINESS_KEEP_DAYS. */
int readiness_db_count(sqlite3 *db, const struct readiness_test *test);

/**
 * Write what was counted from @since on, a day, as JSON: {"days":[{"day":"2026-11-21","tests":12,
 * "ipv6_ready":7}],"asns":[{"asn","name","tests","ipv6_ready"}]}, the AS with most tests first and
 * the others last, whose asn is null. Release with free().
 */
int readiness_db_json(sqlite3 *db, int64_t since, char **ret);

#endif
