/* Changes: conditions, owners, what is in their way, the audit log, and how they are taken back. */
/* SPDX-License-Identifier: MIT */
#include "rdns/edit.h"

#include "base/json_write.h"
#include "base/pop.h"
#include "members.h"
#include "rdns/ptrs_db.h"
#include "rdns/zones_db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* What a job of the store is given. */
struct job {
	struct edit *edit;
	struct prefix subject;
	const char *body; /* of a delegation, or the name of an address; NULL: end it */
	bool is_ptr;
};

static int edit_job(sqlite3 *db, void *data)
{
	struct job *j = data;
	struct delegated *d = NULL;
	char error[DELEGATED_ERROR_MAX];

	if (j->is_ptr)
		return edit_ptr(db, j->edit, &j->subject.addr, j->body);
	if (j->body != NULL) {
		yyjson_doc *doc = yyjson_read(j->body, strlen(j->body), 0);
		assert_int_equal(delegated_parse(&j->subject, yyjson_doc_get_root(doc), &d, error), 0);
		yyjson_doc_free(doc);
	}
	int rc = edit_delegation(db, j->edit, &j->subject, d);
	delegated_free(d);
	return rc;
}

static int run(struct members *f, struct edit *e, const char *subject, const char *body)
{
	struct job j = {e, prefix(subject), body, strchr(subject, '/') == NULL};

	e->at = 1795246560;
	e->who = "test";
	return db_transact(f->db, edit_job, &j);
}

#define NS(name) "{\"nameservers\":[{\"name\":\"" name "\"}]}"

/* Edit, and have it in Knot. */
static int64_t publish(struct members *f, int64_t member, const char *subject, const char *body)
{
	struct edit e = {.member = member};

	assert_int_equal(run(f, &e, subject, body), 0);
	assert_int_not_equal(e.change, 0);
	assert_int_equal(change_db_move(f->db, e.change, AUDIT_SENT), 0);
	assert_int_equal(change_db_move(f->db, e.change, AUDIT_VERIFIED), 0);
	return e.change;
}

static void assert_listed(struct members *f, const char *expected)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc);
	char more_zones[PREFIX_TEXT_MAX], more_ptrs[ADDR_TEXT_MAX];

	assert_int_equal(zones_db_list(f->db, &(struct zones_filter){.limit = 100}, doc, list, more_zones), 0);
	assert_int_equal(ptrs_db_list(f->db, &(struct ptrs_filter){.limit = 100}, doc, list, more_ptrs), 0);
	assert_string_equal(more_zones, "");
	assert_string_equal(more_ptrs, "");
	char *text = json_take(doc, list);
	assert_string_equal(text, expected);
	free(text);
}

static void test_written_and_read(void **state)
{
	struct members *f = *state;
	struct edit e = {.member = f->one};

	assert_int_equal(run(f, &e, "192.0.2.64/26",
	                     "{\"form\":\"slash\",\"nameservers\":[{\"name\":\"b.example\"},"
	                     "{\"name\":\"a.64/26.2.0.192.in-addr.arpa\",\"addresses\":"
	                     "[\"192.0.2.65\",\"2001:db8::1\"]}],"
	                     "\"ds\":[{\"key_tag\":9,\"algorithm\":13,\"digest_type\":2,\"digest\":\"" DIGEST "\"}]}"),
	                 0);
	assert_true(e.is_new);
	assert_int_equal(e.version, e.change);
	assert_int_equal(publish(f, f->two, "2001:db8::1", "host.example"), 2);
	assert_listed(f, "[{\"prefix\":\"192.0.2.64/26\",\"asn\":64500,\"state\":\"pending\",\"etag\":\"\\\"1\\\"\","
	                 "\"zones\":[\"64/26.2.0.192.in-addr.arpa\"],\"form\":\"slash\",\"nameservers\":["
	                 "{\"name\":\"b.example\",\"addresses\":[]},{\"name\":\"a.64/26.2.0.192.in-addr.arpa\","
	                 "\"addresses\":[\"192.0.2.65\",\"2001:db8::1\"]}],"
	                 "\"ds\":[{\"zone\":\"64/26.2.0.192.in-addr.arpa\","
	                 "\"key_tag\":9,\"algorithm\":13,\"digest_type\":2,\"digest\":\"" DIGEST "\"}]},"
	                 "{\"address\":\"2001:db8::1\",\"asn\":64501,\"state\":\"live\",\"etag\":\"\\\"2\\\"\","
	                 "\"name\":\"host.example\"}]");
}

