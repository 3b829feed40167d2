/* SPDX-License-Identifier: MIT */
#include "rdns/zones_db.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "rdns/etag.h"
#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Add the rows of @sql, whose parameter is the zone's name, to the zone. What we stored is sound. */
static int read_rows(sqlite3 *db, const char *sql, struct delegation *zone,
                     const char *(*add)(struct delegation *d, const char *text))
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, zone->zone);
	while (rc == 0 && (rc = db_step(s)) > 0)
		rc = add(zone, db_text(s, 0)) == NULL ? 0 : -EBADMSG;
	(void)sqlite3_finalize(s);
	return rc;
}

static int read_zone(sqlite3 *db, struct delegation *zone)
{
	int rc = read_rows(db,
	                   "SELECT name || ifnull('=' || group_concat(address, ',' ORDER BY rowid), '')"
	                   " FROM nameserver WHERE zone = ? GROUP BY name ORDER BY min(rowid)",
	                   zone, delegation_add_server);

	if (rc == 0)
		rc = read_rows(db,
		               "SELECT key_tag || ' ' || algorithm || ' ' || type || ' ' || digest"
		               " FROM ds WHERE zone = ?",
		               zone, delegation_add_ds);
	ldns_rr_list_sort(zone->ds);
	return rc;
}

/* The form in which the first zone of @p is called @zone. */
static enum reverse_form form_of(const struct prefix *p, const char *zone)
{
	struct prefix first = reverse_zone(p, 0);
	char name[REVERSE_NAME_MAX];
	unsigned form = 0;

	while (form < REVERSE_FORMS && strcmp(reverse_name(&first, (enum reverse_form)form, name), zone) != 0)
		form++;
	return form == REVERSE_FORMS ? REVERSE_RANGE : (enum reverse_form)form;
}

int zones_db_get(sqlite3 *db, const struct prefix *prefix, struct zones_row *ret)
{
	struct zones_row row = {.delegated = NULL};
	char text[PREFIX_TEXT_MAX];
	sqlite3_stmt *s;
	int rc = db_find(db,
	                 "SELECT zone, member, version, asn, state FROM delegation"
	                 " JOIN member ON member.id = delegation.member WHERE prefix = ? AND part = 0",
	                 prefix_text(prefix, text), &s);

	if (rc < 0)
		return rc;
	enum reverse_form form = form_of(prefix, db_text(s, 0));
	row.member = sqlite3_column_int64(s, 1);
	row.version = sqlite3_column_int64(s, 2);
	row.asn = (uint32_t)sqlite3_column_int64(s, 3);
	row.state = (enum rdns_state)db_word(s, 4, rdns_states);
	(void)sqlite3_finalize(s);
	if (delegated_new(prefix, form, &row.delegated) < 0)
		return -EBADMSG;
	for (size_t i = 0; rc == 0 && i < row.delegated->n_zones; i++)
		rc = read_zone(db, &row.delegated->zones[i]);
	if (rc < 0)
		delegated_free(row.delegated);
	else
		*ret = row;
	return rc;
}

static int write_server(sqlite3 *db, const char *zone, const char *name, const struct addr *address)
{
	char text[ADDR_TEXT_MAX];
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT INTO nameserver VALUES (?, ?, ?)", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, zone);
	db_bind_text(s, 2, name);
	db_bind_text(s, 3, address == NULL ? NULL : addr_text(address, text));
	return db_execute(s);
}

static int write_servers(sqlite3 *db, const struct delegation *zone)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < zone->n_servers; i++) {
		const struct delegation_server *server = &zone->servers[i];
		if (server->n_addresses == 0)
			rc = write_server(db, zone->zone, server->name, NULL);
		for (size_t k = 0; rc == 0 && k < server->n_addresses; k++)
			rc = write_server(db, zone->zone, server->name, &server->addresses[k]);
	}
	return rc;
}

static int write_ds(sqlite3 *db, const struct delegation *zone, const ldns_rr *ds)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT INTO ds VALUES (?, ?, ?, ?, ?)", &s);

	if (rc < 0)
		return rc;
	char *digest = ldns_rdf2str(ldns_rr_rdf(ds, 3));
	if (digest == NULL)
		mem_exhausted();
	db_bind_text(s, 1, zone->zone);
	(void)sqlite3_bind_int(s, 2, ldns_rdf2native_int16(ldns_rr_rdf(ds, 0)));
	(void)sqlite3_bind_int(s, 3, ldns_rdf2native_int8(ldns_rr_rdf(ds, 1)));
	(void)sqlite3_bind_int(s, 4, ldns_rdf2native_int8(ldns_rr_rdf(ds, 2)));
	db_bind_text(s, 5, digest);
	rc = db_execute(s);
	free(digest);
	return rc;
}

static int write_zone(sqlite3 *db, const struct delegated *d, size_t i, int64_t member, int64_t version)
{
	const struct delegation *zone = &d->zones[i];
	char prefix[PREFIX_TEXT_MAX];
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT INTO delegation VALUES (?, ?, ?, ?, ?, ?, ?, ?)", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, zone->zone);
	db_bind_text(s, 2, prefix_text(&d->prefix, prefix));
	(void)sqlite3_bind_int64(s, 3, (int64_t)i);
	rdns_db_bind_range(s, 4, &zone->prefix);
	(void)sqlite3_bind_int64(s, 6, member);
	(void)sqlite3_bind_int64(s, 7, version);
	db_bind_text(s, 8, rdns_states[RDNS_PENDING]);
	rc = db_execute(s);
	if (rc == 0)
		rc = write_servers(db, zone);
	for (size_t k = 0; rc == 0 && k < ldns_rr_list_rr_count(zone->ds); k++)
		rc = write_ds(db, zone, ldns_rr_list_rr(zone->ds, k));
	return rc;
}

