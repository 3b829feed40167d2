/* Which zone a hosted name belongs to, before, while and after the prefix around it has one of its own. */
/* SPDX-License-Identifier: MIT */
#include "rdns/wanted_db.h"

#include "members.h"
#include "rdns/edit.h"
#include "rdns/synthesised.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OWN    "{\"nameservers\":[{\"name\":\"ns1.pop.test\"}]}"
#define PARENT "8.b.d.0.1.0.0.2.ip6.arpa"
#define ZONE   "0.0.0.0.1.0.0.0." PARENT /* 2001:db8:1::/64 */

static char domain[] = "pop.test";
static struct pop_site site = {.domain = domain};
static const struct pop pop = {.site = &site};

/* 2001:db8::/32 */
static struct allocations ours(void)
{
	static struct prefix zone;

	zone = prefix("2001:db8::/32");
	return (struct allocations){.zones = &zone, .n = 1};
}

/* Return: the change, which has been written. */
static int64_t delegate(struct members *f, const char *text, const char *body)
{
	struct edit e = {.who = "test", .member = f->one, .pop = &pop};
	char error[DELEGATED_ERROR_MAX];
	struct delegated *d = NULL;
	struct prefix p = prefix(text);

	if (body != NULL) {
		yyjson_doc *doc = yyjson_read(body, strlen(body), 0);
		assert_int_equal(delegated_parse(&p, yyjson_doc_get_root(doc), &d, error), 0);
		yyjson_doc_free(doc);
	}
	assert_int_equal(edit_delegation(f->db, &e, &p, d), 0);
	delegated_free(d);
	return e.change;
}

static int64_t host(struct members *f, const char *text, const char *name)
{
	struct edit e = {.who = "test", .member = f->one, .pop = &pop};
	struct prefix p = prefix(text);

	assert_int_equal(edit_ptr(f->db, &e, &p.addr, name), 0);
	return e.change;
}

static void settle(struct members *f, int64_t change)
{
	assert_int_equal(change_db_move(f->db, change, AUDIT_VERIFIED), 0);
}

/* The types and targets in @list, as "NS ns1.pop.test. PTR a.example. ". */
static void assert_records(ldns_rr_list *list, const char *expected)
{
	char text[256] = "";

	ldns_rr_list_sort(list);
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		char *type = ldns_rr_type2str(ldns_rr_get_type(rr)), *target = ldns_rdf2str(ldns_rr_rdf(rr, 0));
		size_t len = strlen(text);
		(void)snprintf(text + len, sizeof(text) - len, "%s %s ", type, target);
		free(target);
		free(type);
	}
	assert_string_equal(text, expected);
}

static void assert_change(struct members *f, int64_t id, const char *zone, const char *const expected[3])
{
	struct allocations zones = ours();
	struct wanted_change c;
	char name[REVERSE_NAME_MAX];

	assert_int_equal(wanted_db_change(f->db, &zones, id, &c), 0);
	assert_string_equal(reverse_name(&c.zone, REVERSE_RANGE, name), zone);
	assert_records(c.before, expected[0]);
	assert_records(c.after, expected[1]);
	assert_records(c.shown, expected[2]);
	wanted_change_done(&c);
}

static void assert_zone(struct members *f, const char *text, const char *records, const char *unsettled)
{
	struct allocations zones = ours();
	struct wanted_zone w = {.zones = &zones,
	                        .zone = prefix(text),
	                        .is_synthesised = strcmp(text, "2001:db8::/32") != 0,
	                        .records = ldns_rr_list_new(),
	                        .unsettled = ldns_rr_list_new()};

	assert_int_equal(wanted_db_zone(f->db, &w), 0);
	assert_records(w.records, records);
	assert_records(w.unsettled, unsettled);
	ldns_rr_list_deep_free(w.records);
	ldns_rr_list_deep_free(w.unsettled);
}

#define NS_OWN "NS ns1.pop.test. "
#define PTR_A  "PTR a.example. "
#define PTR_B  "PTR b.example. "

static void test_a_prefix_gets_its_zone_and_loses_it(void **state)
{
	static const char *const begin[] = {PTR_A, NS_OWN, PTR_A}, *const in[] = {"", PTR_B, ""};
	static const char *const end[] = {NS_OWN, PTR_A PTR_B, ""};
	struct members *f = *state;

	settle(f, host(f, "2001:db8:1::1", "a.example"));
	settle(f, host(f, "2001:db8:2::1", "b.example"));
	assert_zone(f, "2001:db8::/32", PTR_A PTR_B, "");

	int64_t change = delegate(f, "2001:db8:1::/64", OWN);
	assert_change(f, change, PARENT, begin);
	assert_zone(f, "2001:db8::/32", NS_OWN PTR_B, NS_OWN PTR_A);
	assert_zone(f, "2001:db8:1::/64", PTR_A, "");
	settle(f, change);

	change = host(f, "2001:db8:1::2", "b.example");
	assert_change(f, change, ZONE, in);
	assert_zone(f, "2001:db8:1::/64", PTR_A PTR_B, PTR_B);
	assert_zone(f, "2001:db8::/32", NS_OWN PTR_B, "");
	settle(f, change);

	change = delegate(f, "2001:db8:1::/64", NULL);
	assert_change(f, change, PARENT, end);
	assert_zone(f, "2001:db8::/32", PTR_A PTR_B PTR_B, NS_OWN PTR_A PTR_B);
}

static void test_the_catalog(void **state)
{
	struct members *f = *state;
	struct wanted_zone w = {.first = 1, .last = 100, .records = ldns_rr_list_new()};
	ldns_rr_list *catalog = ldns_rr_list_new();
	char zone[REVERSE_NAME_MAX] = "";

	settle(f, delegate(f, "2001:db8:1::/64", OWN));
	settle(f, delegate(f, "2001:db8:9::/64", "{\"nameservers\":[{\"name\":\"a.example\"}]}"));
	(void)delegate(f, "2001:db8:2:2::/63", OWN);
	(void)host(f, "2001:db8:1::1", "a.example");
	(void)host(f, "2001:db8:1::2", "a.example");
	(void)host(f, "2001:db8:3::1", "a.example");
	assert_int_equal(wanted_db_catalog(f->db, "ns1.pop.test", "c.test", catalog), 0);
	assert_int_equal(ldns_rr_list_rr_count(catalog), 3);
	ldns_rr_list_deep_free(catalog);

	assert_int_equal(wanted_db_touched(f->db, &pop, &w), 0);
	assert_int_equal(ldns_rr_list_rr_count(w.records), 3); /* two of one change, and one of two */
	ldns_rr_list_deep_free(w.records);

	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(wanted_db_next_synthesised(f->db, "ns1.pop.test", zone, zone), 0);
	assert_int_equal(wanted_db_next_synthesised(f->db, "ns1.pop.test", zone, zone), -ENOENT);
	assert_int_equal(wanted_db_next_synthesised(f->db, "ns1.example", "", zone), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_prefix_gets_its_zone_and_loses_it, setup_members,
	                                        teardown_members),
		cmocka_unit_test_setup_teardown(test_the_catalog, setup_members, teardown_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
