/* Many names at once: read, looked at, changed together or not at all. */
/* SPDX-License-Identifier: MIT */
#include "rdns/bulk.h"

#include "base/json_write.h"
#include "members.h"
#include "rdns/ptrs_db.h"
#include "rdns/zones_db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As the API reads it. Return: 0, or -EINVAL and *reterr. */
static int parse(const char *body, struct bulk **ret, char reterr[BULK_ERROR_MAX])
{
	yyjson_doc *doc = json_shape_read(body, strlen(body), "body", reterr);
	assert_non_null(doc);
	yyjson_val *root = yyjson_doc_get_root(doc);
	int rc = json_shape_check(root, bulk_fields, "body", reterr);
	if (rc == 0)
		rc = bulk_parse(root, ret, reterr);
	yyjson_doc_free(doc);
	return rc;
}

struct job {
	struct edit edit;
	struct bulk *bulk;
	struct yyjson_mut_doc *doc;
	yyjson_mut_val *list;
};

static int work(sqlite3 *db, void *data)
{
	struct job *j = data;

	return bulk_edit(db, &j->edit, j->bulk, j->doc, j->list);
}

/* Carry @body out for @member, whose all addresses are, 0: an operator; @etag: of a look, or NULL. Check its rows. */
static int run(struct members *f, int64_t member, const char *body, const char *etag, const char *rows)
{
	struct job j = {.edit = {.at = 1,
	                         .who = "test",
	                         .member = member,
	                         .is_operators = member == 0,
	                         .conditions = {.if_match = etag}},
	                .doc = yyjson_mut_doc_new(NULL)};
	char error[BULK_ERROR_MAX], seen[1024] = "";
	yyjson_mut_val *row;
	size_t i, n;

	assert_int_equal(parse(body, &j.bulk, error), 0);
	j.list = yyjson_mut_arr(j.doc);
	for (i = 0; i < j.bulk->n; i++)
		j.bulk->names[i].member = member == 0 ? f->one : member;
	int rc = db_transact(f->db, work, &j);
	size_t changed = 0;
	yyjson_mut_arr_foreach(j.list, i, n, row) {
		const char *kind = yyjson_mut_get_str(yyjson_mut_obj_get(row, "kind"));
		const char *before = yyjson_mut_get_str(yyjson_mut_obj_get(row, "before"));
		(void)snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%s%s %s %s", i == 0 ? "" : ", ", kind,
		               yyjson_mut_get_str(yyjson_mut_obj_get(row, "address")), before == NULL ? "-" : before);
		bool is_refused = strcmp(kind, "refused") == 0;
		changed += !is_refused && strcmp(kind, "same") != 0;
		assert_int_equal(is_refused, yyjson_mut_get_str(yyjson_mut_obj_get(row, "problem")) != NULL);
	}
	assert_string_equal(seen, rows);
	assert_int_equal(changed == 0 ? 0 : j.bulk->last_change - j.bulk->first_change + 1, changed);
	bulk_free(j.bulk);
	yyjson_mut_doc_free(j.doc);
	return rc;
}

static void assert_name(struct members *f, const char *address, const char *wanted)
{
	struct ptrs_row row = {.version = 0};
	struct addr a;

	assert_int_equal(addr_parse(address, 0, &a), 0);
	assert_int_equal(ptrs_db_get(f->db, &a, &row), wanted == NULL ? -ENOENT : 0);
	if (wanted != NULL)
		assert_string_equal(row.name, wanted);
}

#define NAME(address, name) "{\"address\":\"" address "\",\"name\":\"" name "\"}"
#define NONE(address)       "{\"address\":\"" address "\"}"
#define TWO                 "{\"ptrs\":[" NAME("192.0.2.1", "a.example") "," NAME("2001:db8::1", "b.example") "]}"

