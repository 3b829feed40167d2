/* What was downloaded, in the database: by hour for two days, by day for a year and some weeks. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_TRAFFIC_DB_H
#define FONTAINE_MIRROR_TRAFFIC_DB_H

#include "base/as_names.h"
#include "mirror/traffic_table.h"

#include <sqlite3.h>
#include <yyjson.h>

/** Add the cells to their hour and day, which @at_s is in, Unix seconds. */
int traffic_db_add(sqlite3 *db, const struct traffic_cell *cells, size_t n, int64_t at_s);

/**
 * Delete what is too old at @now_s, and of the days that are over but the 1000 largest parts: of a project, by a
 * family, to a network. The rest of them counts as of no network.
 */
int traffic_db_tidy(sqlite3 *db, int64_t now_s);

enum traffic_span {
	TRAFFIC_DAY,   /* 24 hours */
	TRAFFIC_MONTH, /* 30 days */
	TRAFFIC_YEAR,  /* 52 weeks */
	TRAFFIC_SPANS,
};

extern const char *const traffic_spans[TRAFFIC_SPANS + 1]; /* "day"; the last one is NULL */

struct traffic_question {
	enum traffic_span span; /* that @now_s is in the last step of */
	int64_t now_s;
	unsigned n_networks;          /* to name: the largest; 0: that is not told */
	const struct as_names *names; /* of those */
};

/** Write what there is into @ret as openapi.yaml has it. */
int traffic_db_tell(sqlite3 *db, const struct traffic_question *q, yyjson_mut_doc *doc, yyjson_mut_val **ret);

#endif