int zones_db_put(sqlite3 *db, const struct delegated *d, int64_t member, int64_t version)
{
	int rc = zones_db_remove(db, &d->prefix);

	if (rc == -ENOENT)
		rc = 0;
	for (size_t i = 0; rc == 0 && i < d->n_zones; i++)
		rc = write_zone(db, d, i, member, version);
	return rc;
}

int zones_db_remove(sqlite3 *db, const struct prefix *prefix)
{
	char text[PREFIX_TEXT_MAX];
	sqlite3_stmt *s;
	int rc = db_prepare(db, "DELETE FROM delegation WHERE prefix = ?", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, prefix_text(prefix, text));
	return db_execute_on_row(s);
}

int zones_db_set_state(sqlite3 *db, const struct prefix *prefix, enum rdns_state state)
{
	char text[PREFIX_TEXT_MAX];
	sqlite3_stmt *s;
	int rc = db_prepare(db, "UPDATE delegation SET state = ? WHERE prefix = ?", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, rdns_states[state]);
	db_bind_text(s, 2, prefix_text(prefix, text));
	return db_execute_on_row(s);
}

/* No two overlap, so of those that begin before @prefix only the last one can reach into it. */
int zones_db_find_overlap(sqlite3 *db, const struct prefix *prefix, char ret[PREFIX_TEXT_MAX])
{
	char text[PREFIX_TEXT_MAX];
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT prefix FROM (SELECT prefix, last FROM delegation WHERE first < ?1"
	                    "  ORDER BY first DESC LIMIT 1) WHERE last >= ?1 AND prefix != ?3"
	                    " UNION ALL SELECT prefix FROM (SELECT prefix FROM delegation"
	                    "  WHERE first BETWEEN ?1 AND ?2 AND prefix != ?3 ORDER BY first LIMIT 1) LIMIT 1",
	                    &s);

	if (rc < 0)
		return rc;
	rdns_db_bind_range(s, 1, prefix);
	db_bind_text(s, 3, prefix_text(prefix, text));
	return rdns_db_first(s, ret);
}

int zones_db_find_zone(sqlite3 *db, const struct addr *address, struct prefix *ret)
{
	struct prefix alone = prefix_of(address, 128);
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT zone FROM (SELECT zone, last FROM delegation WHERE first <= ?1"
	                    "  ORDER BY first DESC LIMIT 1) WHERE last >= ?2",
	                    &s);

	if (rc < 0)
		return rc;
	rdns_db_bind_range(s, 1, &alone);
	rc = db_first(s);
	if (rc < 0)
		return rc;
	rc = reverse_parse(db_text(s, 0), ret) < 0 ? -EBADMSG : 0;
	(void)sqlite3_finalize(s);
	return rc;
}

yyjson_mut_val *zones_row_json(const struct zones_row *row, yyjson_mut_doc *doc)
{
	const struct delegated *d = row->delegated;
	yyjson_mut_val *o = yyjson_mut_obj(doc);
	char prefix[PREFIX_TEXT_MAX], etag[ETAG_MAX];

	json_add_text(doc, o, "prefix", prefix_text(&d->prefix, prefix));
	yyjson_mut_obj_add_uint(doc, o, "asn", row->asn);
	json_add_text(doc, o, "state", rdns_states[row->state]);
	json_add_text(doc, o, "etag", etag_text(row->version, etag));
	yyjson_mut_val *zones = yyjson_mut_obj_add_arr(doc, o, "zones");
	for (size_t i = 0; i < d->n_zones; i++)
		yyjson_mut_arr_add_strcpy(doc, zones, d->zones[i].zone);
	delegated_add_json(d, doc, o);
	return o;
}

static int add_to_list(sqlite3 *db, const char *text, yyjson_mut_doc *doc, yyjson_mut_val *list)
{
	struct zones_row row;
	struct prefix p;

	if (prefix_parse(text, &p) < 0)
		return -EBADMSG;
	int rc = zones_db_get(db, &p, &row);
	if (rc < 0)
		return rc;
	yyjson_mut_arr_append(list, zones_row_json(&row, doc));
	delegated_free(row.delegated);
	return 0;
}

int zones_db_list(sqlite3 *db, const struct zones_filter *filter, yyjson_mut_doc *doc, yyjson_mut_val *list,
                  char ret_more[PREFIX_TEXT_MAX])
{
	char last[PREFIX_TEXT_MAX] = "";
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT prefix FROM delegation WHERE part = 0 AND (?1 IS NULL OR member = ?1)"
	                    " AND (?2 IS NULL OR state = ?2) AND first > coalesce(?3, x'') ORDER BY first LIMIT ?5",
	                    &s);

	if (rc < 0)
		return rc;
	rdns_db_bind_id(s, 1, filter->member);
	db_bind_text(s, 2, filter->state);
	if (filter->after != NULL)
		rdns_db_bind_range(s, 3, filter->after);
	(void)sqlite3_bind_int64(s, 5, (int64_t)filter->limit + 1);
	while (rc == 0 && (rc = db_step(s)) > 0 && yyjson_mut_arr_size(list) < filter->limit) {
		(void)snprintf(last, sizeof(last), "%s", db_text(s, 0));
		rc = add_to_list(db, last, doc, list);
	}
	(void)sqlite3_finalize(s);
	if (rc < 0)
		return rc;
	(void)snprintf(ret_more, PREFIX_TEXT_MAX, "%s", rc > 0 ? last : "");
	return 0;
}
