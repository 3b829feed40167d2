/* What is known of sessions, ports and their sources, and outlives a restart. Blocks: in jobs of the store. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_SUBJECTS_DB_H
#define FONTAINE_PEERS_SUBJECTS_DB_H

#include "peers/subjects.h"

#include <sqlite3.h>

/** Of the database of notices: also what outbox_db.h and quiet_db.h need. */
extern const char *const notices_migrations[];

/** Return: 0 and *ret, released with subjects_done(); or as db_exec(). */
int subjects_db_load(sqlite3 *db, struct subjects *ret);

/** Write what of @s is_changed, and all sources; forget what is_gone. Return: as db_exec(). */
int subjects_db_save(sqlite3 *db, const struct subjects *s);

#endif