static void test_the_same_again_is_no_change(void **state)
{
	struct members *f = *state;
	struct edit e = {.member = f->one}, retry = {.member = f->one, .conditions = {.if_none_match = "*"}};
	int64_t version = publish(f, f->one, "192.0.2.0/24", NS("a.example"));

	assert_int_equal(run(f, &e, "192.0.2.0/24", NS("A.example.")), 0);
	assert_int_equal(e.change, 0);
	assert_int_equal(e.version, version);
	assert_false(e.is_new);
	assert_int_equal(run(f, &retry, "192.0.2.0/24", NS("a.example")), 0); /* whose answer was lost */
	assert_int_equal(retry.change, 0);
}

static void test_conditions(void **state)
{
	struct members *f = *state;
	struct edit create = {.member = f->one, .conditions = {.if_none_match = "*"}};
	struct edit absent = {.member = f->one, .conditions = {.if_match = "*"}};
	struct edit wrong = {.member = f->one, .conditions = {.if_match = "12"}};

	assert_int_equal(run(f, &absent, "192.0.2.1", "a.example"), -ESTALE);
	assert_int_equal(publish(f, f->one, "192.0.2.1", "a.example"), 1);
	assert_int_equal(run(f, &create, "192.0.2.1", "b.example"), -ESTALE);
	assert_int_equal(run(f, &wrong, "192.0.2.1", "b.example"), -EINVAL);

	/* Two who read the same version: the second one learns of it. */
	struct edit first = {.member = f->one, .conditions = {.if_match = "\"1\""}}, second = first;
	assert_int_equal(run(f, &first, "192.0.2.1", "b.example"), 0);
	assert_int_equal(run(f, &second, "192.0.2.1", "c.example"), -EBUSY); /* not in Knot yet */
	assert_int_equal(change_db_move(f->db, first.change, AUDIT_SENT), 0);
	assert_int_equal(change_db_move(f->db, first.change, AUDIT_VERIFIED), 0);
	assert_int_equal(run(f, &second, "192.0.2.1", "c.example"), -ESTALE);
	assert_int_equal(second.version, first.change);

	/* A version never comes back. */
	assert_int_equal(publish(f, f->one, "192.0.2.1", NULL), 3);
	assert_int_equal(publish(f, f->one, "192.0.2.1", "a.example"), 4);
}

static void test_owners(void **state)
{
	struct members *f = *state;
	struct edit theirs = {.member = f->two}, operators = {.is_operators = true};
	struct zones_row row;
	struct prefix p = prefix("192.0.2.0/24");

	(void)publish(f, f->one, "192.0.2.0/24", NS("a.example"));
	assert_int_equal(run(f, &theirs, "192.0.2.0/24", NS("b.example")), -EACCES);
	assert_int_equal(run(f, &theirs, "192.0.2.0/24", NS("a.example")), -EACCES); /* nor learn what it is */
	assert_int_equal(run(f, &theirs, "192.0.2.0/24", NULL), -EACCES);
	assert_int_equal(run(f, &operators, "192.0.2.0/24", NS("b.example")), 0);
	assert_int_equal(zones_db_get(f->db, &p, &row), 0);
	assert_int_equal(row.member, f->one);
	delegated_free(row.delegated);
}

