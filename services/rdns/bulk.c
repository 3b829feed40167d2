/* SPDX-License-Identifier: MIT */
#include "rdns/bulk.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "rdns/problem.h"
#include "rdns/ptrs_db.h"
#include "store/db.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct json_field name_fields[] = {
	{.name = "address", .kind = JSON_ADDRESS},
	{.name = "name", .kind = JSON_TEXT, .max = HOSTED_NAME_MAX},
	{.name = NULL},
};

const struct json_field bulk_fields[] = {
	{.name = "dry_run", .kind = JSON_BOOL},
	{.name = "within", .kind = JSON_TEXT, .max = PREFIX_TEXT_MAX - 1},
	{.name = "ptrs", .kind = JSON_OBJECTS, .max_count = BULK_MAX, .fields = name_fields},
	{.name = NULL},
};

static struct bulk_name *find(const struct bulk *b, const struct addr *a)
{
	for (size_t i = 0; i < b->n; i++)
		if (addr_equal(&b->names[i].address.addr, a))
			return &b->names[i];
	return NULL;
}

/* @name: NULL: none. */
static void add(struct bulk *b, const struct addr *a, const char *name)
{
	b->names = mem_resize(b->names, b->n + 1, sizeof(b->names[0]));
	b->names[b->n++] = (struct bulk_name){.address = prefix_of(a, 128), .name = mem_strdup(name)};
}

static int add_name(struct bulk *b, yyjson_val *v, char reterr[BULK_ERROR_MAX])
{
	const char *text = yyjson_get_str(yyjson_obj_get(v, "address"));
	bool has_name = yyjson_is_str(yyjson_obj_get(v, "name"));
	char name[HOSTED_NAME_MAX], error[HOSTED_ERROR_MAX];
	struct addr a;
	int n = snprintf(reterr, BULK_ERROR_MAX, "ptrs[%zu].", b->n);
	char *why = reterr + n;
	size_t room = BULK_ERROR_MAX - (size_t)n;

	if (text == NULL || addr_parse(text, 0, &a) < 0) {
		(void)snprintf(why, room, "address: must be an address such as 192.0.2.1 or 2001:db8::1");
		return -EINVAL;
	}
	if (has_name && hosted_parse(v, name, error) < 0) {
		(void)snprintf(why, room, "%.*s", (int)room - 1, error);
		return -EINVAL;
	}
	if (find(b, &a) != NULL) {
		(void)snprintf(why, room, "address: is there twice");
		return -EINVAL;
	}
	add(b, &a, has_name ? name : NULL);
	return 0;
}

static int read_within(struct bulk *b, yyjson_val *v, char reterr[BULK_ERROR_MAX])
{
	if (!yyjson_is_str(v))
		return 0;
	b->has_within = true;
	if (prefix_parse(yyjson_get_str(v), &b->within) == 0)
		return 0;
	(void)snprintf(reterr, BULK_ERROR_MAX, "within: must be a prefix such as 192.0.2.0/24");
	return -EINVAL;
}

int bulk_parse(yyjson_val *v, struct bulk **ret, char reterr[BULK_ERROR_MAX])
{
	struct bulk *b = mem_new(sizeof(*b));
	yyjson_val *ptrs = yyjson_obj_get(v, "ptrs"), *item;
	size_t i, n;

	b->is_dry_run = yyjson_get_bool(yyjson_obj_get(v, "dry_run"));
	int rc = read_within(b, yyjson_obj_get(v, "within"), reterr);
	yyjson_arr_foreach(ptrs, i, n, item)
		if (rc == 0)
			rc = add_name(b, item, reterr);
	bool is_list = yyjson_is_arr(ptrs); /* an empty one ends all names within: who means that says so */
	if (rc == 0 && b->n == 0 && !(is_list && b->has_within)) {
		const char *wanted = is_list ? "have at least one address" : "be there";
		(void)snprintf(reterr, BULK_ERROR_MAX, "ptrs: must %s", wanted);
		rc = -EINVAL;
	}
	if (rc < 0)
		bulk_free(b);
	else
		*ret = b;
	return rc;
}

void bulk_free(struct bulk *b)
{
	for (size_t i = 0; b != NULL && i < b->n; i++)
		free(b->names[i].name);
	if (b != NULL)
		free(b->names);
	free(b);
}

int bulk_version(sqlite3 *db, int64_t *ret)
{
	return db_number(db, "SELECT coalesce(max(seq), 0) FROM audit", ret);
}

/* The number of the last change of @address, which may have ended it; 0: it never had a name. */
static int last_change(sqlite3 *db, const char *address, int64_t *ret)
{
	sqlite3_stmt *s;
	int rc = db_find(db, "SELECT coalesce(max(seq), 0) FROM audit WHERE subject = ?", address, &s);

	if (rc < 0)
		return rc;
	*ret = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	return 0;
}

