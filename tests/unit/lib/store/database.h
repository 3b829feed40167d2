/* A database of a test's own: a fixture that begins empty, with its migrations done. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_DATABASE_H
#define FONTAINE_TESTS_DATABASE_H

#include "base/log.h"
#include "base/mem.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct fixture {
	char directory[40], path[64];
	sqlite3 *db;
};

static inline void ignore(const struct log_record *record)
{
	(void)record;
}

static inline int open_database(void **state, store_migrations migrations)
{
	struct fixture *f = mem_new(sizeof(*f));

	*state = f;
	log_set_sink(ignore);
	(void)snprintf(f->directory, sizeof(f->directory), "/tmp/fontaine-test-XXXXXX");
	if (mkdtemp(f->directory) == NULL)
		return -1;
	(void)snprintf(f->path, sizeof(f->path), "%s/results.db", f->directory);
	return db_open(f->path, migrations, &f->db);
}

static inline int close_database(void **state)
{
	struct fixture *f = *state;
	int rc = sqlite3_close(f->db); /* fails over a statement that was forgotten */

	(void)unlink(f->path);
	if (rc == SQLITE_OK)
		rc = rmdir(f->directory);
	free(f);
	return rc;
}

#endif
