/* SPDX-License-Identifier: MIT */
#include "peers/outbox_db.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "base/utc.h"
#include "store/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const outbox_words[OUTBOX_STATES + 1] = {"waiting", "sending", "sent", "failed", NULL};

static const char *const kinds[] = {"webhook", "mail"};

#define UNDER_WAY "state IN ('waiting', 'sending')"

static int count_under_way(sqlite3 *db, int64_t *ret)
{
	return db_number(db, "SELECT count(*) FROM outbox WHERE " UNDER_WAY, ret);
}

int outbox_db_add(sqlite3 *db, const struct outbox_item *i)
{
	const char *const texts[] = {kinds[i->is_mail], i->destination, i->language, i->subject, i->body};
	int64_t n = 0;
	sqlite3_stmt *s = NULL;
	int rc = count_under_way(db, &n);

	if (rc == 0 && n >= OUTBOX_WAITING_MAX)
		return -ENOBUFS;
	if (rc == 0)
		rc = db_prepare(db,
		                "INSERT INTO outbox (made, due, asn, kind, destination, language, subject, body)"
		                " VALUES (?1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		                &s);
	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, i->made_s);
	(void)sqlite3_bind_int64(s, 2, i->asn);
	for (int k = 0; k < 5; k++)
		db_bind_text(s, 3 + k, texts[k]);
	return db_execute(s);
}

static struct outbox_item read_item(sqlite3_stmt *s)
{
	struct outbox_item i = {.id = sqlite3_column_int64(s, 0),
	                        .made_s = sqlite3_column_int64(s, 2),
	                        .asn = (uint32_t)sqlite3_column_int64(s, 3),
	                        .is_mail = strcmp(db_text(s, 4), kinds[true]) == 0,
	                        .destination = mem_strdup(db_text(s, 5)),
	                        .language = mem_strdup(db_text(s, 6)),
	                        .subject = mem_strdup(db_text(s, 7)),
	                        .body = mem_strdup(db_text(s, 8)),
	                        .tries = (unsigned)sqlite3_column_int(s, 9)};

	(void)snprintf(i.token, sizeof(i.token), "%s", db_text(s, 1));
	return i;
}

int outbox_db_take(sqlite3 *db, int64_t now_s, struct outbox_item *ret, unsigned max, unsigned *ret_n)
{
	unsigned n = 0;
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT id, token, made, asn, kind, destination, language, subject, body, tries"
	                    " FROM outbox AS o WHERE state = 'waiting' AND due <= ?"
	                    " AND NOT EXISTS (SELECT 1 FROM outbox"
	                    " WHERE " UNDER_WAY " AND destination = o.destination AND id < o.id) ORDER BY due LIMIT ?",
	                    &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, now_s);
	(void)sqlite3_bind_int64(s, 2, max);
	while (n < max && (rc = db_step(s)) > 0)
		ret[n++] = read_item(s);
	(void)sqlite3_finalize(s);
	for (unsigned i = 0; rc >= 0 && i < n; i++) {
		rc = db_prepare(db, "UPDATE outbox SET state = 'sending' WHERE id = ?", &s);
		if (rc < 0)
			break;
		(void)sqlite3_bind_int64(s, 1, ret[i].id);
		rc = db_execute(s);
	}
	for (unsigned i = 0; rc < 0 && i < n; i++)
		outbox_item_done(&ret[i]);
	*ret_n = rc < 0 ? 0 : n;
	return rc < 0 ? rc : 0;
}

void outbox_item_done(struct outbox_item *i)
{
	free(i->destination);
	free(i->language);
	free(i->subject);
	free(i->body);
}

int outbox_db_note(sqlite3 *db, int64_t id, enum outbox_state state, int64_t due_s, int64_t now_s, const char *why)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "UPDATE outbox SET state = ?, tries = tries + 1, due = ?, ended = ?, why = ? WHERE id = ?",
	                    &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, outbox_words[state]);
	(void)sqlite3_bind_int64(s, 2, due_s);
	if (state != OUTBOX_WAITING)
		(void)sqlite3_bind_int64(s, 3, now_s);
	db_bind_text(s, 4, why);
	(void)sqlite3_bind_int64(s, 5, id);
	return db_execute(s);
}

int outbox_db_begin(sqlite3 *db, int64_t now_s)
{
	sqlite3_stmt *s = NULL;
	int rc = db_exec(db, "UPDATE outbox SET state = 'waiting' WHERE state = 'sending'");

	if (rc == 0)
		rc = db_prepare(db, "DELETE FROM outbox WHERE ended < ?", &s);
	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, now_s - OUTBOX_KEEP_S);
	return db_execute(s);
}

int outbox_db_count(sqlite3 *db, uint64_t ret[OUTBOX_STATES])
{
	uint64_t n[OUTBOX_STATES] = {0};
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT state, count(*) FROM outbox GROUP BY state", &s);

	if (rc < 0)
		return rc;
	while ((rc = db_step(s)) > 0)
		n[db_word(s, 0, outbox_words)] = (uint64_t)sqlite3_column_int64(s, 1);
	(void)sqlite3_finalize(s);
	if (rc == 0)
		memcpy(ret, n, sizeof(n));
	return rc;
}

static void add_time(yyjson_mut_doc *d, yyjson_mut_val *o, const char *key, sqlite3_stmt *s, int column)
{
	char text[UTC_TEXT_MAX];
	bool is_known = sqlite3_column_type(s, column) != SQLITE_NULL;

	json_add_text(d, o, key, is_known ? utc_text(sqlite3_column_int64(s, column), text) : NULL);
}

static void add_item(yyjson_mut_doc *d, yyjson_mut_val *list, sqlite3_stmt *s)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);

	json_add_text(d, o, "id", db_text(s, 0));
	add_time(d, o, "made", s, 1);
	yyjson_mut_obj_add_sint(d, o, "asn", sqlite3_column_int64(s, 2));
	json_add_text(d, o, "by", db_text(s, 3));
	json_add_text(d, o, "to", db_text(s, 4));
	json_add_text(d, o, "subject", db_text(s, 5));
	json_add_text(d, o, "state", db_text(s, 6));
	yyjson_mut_obj_add_sint(d, o, "tries", sqlite3_column_int64(s, 7));
	add_time(d, o, "ended", s, 8);
	json_add_text(d, o, "why", db_text(s, 9));
}

int outbox_db_list(sqlite3 *db, enum outbox_state state, unsigned max, char **ret)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d), *list = yyjson_mut_obj_add_arr(d, root, "notices");
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT token, made, asn, kind, destination, subject, state, tries, ended, why FROM outbox"
	                    " WHERE ?1 = '' OR state = ?1 ORDER BY id DESC LIMIT ?2",
	                    &s);

	if (rc == 0) {
		db_bind_text(s, 1, state == OUTBOX_STATES ? "" : outbox_words[state]);
		(void)sqlite3_bind_int64(s, 2, max);
		while ((rc = db_step(s)) > 0)
			add_item(d, list, s);
		(void)sqlite3_finalize(s);
	}
	if (rc == 0)
		*ret = json_take(d, root);
	else
		yyjson_mut_doc_free(d);
	return rc;
}