static void test_reading(void **state)
{
	static const struct {
		const char *body, *error;
	} wrong[] = {
		{"{\"ptrs\":[{\"name\":\"a.example\"}]}",
	         "ptrs[0].address: must be an address such as 192.0.2.1 or 2001:db8::1"},
		{"{\"ptrs\":[" NAME("192.0.2.1", "a b") "]}",
	         "ptrs[0].name: must be a host's name such as host.example.net"},
		{"{\"ptrs\":[{\"address\":\"192.0.2.1\"},{\"address\":\"192.0.2.1\"}]}",
	         "ptrs[1].address: is there twice"},
		{"{\"ptrs\":[{\"address\":\"2001:db8::1\"},{\"address\":\"2001:DB8:0::1\"}]}",
	         "ptrs[1].address: is there twice"},
		{"{\"within\":\"192.0.2.1/24\",\"ptrs\":[]}", "within: must be a prefix such as 192.0.2.0/24"},
		{"{\"ptrs\":[]}", "ptrs: must have at least one address"},
		{"{\"dry_run\":true}", "ptrs: must be there"},
		{"{\"within\":\"192.0.2.0/24\"}", "ptrs: must be there"},
		{"{\"within\":\"192.0.2.0/24\",\"ptrs\":null}", "ptrs: must be there"},
	};
	char error[BULK_ERROR_MAX];
	struct bulk *b;
	(void)state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_int_equal(parse(wrong[i].body, &b, error), -EINVAL);
		assert_string_equal(error, wrong[i].error);
	}
	assert_int_equal(parse("{\"ptrs\":[{\"address\":\"x\"}]}", &b, error), -EINVAL);
	assert_int_equal(parse("{\"dry_run\":true,\"within\":\"192.0.2.0/24\","
	                       "\"ptrs\":[{\"address\":\"192.0.2.1\",\"name\":"
	                       "\"A.Example.\"}," NONE("192.0.2.2") "]}",
	                       &b, error),
	                 0);
	assert_true(b->is_dry_run && b->has_within);
	assert_string_equal(b->names[0].name, "a.example");
	assert_null(b->names[1].name);
	bulk_free(b);
}

static void test_all_or_none(void **state)
{
	struct members *f = *state;
	struct edit e = {.at = 1, .who = "test", .member = f->one};
	struct prefix p;
	struct delegated *d;
	char error[DELEGATED_ERROR_MAX];
	const char body[] = "{\"nameservers\":[{\"name\":\"ns.example\"}]}";
	yyjson_doc *doc = yyjson_read(body, strlen(body), 0);

	assert_int_equal(prefix_parse("198.51.100.0/24", &p), 0);
	assert_int_equal(delegated_parse(&p, yyjson_doc_get_root(doc), &d, error), 0);
	assert_int_equal(edit_delegation(f->db, &e, &p, d), 0);
	delegated_free(d);
	yyjson_doc_free(doc);

	assert_int_equal(run(f, f->one,
	                     "{\"ptrs\":[" NAME("192.0.2.1", "a.example") ","
	                                                                  "" NAME("198.51.100.1", "b.example") "]}",
	                     NULL, "add 192.0.2.1 -, refused 198.51.100.1 -"),
	                 -EEXIST);
	assert_name(f, "192.0.2.1", NULL);
	assert_int_equal(run(f, f->one, TWO, NULL, "add 192.0.2.1 -, add 2001:db8::1 -"), 0);
	assert_name(f, "192.0.2.1", "a.example");
	assert_name(f, "2001:db8::1", "b.example");
}

/* Verified, so that they may be changed again. */
static void publish(struct members *f)
{
	struct audit_change c = {.id = 0};

	while (change_db_next(f->db, 0, &c) == 0)
		assert_int_equal(change_db_move(f->db, c.id, AUDIT_VERIFIED), 0);
}

static void test_a_look_changes_nothing(void **state)
{
	struct members *f = *state;
	int64_t before, after;

	assert_int_equal(run(f, f->one, TWO, NULL, "add 192.0.2.1 -, add 2001:db8::1 -"), 0);
	publish(f);
	assert_int_equal(bulk_version(f->db, &before), 0);
	const char look[] = "{\"dry_run\":true,\"within\":\"::/0\",\"ptrs\":[" NAME(
	    "192.0.2.1", "c.example") "," NONE("192.0.2.2") "," NAME("192.0.2.3", "d.example") "]}";
	const char rows[] = "change 192.0.2.1 a.example, same 192.0.2.2 -, add 192.0.2.3 -, "
			    "remove 2001:db8::1 b.example";
	assert_int_equal(run(f, f->one, look, NULL, rows), -ECANCELED);
	assert_int_equal(bulk_version(f->db, &after), 0);
	assert_int_equal(before, after);
	assert_name(f, "192.0.2.1", "a.example");
	assert_int_equal(run(f, f->one, TWO, NULL, "same 192.0.2.1 a.example, same 2001:db8::1 b.example"), 0);
}

