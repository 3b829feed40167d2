/* SPDX-License-Identifier: MIT */
#include "mirror/large_db.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "mirror/mirror_db.h"
#include "store/db.h"

#include <errno.h>
#include <string.h>

enum {
	LISTED_MAX = 10000,
	S_NS = 1000000000,
};

#define SAME "c.project = l.project AND c.inode = l.inode AND c.size = l.size AND c.modified = l.modified"

static void bind_version(sqlite3_stmt *s, int place, const struct large_version *v)
{
	const int64_t numbers[] = {(int64_t)v->inode, (int64_t)v->size_bytes, v->modified_ns};

	mirror_db_bind(s, place, numbers, 3);
}

static struct large_version version_at(sqlite3_stmt *row, int column)
{
	return (struct large_version){
		.inode = (uint64_t)sqlite3_column_int64(row, column),
		.size_bytes = (uint64_t)sqlite3_column_int64(row, column + 1),
		.modified_ns = sqlite3_column_int64(row, column + 2),
	};
}

/** Execute @sql, whose parameters are @at_s and @project, which are both borrowed. */
static int execute_at(sqlite3 *db, const char *sql, int64_t at_s, const char *project)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, at_s);
	db_bind_text(s, 2, project);
	return db_execute(s);
}

static int insert(sqlite3 *db, const char *project, const struct large_file *f)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT INTO large VALUES (?, ?, ?, ?, ?)", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	db_bind_text(s, 2, f->path);
	bind_version(s, 3, &f->version);
	return db_execute(s);
}

int large_db_replace(sqlite3 *db, const char *project, const struct large_list *l, int64_t at_s)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "DELETE FROM large WHERE project = ?", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	rc = db_execute(s);
	for (size_t i = 0; rc == 0 && i < l->n; i++)
		rc = insert(db, project, &l->all[i]);
	if (rc == 0)
		rc = execute_at(db,
		                "UPDATE content AS c SET used = ?1 WHERE project = ?2 AND"
		                " EXISTS (SELECT 1 FROM large AS l WHERE " SAME ")",
		                at_s, project);
	return rc < 0 ? rc
	              : execute_at(db, "DELETE FROM content WHERE used < ?1 AND project = ?2", at_s - LARGE_KEEP_S,
	                           project);
}

static int count(sqlite3 *db, const char *project, struct large_counts *ret)
{
	sqlite3_stmt *s;
	int rc = db_find(db,
	                 "SELECT count(*), count(*) - count(c.inode) FROM large AS l LEFT JOIN content AS c ON " SAME
	                 " WHERE l.project = ?",
	                 project, &s);

	if (rc < 0)
		return rc;
	*ret = (struct large_counts){(uint64_t)sqlite3_column_int64(s, 0), (uint64_t)sqlite3_column_int64(s, 1)};
	(void)sqlite3_finalize(s);
	return 0;
}

int large_db_next(sqlite3 *db, const char *project, struct large_counts *ret_counts, struct large_file *ret)
{
	sqlite3_stmt *s;
	int rc = count(db, project, ret_counts);

	if (rc == 0)
		rc = db_find(db,
		             "SELECT path, inode, size, modified FROM large AS l WHERE project = ?"
		             " AND NOT EXISTS (SELECT 1 FROM content AS c WHERE " SAME ") ORDER BY path LIMIT 1",
		             project, &s);
	if (rc < 0)
		return rc;
	*ret = (struct large_file){mem_strdup(db_text(s, 0)), version_at(s, 1)};
	(void)sqlite3_finalize(s);
	return 0;
}

int large_db_drop(sqlite3 *db, const char *project, const struct large_file *f)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "DELETE FROM large WHERE project = ? AND path = ?", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	db_bind_text(s, 2, f->path);
	return db_execute(s);
}

int large_db_put(sqlite3 *db, const char *project, const struct large_version *v, const struct pieces *p, int64_t at_s)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT OR REPLACE INTO content VALUES (?, ?, ?, ?, ?, ?, ?, ?)", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	bind_version(s, 2, v);
	(void)sqlite3_bind_int64(s, 5, at_s);
	(void)sqlite3_bind_blob(s, 6, p->whole.bytes, 32, SQLITE_STATIC);
	(void)sqlite3_bind_int64(s, 7, p->piece_bytes);
	(void)sqlite3_bind_blob64(s, 8, p->sha1, p->n * PIECES_SHA1_BYTES, SQLITE_STATIC);
	return db_execute(s);
}

/** The SHA-256 that is in a column. */
static void read_whole(sqlite3_stmt *row, int column, struct checksum *ret)
{
	*ret = (struct checksum){.kind = CHECKSUM_SHA256};
	memcpy(ret->bytes, sqlite3_column_blob(row, column), 32);
}

int large_db_get(sqlite3 *db, const char *project, const struct large_version *v, struct pieces *ret)
{
	struct pieces p = {.size_bytes = v->size_bytes};
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT sha256, piece, pieces FROM content WHERE project = ? AND inode = ? AND size = ?"
	                    " AND modified = ?",
	                    &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	bind_version(s, 2, v);
	rc = db_first(s);
	if (rc < 0)
		return rc;
	size_t len = (size_t)sqlite3_column_bytes(s, 2);
	read_whole(s, 0, &p.whole);
	p.piece_bytes = (uint32_t)sqlite3_column_int64(s, 1);
	p.n = len / PIECES_SHA1_BYTES;
	p.sha1 = mem_new(len + 1);
	if (len > 0)
		memcpy(p.sha1, sqlite3_column_blob(s, 2), len);
	(void)sqlite3_finalize(s);
	*ret = p;
	return 0;
}

static void add_file(yyjson_mut_doc *doc, yyjson_mut_val *list, sqlite3_stmt *row)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, list);
	struct large_version v = version_at(row, 1);
	char text[CHECKSUM_TEXT_MAX];
	struct checksum whole;

	json_add_text(doc, o, "path", db_text(row, 0));
	yyjson_mut_obj_add_uint(doc, o, "bytes", v.size_bytes);
	yyjson_mut_obj_add_sint(doc, o, "modified", v.modified_ns / S_NS);
	bool is_read = sqlite3_column_type(row, 4) != SQLITE_NULL;
	if (is_read)
		read_whole(row, 4, &whole);
	json_add_text(doc, o, "sha256", is_read ? checksum_text(&whole, text) : NULL);
}

int large_db_list(sqlite3 *db, const char *project, yyjson_mut_doc *doc, yyjson_mut_val *list)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT path, l.inode, l.size, l.modified, sha256 FROM large AS l"
	                    " LEFT JOIN content AS c ON " SAME " WHERE l.project = ? ORDER BY path LIMIT ?",
	                    &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	(void)sqlite3_bind_int64(s, 2, LISTED_MAX);
	while ((rc = db_step(s)) > 0)
		add_file(doc, list, s);
	(void)sqlite3_finalize(s);
	return rc;
}
