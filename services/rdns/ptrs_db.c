/* SPDX-License-Identifier: MIT */
#include "rdns/ptrs_db.h"

#include "base/json_write.h"
#include "rdns/etag.h"
#include "store/db.h"

#include <errno.h>
#include <stdio.h>

#define ROW "SELECT address, ptr.name, member, version, asn, state FROM ptr JOIN member ON member.id = ptr.member "

static int read_row(sqlite3_stmt *s, struct ptrs_row *ret)
{
	struct ptrs_row row = {.member = sqlite3_column_int64(s, 2),
	                       .version = sqlite3_column_int64(s, 3),
	                       .asn = (uint32_t)sqlite3_column_int64(s, 4),
	                       .state = (enum rdns_state)db_word(s, 5, rdns_states)};

	if (addr_parse(db_text(s, 0), 0, &row.address) < 0)
		return -EBADMSG;
	(void)snprintf(row.name, sizeof(row.name), "%s", db_text(s, 1));
	*ret = row;
	return 0;
}

int ptrs_db_get(sqlite3 *db, const struct addr *address, struct ptrs_row *ret)
{
	char text[ADDR_TEXT_MAX];
	sqlite3_stmt *s;
	int rc = db_find(db, ROW "WHERE address = ?", addr_text(address, text), &s);

	if (rc < 0)
		return rc;
	rc = read_row(s, ret);
	(void)sqlite3_finalize(s);
	return rc;
}

int ptrs_db_put(sqlite3 *db, const struct addr *address, const char *name, int64_t member, int64_t version)
{
	struct prefix alone = prefix_of(address, 128);
	char text[ADDR_TEXT_MAX];
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "INSERT OR REPLACE INTO ptr (address, place, member, name, version, state)"
	                    " VALUES (?1, ?2, ?4, ?5, ?6, ?7)",
	                    &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, addr_text(address, text));
	rdns_db_bind_range(s, 2, &alone); /* first and last are one */
	(void)sqlite3_bind_int64(s, 4, member);
	db_bind_text(s, 5, name);
	(void)sqlite3_bind_int64(s, 6, version);
	db_bind_text(s, 7, rdns_states[RDNS_PENDING]);
	return db_execute(s);
}

int ptrs_db_remove(sqlite3 *db, const struct addr *address)
{
	char text[ADDR_TEXT_MAX];
	sqlite3_stmt *s;
	int rc = db_prepare(db, "DELETE FROM ptr WHERE address = ?", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, addr_text(address, text));
	return db_execute_on_row(s);
}

yyjson_mut_val *ptrs_row_json(const struct ptrs_row *row, yyjson_mut_doc *doc)
{
	yyjson_mut_val *o = yyjson_mut_obj(doc);
	char text[ADDR_TEXT_MAX], etag[ETAG_MAX];

	json_add_text(doc, o, "address", addr_text(&row->address, text));
	yyjson_mut_obj_add_uint(doc, o, "asn", row->asn);
	json_add_text(doc, o, "state", rdns_states[row->state]);
	json_add_text(doc, o, "etag", etag_text(row->version, etag));
	json_add_text(doc, o, "name", row->name);
	return o;
}

/* The address in the first row of @sql, whose parameters are @within and maybe @but. */
static int find(sqlite3 *db, const char *sql, const struct prefix *within, int64_t but, char ret[PREFIX_TEXT_MAX])
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	rdns_db_bind_range(s, 1, within);
	(void)sqlite3_bind_int64(s, 3, but);
	return rdns_db_first(s, ret);
}

int ptrs_db_find(sqlite3 *db, const struct prefix *within, int64_t but, char ret[PREFIX_TEXT_MAX])
{
	return find(db, "SELECT address FROM ptr WHERE place BETWEEN ?1 AND ?2 AND member != ?3 ORDER BY place LIMIT 1",
	            within, but, ret);
}

int ptrs_db_find_in_progress(sqlite3 *db, const struct prefix *within, char ret[PREFIX_TEXT_MAX])
{
	return find(db,
	            "SELECT address FROM ptr CROSS JOIN change ON change.id = ptr.version" /* in this order */
	            " WHERE place BETWEEN ?1 AND ?2 AND change.state IN ('written', 'sent') LIMIT 1",
	            within, 0, ret);
}

/* Bind what a filter says to the parameters 1 to 6. */
static void bind_filter(sqlite3_stmt *s, const struct ptrs_filter *filter)
{
	rdns_db_bind_id(s, 1, filter->member);
	if (filter->within != NULL)
		rdns_db_bind_range(s, 2, filter->within);
	if (filter->after != NULL) {
		struct prefix after = prefix_of(filter->after, 128);
		rdns_db_bind_range(s, 4, &after);
	}
	(void)sqlite3_bind_int64(s, 6, (int64_t)filter->limit + 1);
}

#define LAST "ffffffffffffffffffffffffffffffff" /* address there is */

int ptrs_db_list(sqlite3 *db, const struct ptrs_filter *filter, yyjson_mut_doc *doc, yyjson_mut_val *list,
                 char ret_more[ADDR_TEXT_MAX])
{
	struct ptrs_row row = {.version = 0};
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    ROW "WHERE (?1 IS NULL OR member = ?1) AND (?4 IS NULL OR place != ?4)"
	                        " AND place BETWEEN max(coalesce(?2, x''), coalesce(?4, x''))"
	                        " AND coalesce(?3, x'" LAST "')"
	                        " ORDER BY place LIMIT ?6",
	                    &s);

	if (rc < 0)
		return rc;
	bind_filter(s, filter);
	while (rc == 0 && (rc = db_step(s)) > 0 && yyjson_mut_arr_size(list) < filter->limit) {
		rc = read_row(s, &row);
		if (rc == 0)
			yyjson_mut_arr_append(list, ptrs_row_json(&row, doc));
	}
	(void)sqlite3_finalize(s);
	if (rc < 0)
		return rc;
	ret_more[0] = '\0';
	if (rc > 0 && row.version != 0)
		(void)addr_text(&row.address, ret_more);
	return 0;
}
