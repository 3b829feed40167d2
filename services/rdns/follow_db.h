/*
 * When each delegation is looked at for what its zones ask for, what came of the last look, and since when
 * signatures count. Times to look come and go with their delegation; what came of it stays with the zone's name.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_FOLLOW_DB_H
#define FONTAINE_RDNS_FOLLOW_DB_H

#include "rdns/follow.h"
#include "rdns/zones_db.h"

enum follow_what {
	FOLLOW_DS, /* by CDS and CDNSKEY */
	FOLLOW_NS, /* by CSYNC */
	FOLLOW_WHATS
};

/** "CDS of the zone", "CSYNC of the zone": who has changed it, in the audit log. */
extern const char *const follow_who[FOLLOW_WHATS];

enum {
	FOLLOW_INTERVAL_S = 86400, /* between two looks, give or take FOLLOW_JITTER_S */
	FOLLOW_JITTER_S = 3600,
	FOLLOW_NOTIFIED_S = 30, /* between two looks that somebody has asked for */
	FOLLOW_RETRY_S = 900,   /* until what could not be changed now is tried again */
};

struct follow_due {
	struct prefix prefix;
	struct zones_row row;                            /* owned: delegated_free(row.delegated) */
	time_t since[DELEGATED_ZONES_MAX][FOLLOW_WHATS]; /* by zone: signatures count that are not older */
};

/**
 * The delegation that is due at @now the longest; it is due again in FOLLOW_INTERVAL_S. What is not live, or of
 * a member that has vanished, is passed over. Return: also -ENOENT.
 */
int follow_db_take(sqlite3 *db, int64_t now, struct follow_due *ret);

/** Have the delegation with the zone @zone looked at soon. Return: also -ENOENT when there is none. */
int follow_db_hurry(sqlite3 *db, const char *zone, int64_t now);

/** Have @prefix looked at at @next. Return: also -ENOENT. */
int follow_db_schedule(sqlite3 *db, const struct prefix *prefix, int64_t next);

/** Note what came of a look; @signed_since counts when it is a change. */
int follow_db_note(sqlite3 *db, const char *zone, enum follow_what what, enum follow_outcome outcome,
                   time_t signed_since, int64_t now);

/**
 * Add what came of the last look at each zone of @prefix, if it is @member's (0: anybody's), to the array @list:
 * {"zone","asks","outcome","refused","since","seen","text","remedy"}; asks: "ds" or "ns"; since: when it first
 * came out so.
 */
int follow_db_add_json(sqlite3 *db, const struct prefix *prefix, int64_t member, enum language language,
                       yyjson_mut_doc *doc, yyjson_mut_val *list);

/** How many zones that are delegated there are with each outcome. */
int follow_db_count(sqlite3 *db, uint64_t ret[FOLLOW_WHATS][FOLLOW_OUTCOMES]);

#endif