static void test_within(void **state)
{
	struct members *f = *state;

	assert_int_equal(run(f, f->one, TWO, NULL, "add 192.0.2.1 -, add 2001:db8::1 -"), 0);
	assert_int_equal(run(f, f->two, "{\"ptrs\":[" NAME("192.0.2.9", "x.example") "]}", NULL,
	                     "add 192.0.2.9 -"),
	                 0);
	publish(f);
	assert_int_equal(run(f, f->one, "{\"within\":\"192.0.2.0/24\",\"ptrs\":[" NAME("192.0.2.2", "b.example") "]}",
	                     NULL, "add 192.0.2.2 -, remove 192.0.2.1 a.example"),
	                 0);
	assert_name(f, "2001:db8::1", "b.example");
	assert_name(f, "192.0.2.9", "x.example");
	publish(f);
	assert_int_equal(run(f, 0, "{\"within\":\"192.0.2.0/24\",\"ptrs\":[]}", NULL,
	                     "remove 192.0.2.2 b.example, remove 192.0.2.9 x.example"),
	                 0);
	assert_int_equal(run(f, f->one, "{\"within\":\"203.0.113.0/24\",\"ptrs\":[]}", NULL, ""), 0);
}

/* Whose name it is, nobody else learns. */
static void test_others(void **state)
{
	struct members *f = *state;

	assert_int_equal(run(f, f->one, TWO, NULL, "add 192.0.2.1 -, add 2001:db8::1 -"), 0);
	publish(f);
	assert_int_equal(run(f, f->two, TWO, NULL, "refused 192.0.2.1 -, refused 2001:db8::1 -"), -EEXIST);
	assert_int_equal(run(f, f->two, "{\"ptrs\":[{\"address\":\"192.0.2.1\"},{\"address\":\"192.0.2.7\"}]}", NULL,
	                     "same 192.0.2.1 -, same 192.0.2.7 -"),
	                 0);
	assert_name(f, "192.0.2.1", "a.example");
}

/* What was changed after the look, also what was ended, is not changed unseen. */
static void test_a_look_that_is_old(void **state)
{
	struct members *f = *state;
	char tag[ETAG_MAX];
	int64_t version;

	assert_int_equal(run(f, f->one, TWO, NULL, "add 192.0.2.1 -, add 2001:db8::1 -"), 0);
	publish(f);
	assert_int_equal(bulk_version(f->db, &version), 0);
	(void)etag_text(version, tag);
	const char other[] = "{\"ptrs\":[" NAME("192.0.2.5", "e.example") "]}";
	assert_int_equal(run(f, f->one, other, NULL, "add 192.0.2.5 -"), 0);
	publish(f);
	const char wish[] = "{\"ptrs\":[" NAME("192.0.2.1", "z.example") "]}";
	assert_int_equal(run(f, f->one, wish, tag, "change 192.0.2.1 a.example"), 0);
	publish(f);
	assert_int_equal(run(f, f->one, wish, tag, ""), -ESTALE);
	assert_int_equal(run(f, f->one, wish, "*", "same 192.0.2.1 z.example"), 0);
	assert_int_equal(run(f, f->one, wish, "\"x\"", ""), -EINVAL);
	assert_int_equal(run(f, f->one, "{\"ptrs\":[" NONE("192.0.2.5") "]}", NULL,
	                     "remove 192.0.2.5 e.example"),
	                 0);
	publish(f);
	assert_int_equal(run(f, f->one, other, tag, ""), -ESTALE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),
		cmocka_unit_test_setup_teardown(test_all_or_none, setup_members, teardown_members),
		cmocka_unit_test_setup_teardown(test_a_look_changes_nothing, setup_members, teardown_members),
		cmocka_unit_test_setup_teardown(test_within, setup_members, teardown_members),
		cmocka_unit_test_setup_teardown(test_others, setup_members, teardown_members),
		cmocka_unit_test_setup_teardown(test_a_look_that_is_old, setup_members, teardown_members),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