static void test_in_the_way(void **state)
{
	static const struct {
		const char *subject, *body, *obstacle;
	} cases[] = {
		{"192.0.0.0/16", NS("a.example"), "192.0.2.0/23"},
		{"192.0.2.0/24", NS("a.example"), "192.0.2.0/23"},
		{"192.0.3.128/25", NS("a.example"), "192.0.2.0/23"},
		{"192.0.3.1", "a.example", "192.0.2.0/23"},
		{"2001:db8::/32", NS("a.example"), "2001:db8::1"},
		{"2001:db8::1/128", NS("a.example"), "2001:db8::1"},
		{"203.0.113.9", "a.example", "203.0.113.9/32"},
	};
	struct members *f = *state;

	(void)publish(f, f->one, "192.0.2.0/23", NS("a.example"));
	(void)publish(f, f->one, "2001:db8::1", "a.example");
	(void)publish(f, f->one, "203.0.113.9/32", NS("a.example"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct edit e = {.member = f->two};
		assert_int_equal(run(f, &e, cases[i].subject, cases[i].body), -EEXIST);
		assert_string_equal(e.in_the_way, cases[i].obstacle);
	}
	(void)publish(f, f->two, "192.0.1.0/24", NS("a.example")); /* beside it */
	(void)publish(f, f->two, "192.0.4.0/24", NS("a.example"));
	(void)publish(f, f->one, "192.0.2.0/23", NS("b.example")); /* itself */
}

static char domain[] = "pop.test";
static struct pop_site site = {.domain = domain};
static const struct pop pop = {.site = &site};

/* A prefix that is delegated to the POP itself takes hosted names, its own member's. */
static void test_names_inside(void **state)
{
	static const struct {
		bool is_twos;
		const char *subject, *body;
		int rc;
		const char *obstacle;
	} cases[] = {
		{false, "2001:db8:1::/64", NS("ns1.pop.test"), 0, ""},
		{false, "2001:db8:1::2", "b.example", 0, ""},
		{true, "2001:db8:1::3", "b.example", -EEXIST, "2001:db8:1::/64"},
		{false, "2001:db8:1::/64", NS("a.example"), -EEXIST, "2001:db8:1::1"},
		{false, "2001:db8:1::/68", NS("ns1.pop.test"), -EEXIST, "2001:db8:1::/64"},
		{false, "2001:db8::/32", NS("ns1.pop.test"), -EEXIST, "2001:db8:1::/64"},
		{true, "2001:db8:2::/64", NS("ns1.pop.test"), -EEXIST, "2001:db8:2::1"},
		{false, "2001:db8:1::/64", NULL, 0, ""},
	};
	struct members *f = *state;

	(void)publish(f, f->one, "2001:db8:1::1", "a.example");
	(void)publish(f, f->one, "2001:db8:2::1", "a.example");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct edit e = {.member = cases[i].is_twos ? f->two : f->one, .pop = &pop};
		assert_int_equal(run(f, &e, cases[i].subject, cases[i].body), cases[i].rc);
		if (cases[i].rc < 0)
			assert_string_equal(e.in_the_way, cases[i].obstacle);
		else
			assert_int_equal(change_db_move(f->db, e.change, AUDIT_VERIFIED), 0);
	}
}

/* Names wait for the prefix, and the prefix for names, so that each knows where the other is. */
static void test_names_inside_wait(void **state)
{
	struct members *f = *state;
	struct edit zone = {.member = f->one, .pop = &pop}, name = zone, other = zone;

	(void)publish(f, f->one, "2001:db8:1::1", "a.example");
	assert_int_equal(run(f, &zone, "2001:db8:1::/64", NS("ns1.pop.test")), 0);
	assert_int_equal(run(f, &name, "2001:db8:1::2", "b.example"), -EBUSY);
	assert_string_equal(name.in_the_way, "2001:db8:1::/64");
	assert_int_equal(run(f, &name, "2001:db8:1::1", NULL), -EBUSY);
	assert_int_equal(run(f, &other, "2001:db8:2::1", "a.example"), 0); /* outside */
	assert_int_equal(change_db_move(f->db, zone.change, AUDIT_VERIFIED), 0);

	assert_int_equal(run(f, &name, "2001:db8:1::2", "b.example"), 0);
	assert_int_equal(run(f, &zone, "2001:db8:1::/64", NULL), -EBUSY);
	assert_string_equal(zone.in_the_way, "2001:db8:1::2");
	assert_int_equal(change_db_move(f->db, name.change, AUDIT_VERIFIED), 0);
	assert_int_equal(run(f, &name, "2001:db8:1::2", NULL), 0);
	assert_int_equal(run(f, &zone, "2001:db8:1::/64", NULL), -EBUSY);
	assert_int_equal(edit_roll_back(f->db, name.change, "rdnsd", 1), 0);

	assert_int_equal(run(f, &zone, "2001:db8:1::/64", NULL), 0);
	assert_int_equal(run(f, &name, "2001:db8:1::1", NULL), -EBUSY);
	assert_int_equal(edit_roll_back(f->db, zone.change, "rdnsd", 1), 0); /* the names stayed */
	assert_int_equal(run(f, &name, "2001:db8:1::1", NULL), 0);
}