/* Whether a look with the tag in @e has seen the last change of @address. */
static int check_seen(sqlite3 *db, const struct edit *e, const char *address)
{
	int64_t seen, last;

	if (e->conditions.if_match == NULL || strcmp(e->conditions.if_match, "*") == 0)
		return 0;
	if (sscanf(e->conditions.if_match, "\"%" SCNd64 "\"", &seen) != 1)
		return -EINVAL;
	int rc = last_change(db, address, &last);
	if (rc < 0)
		return rc;
	return last > seen ? -ESTALE : 0;
}

/* End what is in b->within and not in the list; of others than the asker only for operators. */
static int add_ends(sqlite3 *db, const struct edit *e, struct bulk *b)
{
	struct ptrs_filter filter = {
		.member = e->is_operators ? 0 : e->member, .within = &b->within, .limit = BULK_MAX};
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc), *row;
	char more[ADDR_TEXT_MAX] = "";
	size_t i, n, listed = b->n;

	int rc = ptrs_db_list(db, &filter, doc, list, more);
	if (rc == 0 && more[0] != '\0')
		rc = -E2BIG;
	yyjson_mut_arr_foreach(list, i, n, row) {
		struct addr a;
		if (rc == 0)
			rc = addr_parse(yyjson_mut_get_str(yyjson_mut_obj_get(row, "address")), 0, &a);
		if (rc == 0 && find(b, &a) == NULL)
			add(b, &a, NULL);
	}
	for (i = listed; i < b->n; i++)
		b->names[i].member = e->member;
	yyjson_mut_doc_free(doc);
	return rc;
}

struct rows {
	yyjson_mut_doc *doc;
	yyjson_mut_val *list;
};

static void add_row(const struct rows *rows, const struct bulk_name *n, const char *kind, const char *before,
                    const char *problem)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(rows->doc, rows->list);
	char text[ADDR_TEXT_MAX];

	json_add_text(rows->doc, o, "address", addr_text(&n->address.addr, text));
	json_add_text(rows->doc, o, "kind", kind);
	json_add_text(rows->doc, o, "before", before);
	json_add_text(rows->doc, o, "after", n->name);
	json_add_text(rows->doc, o, "problem", problem);
}

/* Why the edit of a name was refused, in words; NULL: it was not. */
static const char *refused(int rc, enum language language)
{
	if (rc == -EACCES)
		return refusal_what(REFUSAL_FORMER, language);
	if (rc == -EEXIST)
		return refusal_what(REFUSAL_DELEGATED, language);
	return rc == -EBUSY ? api_problem_kinds[API_IN_PROGRESS].title[language] : NULL;
}

static const char *kind_of(const struct bulk_name *n, int64_t change, const char *before)
{
	if (change == 0)
		return "same";
	if (before == NULL)
		return "add";
	return n->name == NULL ? "remove" : "change";
}

/* Set *@problem when it is refused. */
static int change_one(sqlite3 *db, struct edit *one, struct bulk *b, const struct bulk_name *n, const char **problem)
{
	int rc = edit_ptr(db, one, &n->address.addr, n->name);

	if (n->name == NULL && rc == -EACCES)
		return 0; /* as if it were not there */
	*problem = rc < 0 ? refused(rc, b->language) : NULL;
	if (*problem == NULL && rc < 0 && rc != -ENOENT)
		return rc;
	if (one->change != 0)
		b->last_change = one->change;
	if (b->first_change == 0)
		b->first_change = one->change;
	return 0;
}

static int edit_one(sqlite3 *db, struct edit *e, struct bulk *b, const struct bulk_name *n, struct rows *rows)
{
	struct edit one = {
		.at = e->at, .who = e->who, .member = n->member, .is_operators = e->is_operators, .pop = e->pop};
	const char *problem = n->problem, *before = NULL;
	struct ptrs_row now;
	char text[ADDR_TEXT_MAX];

	int rc = check_seen(db, e, addr_text(&n->address.addr, text));
	if (rc == 0)
		rc = ptrs_db_get(db, &n->address.addr, &now);
	if (rc == 0 && (e->is_operators || now.member == e->member))
		before = now.name;
	if (rc == 0 || rc == -ENOENT)
		rc = problem != NULL ? 0 : change_one(db, &one, b, n, &problem);
	if (rc < 0)
		return rc;
	b->n_refused += problem != NULL;
	add_row(rows, n, problem != NULL ? "refused" : kind_of(n, one.change, before), before, problem);
	return 0;
}

int bulk_edit(sqlite3 *db, struct edit *e, struct bulk *b, yyjson_mut_doc *doc, yyjson_mut_val *list)
{
	struct rows rows = {doc, list};
	int rc = b->has_within ? add_ends(db, e, b) : 0;

	for (size_t i = 0; i < b->n && rc == 0; i++)
		rc = edit_one(db, e, b, &b->names[i], &rows);
	if (rc == 0 && b->is_dry_run)
		return -ECANCELED;
	return rc == 0 && b->n_refused > 0 ? -EEXIST : rc;
}
