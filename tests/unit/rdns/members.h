/* The database of rdnsd with two members, in memory: what tests of its modules begin with. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_MEMBERS_H
#define FONTAINE_TESTS_MEMBERS_H

#include "base/log.h"
#include "base/mem.h"
#include "rdns/audit_db.h"
#include "rdns/members_db.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

struct members {
	sqlite3 *db;
	int64_t one, two; /* 64500 and 64501 */
	int64_t version;  /* of note_version() */
};

static inline void ignore(const struct log_record *record)
{
	(void)record;
}

static inline int open_members(struct members *ret)
{
	log_set_sink(ignore);
	int rc = db_open(":memory:", rdns_migrations, &ret->db);
	if (rc == 0)
		rc = members_db_put(ret->db, 64500, "One", &ret->one);
	return rc == 0 ? members_db_put(ret->db, 64501, "Two", &ret->two) : rc;
}

/* A line of the audit log, for what is written without one of its own. */
static inline int note_version(struct members *m)
{
	struct audit_line line = {.who = "test", .what = audit_delegation, .subject = "all"};

	return audit_db_add(m->db, &line, &m->version);
}

static inline int setup_members(void **state)
{
	struct members *m = mem_new(sizeof(*m));

	*state = m;
	return open_members(m);
}

static inline int teardown_members(void **state)
{
	struct members *m = *state;
	int rc = sqlite3_close(m->db); /* fails over a statement that was forgotten */

	free(m);
	return rc;
}

static inline struct prefix prefix(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(text, &p), 0);
	return p;
}

#endif