#define DELEGATED_TO_A(version) \
	"[{\"prefix\":\"192.0.2.0/24\",\"asn\":64500,\"state\":\"live\",\"etag\":\"\\\"" version "\\\"\"," \
	"\"zones\":[\"2.0.192.in-addr.arpa\"],\"form\":null," \
	"\"nameservers\":[{\"name\":\"a.example\",\"addresses\":[]}],\"ds\":[]}]"

static void test_taken_back(void **state)
{
	struct members *f = *state;
	struct edit changed = {.member = f->one}, added = {.member = f->one}, ended = {.member = f->one};
	(void)publish(f, f->one, "192.0.2.0/24", NS("a.example"));
	assert_int_equal(run(f, &changed, "192.0.2.0/24", NS("b.example")), 0);
	assert_int_equal(run(f, &added, "192.0.3.1", "a.example"), 0);
	assert_int_equal(change_db_move(f->db, added.change, AUDIT_SENT), 0);
	assert_int_equal(edit_roll_back(f->db, changed.change, "rdnsd", 1), 0);
	assert_int_equal(edit_roll_back(f->db, added.change, "rdnsd", 1), 0);
	assert_int_equal(edit_roll_back(f->db, added.change, "rdnsd", 1), -EINVAL);
	assert_int_equal(edit_roll_back(f->db, 1, "rdnsd", 1), -EINVAL); /* verified */
	assert_int_equal(edit_roll_back(f->db, 99, "rdnsd", 1), -ENOENT);
	assert_listed(f, DELEGATED_TO_A("4"));

	/* What is being ended keeps its place until it is. */
	struct edit inside = {.member = f->two};
	assert_int_equal(run(f, &ended, "192.0.2.0/24", NULL), 0);
	assert_int_equal(run(f, &inside, "192.0.2.0/25", NS("a.example")), -EBUSY);
	assert_string_equal(inside.in_the_way, "192.0.2.0/24");
	assert_int_equal(run(f, &inside, "192.0.2.7", "a.example"), -EBUSY);
	assert_int_equal(edit_roll_back(f->db, ended.change, "rdnsd", 1), 0);
	assert_listed(f, DELEGATED_TO_A("7"));
}

static void assert_next(struct members *f, int64_t after, int64_t id, enum audit_state state)
{
	struct audit_change c;

	assert_int_equal(change_db_next(f->db, after, &c), 0);
	assert_int_equal(c.id, id);
	assert_int_equal(c.state, state);
	assert_string_equal(c.what, audit_ptr);
	assert_string_equal(c.subject, id == 1 ? "192.0.2.1" : "192.0.2.2");
}

/* What a start after kill -9 finds. */
static void test_left_in_progress(void **state)
{
	struct members *f = *state;
	struct edit one = {.member = f->one}, two = one;
	struct audit_change c;

	assert_int_equal(change_db_next(f->db, 0, &c), -ENOENT);
	assert_int_equal(run(f, &one, "192.0.2.1", "a.example"), 0);
	assert_int_equal(run(f, &two, "192.0.2.2", "a.example"), 0);
	assert_int_equal(change_db_move(f->db, two.change, AUDIT_WRITTEN), -EINVAL);
	assert_int_equal(change_db_move(f->db, two.change, AUDIT_SENT), 0);
	assert_int_equal(change_db_move(f->db, two.change, AUDIT_SENT), -EINVAL);
	assert_int_equal(change_db_move(f->db, 99, AUDIT_SENT), -ENOENT);
	assert_next(f, 0, 1, AUDIT_WRITTEN);
	assert_next(f, 1, 2, AUDIT_SENT);
	assert_int_equal(change_db_next(f->db, 2, &c), -ENOENT);
	assert_int_equal(change_db_move(f->db, two.change, AUDIT_VERIFIED), 0);
	assert_int_equal(change_db_next(f->db, 1, &c), -ENOENT);
	assert_int_equal(change_db_move(f->db, one.change, AUDIT_VERIFIED), 0); /* sent, and seen before it was noted */
	assert_int_equal(change_db_next(f->db, 0, &c), -ENOENT);
}

