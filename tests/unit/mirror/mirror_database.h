/* A database of mirrord in memory, with two projects. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_MIRROR_DATABASE_H
#define FONTAINE_TESTS_MIRROR_DATABASE_H

#include "base/log.h"
#include "mirror/mirror_db.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { NOW = 1795219200 };

static inline void ignore(const struct log_record *record)
{
	(void)record;
}

static inline int open_mirror_db(void **state)
{
	struct schedule_kept kept;
	sqlite3 *db;

	log_set_sink(ignore);
	if (db_open(":memory:", mirror_migrations, &db) < 0)
		return -1;
	*state = db;
	return mirror_db_get_kept(db, "debian", &kept) < 0 ? -1 : mirror_db_get_kept(db, "arch", &kept);
}

static inline int close_mirror_db(void **state)
{
	return sqlite3_close(*state); /* fails over a statement that was forgotten */
}

#endif