static void assert_audit(struct members *f, const struct audit_filter *filter, const char *expected,
                         int64_t more_wanted)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc);
	int64_t more;

	assert_int_equal(audit_db_list(f->db, filter, doc, list, &more), 0);
	char *text = json_take(doc, list);
	assert_string_equal(text, expected);
	assert_int_equal(more, more_wanted);
	free(text);
}

static void test_audit(void **state)
{
	static const char first[] =
	    "{\"seq\":1,\"at\":\"2026-11-21T07:36:00Z\",\"who\":\"test\",\"what\":\"ptr\",\"subject\":\"192.0.2.1\","
	    "\"asn\":64500,\"before\":null,\"after\":{\"name\":\"a.example\"},\"checks\":null,\"undoes\":null,"
	    "\"change\":\"verified\"}";
	static const char second[] =
	    "{\"seq\":2,\"at\":\"2026-11-21T07:36:00Z\",\"who\":\"test\",\"what\":\"ptr\",\"subject\":\"192.0.2.1\","
	    "\"asn\":64500,\"before\":{\"name\":\"a.example\"},\"after\":null,\"checks\":{\"passed\":true},"
	    "\"undoes\":null,"
	    "\"change\":\"rolled back\"}";
	static const char third[] =
	    "{\"seq\":3,\"at\":\"1970-01-01T00:00:01Z\",\"who\":\"rdnsd\",\"what\":\"ptr\",\"subject\":\"192.0.2.1\","
	    "\"asn\":64500,\"before\":null,\"after\":{\"name\":\"a.example\"},\"checks\":null,\"undoes\":2,"
	    "\"change\":null}";
	struct members *f = *state;
	struct edit e = {.member = f->one, .checks = "{\"passed\":true}"};
	char all[2048], page[1024];

	(void)publish(f, f->one, "192.0.2.1", "a.example");
	assert_int_equal(run(f, &e, "192.0.2.1", NULL), 0);
	assert_int_equal(edit_roll_back(f->db, e.change, "rdnsd", 1), 0);
	(void)snprintf(all, sizeof(all), "[%s,%s,%s]", third, second, first);
	(void)snprintf(page, sizeof(page), "[%s]", second);
	assert_audit(f, &(struct audit_filter){.limit = 3}, all, 0);
	assert_audit(f, &(struct audit_filter){.limit = 1, .before_seq = 3, .member = f->one}, page, 2);
	assert_audit(f, &(struct audit_filter){.limit = 1, .member = f->two}, "[]", 0);
	assert_audit(f, &(struct audit_filter){.limit = 1, .subject = "192.0.2.2"}, "[]", 0);

	/* Nobody rewrites it. */
	assert_int_equal(db_exec(f->db, "UPDATE audit SET who = 'another'"), -EEXIST);
	assert_int_equal(db_exec(f->db, "DELETE FROM audit WHERE seq = 1"), -EEXIST);
	assert_audit(f, &(struct audit_filter){.limit = 3}, all, 0);
}

static int out_of_space(sqlite3 *db, void *data)
{
	int rc = edit_job(db, data);

	return rc < 0 ? rc : -ENOSPC; /* of the commit */
}

static void test_nothing_half_done(void **state)
{
	struct members *f = *state;
	struct edit e = {.member = f->one, .at = 1, .who = "test"};
	struct job j = {&e, prefix("192.0.2.0/24"), NS("a.example"), false};
	struct audit_change c;

	assert_int_equal(db_transact(f->db, out_of_space, &j), -ENOSPC);
	assert_listed(f, "[]");
	assert_audit(f, &(struct audit_filter){.limit = 3}, "[]", 0);
	assert_int_equal(change_db_next(f->db, 0, &c), -ENOENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_members, teardown_members)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_written_and_read),
		TEST(test_the_same_again_is_no_change),
		TEST(test_conditions),
		TEST(test_owners),
		TEST(test_in_the_way),
		TEST(test_names_inside),
		TEST(test_names_inside_wait),
		TEST(test_taken_back),
		TEST(test_left_in_progress),
		TEST(test_audit),
		TEST(test_nothing_half_done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
