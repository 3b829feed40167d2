/* Assignments: all sources in one table, and what is wrong with a file or between two. */
/* SPDX-License-Identifier: MIT */
#include "rdns/assignments.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *prefixes[] = {(char[]){"198.51.100.0/25"}, (char[]){"2001:db8:6400::/40"}};
static char *peering[] = {(char[]){"203.0.113.11"}, (char[]){"2001:db8:ffff::11"}};
static char *contacts[] = {(char[]){"noc@example.com"}, (char[]){"abuse@example.com"}};
static struct pop_member members[] = {
	{.asn = 64497, .name = (char[]){"Two"}},
	{.asn = 64496,
         .name = (char[]){"One"},
         .prefixes = prefixes,
         .n_prefixes = 2,
         .peering = peering,
         .n_peering = 2,
         .contacts = contacts,
         .n_contacts = 2},
};
static struct pop_rdns rdns;
static struct pop_services services = {.rdns = &rdns};

static struct pop the_pop(void)
{
	return (struct pop){.services = &services, .members = members, .n_members = 2};
}

/** The table of the POP's members and @csv. */
static struct assignments *table(const char *csv)
{
	struct assignments *a = assignments_new();
	char error[ASSIGNMENTS_ERROR_MAX] = "";
	struct pop p = the_pop();

	assignments_add_pop(a, &p);
	if (assignments_add_csv(a, csv, strlen(csv), error) < 0 || assignments_seal(a, error) < 0)
		fail_msg("%s", error);
	return a;
}

static const struct assignment *find(const struct assignments *a, const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(text, &p), 0);
	return assignments_find(a, &p);
}

static void test_find(void **state)
{
	static const struct {
		const char *wanted, *found; /* NULL: nobody's */
		uint32_t asn;
		enum assignment_source source;
		unsigned line;
	} cases[] = {
		{"198.51.100.0/25", "198.51.100.0/25", 64496, ASSIGNED_IN_POP, 0},
		{"198.51.100.77", "198.51.100.0/25", 64496, ASSIGNED_IN_POP, 0},
		{"198.51.100.0/24", NULL, 0, 0, 0},
		{"198.51.100.128/32", NULL, 0, 0, 0},
		{"203.0.113.11", "203.0.113.11/32", 64496, ASSIGNED_PEERING, 0},
		{"203.0.113.12", NULL, 0, 0, 0},
		{"2001:db8:64ff::/48", "2001:db8:6400::/40", 64496, ASSIGNED_IN_POP, 0},
		{"2001:db8:6500::/48", "2001:db8:6500::/40", 64511, ASSIGNED_IN_CSV, 3},
		{"2001:db8:6500::1", "2001:db8:6500::/64", 64511, ASSIGNED_IN_CSV, 4},
		{"2001:db8:6500:1::1", "2001:db8:6500::/40", 64511, ASSIGNED_IN_CSV, 3},
		{"2001:db8:6600::/40", NULL, 0, 0, 0},
		{"2001:db8::/32", NULL, 0, 0, 0},
		{"::/0", NULL, 0, 0, 0},
	};
	struct assignments *a = table("prefix,asn,name,contact\n"
	                              "198.51.100.0/25,64496,One again,\n" /* said twice: the POP file counts */
	                              "2001:db8:6500::/40,AS64511,\"Wireless, Inc.\",noc@example.net\n"
	                              "2001:db8:6500::/64,64511,Other name,other@example.net\n");
	char text[PREFIX_TEXT_MAX];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct assignment *f = find(a, cases[i].wanted);
		assert_int_equal(f != NULL, cases[i].found != NULL);
		if (f == NULL)
			continue;
		assert_string_equal(prefix_text(&f->prefix, text), cases[i].found);
		assert_int_equal(f->asn, cases[i].asn);
		assert_int_equal(f->source, cases[i].source);
		assert_int_equal(f->line, cases[i].line);
	}
	assignments_free(a);
}

static void test_members(void **state)
{
	struct assignments *a = table("2001:db8:6500::/40,64511,Three,\n"
	                              "192.0.2.0/24,64497,Two by another name,noc@example.org\n"
	                              "2001:db8:6501::/64,64511,Third,noc@example.net\n"
	                              "2001:db8:6501:1::/64,64511,Third,last@example.net\n");
	size_t n;
	const struct assignee *all = assignments_members(a, &n);
	(void)state;

	assert_int_equal(n, 3);
	assert_int_equal(all[0].asn, 64496);
	assert_string_equal(all[0].name, "One");
	assert_string_equal(all[0].contact, "noc@example.com");
	assert_string_equal(all[1].name, "Two");
	assert_string_equal(all[1].contact, "noc@example.org"); /* the first who gives one */
	assert_string_equal(all[2].name, "Three");
	assert_string_equal(all[2].contact, "noc@example.net");
	assert_ptr_equal(assignments_member(a, 64511), &all[2]);
	assert_null(assignments_member(a, 64498));
	(void)assignments_all(a, &n);
	assert_int_equal(n, 8);
	assignments_free(a);
}

static void test_wrong_csv(void **state)
{
	static const struct {
		const char *csv, *error;
	} cases[] = {
		{"192.0.2.0/24,64496,One", "line 1: not four columns"},
		{"192.0.2.0/24,64496,One,,", "line 1: not four columns"},
		{"\n192.0.2.0,64496,One,", "line 2: the first column is no prefix"},
		{"192.0.2.1/24,64496,One,", "line 1: the first column is no prefix"},
		{"192.0.2.0/33,64496,One,", "line 1: the first column is no prefix"},
		{"192.0.2.0/24,0,One,", "line 1: the second column is no AS number"},
		{"192.0.2.0/24,AS4294967296,One,", "line 1: the second column is no AS number"},
		{"192.0.2.0/24,64496,,", "line 1: the third column is no name"},
		{"192.0.2.0/24,64496,a\tb,", "line 1: the third column is no name"},
		{"192.0.2.0/24,64496,\xff,", "line 1: the third column is no name"},
		{"192.0.2.0/24,64496,\xc3,", "line 1: the third column is no name"},
		{"192.0.2.0/24,64496,One,noc", "line 1: the fourth column is no mail address"},
		{"192.0.2.0/24,64496,One\"s,", "line 1: not CSV"},
		{"192.0.2.0/24,64496,One,\nprefix,asn,name,contact", "line 2: the first column is no prefix"},
		{",,,,,,,,,,,,", "line 1: too long"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct assignments *a = assignments_new();
		char error[ASSIGNMENTS_ERROR_MAX] = "";
		assert_int_equal(assignments_add_csv(a, cases[i].csv, strlen(cases[i].csv), error), -EINVAL);
		assert_memory_equal(error, cases[i].error, strlen(cases[i].error));
		assignments_free(a);
	}
}

static void test_two_members_one_address(void **state)
{
	static const struct {
		const char *csv, *error;
	} cases[] = {
		{"198.51.100.0/25,64497,Two,",
	         "198.51.100.0/25 of AS64497 (line 1 of the CSV) overlaps 198.51.100.0/25 of AS64496 (members of the "
	         "POP file); leave every address to one member"},
		{"198.51.100.64/26,64497,Two,",
	         "198.51.100.64/26 of AS64497 (line 1 of the CSV) overlaps 198.51.100.0/25 of AS64496 (members of the "
	         "POP file); leave every address to one member"},
		{"203.0.113.0/24,64500,The exchange,", /* around a peering address */
	         "203.0.113.11/32 of AS64496 (members of the POP file) overlaps 203.0.113.0/24 of AS64500 (line 1 of "
	         "the CSV); leave every address to one member"},
		{"192.0.2.0/24,64497,Two,\n192.0.2.0/25,64497,Two,\n192.0.2.128/26,64498,Three,",
	         "192.0.2.128/26 of AS64498 (line 3 of the CSV) overlaps 192.0.2.0/24 of AS64497 (line 1 of the CSV); "
	         "leave every address to one member"},
	};
	struct pop p = the_pop();
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct assignments *a = assignments_new();
		char error[ASSIGNMENTS_ERROR_MAX] = "";
		assignments_add_pop(a, &p);
		assert_int_equal(assignments_add_csv(a, cases[i].csv, strlen(cases[i].csv), error), 0);
		assert_int_equal(assignments_seal(a, error), -EINVAL);
		assert_string_equal(error, cases[i].error);
		assignments_free(a);
	}
}

static const char export[] =
    "{\"member_list\":[{\"asnum\":64496,\"name\":\"One\",\"connection_list\":[{\"vlan_list\":["
    "{\"ipv4\":{\"address\":\"203.0.113.11\"},\"ipv6\":{\"address\":\"2001:db8:ffff::11\"}}]}]},"
    "{\"asnum\":64497,\"name\":\"a\\u0000\\tb\",\"connection_list\":[]},"
    "{\"asnum\":0,\"name\":\"Nobody\",\"connection_list\":[{\"vlan_list\":["
    "{\"ipv4\":{\"address\":\"203.0.113.99\"}}]}]}]}";

static void test_export(void **state)
{
	struct assignments *a = assignments_new();
	char error[ASSIGNMENTS_ERROR_MAX];
	size_t n;
	(void)state;

	assert_int_equal(assignments_add_ixf(a, export, strlen(export), error), 0);
	assert_int_equal(assignments_seal(a, error), 0);
	assert_int_equal(find(a, "203.0.113.11")->asn, 64496);
	assert_int_equal(find(a, "2001:db8:ffff::11")->source, ASSIGNED_IN_IXF);
	assert_null(find(a, "203.0.113.99"));
	(void)assignments_members(a, &n);
	assert_int_equal(n, 2);
	assert_string_equal(assignments_member(a, 64496)->name, "One");
	assignments_free(a);

	a = assignments_new();
	assert_int_equal(assignments_add_ixf(a, "{}", 2, error), -EINVAL);
	assert_string_equal(error, "not an IX-F Member Export: no member_list");
	assignments_free(a);
}

/** Nothing at all is a table too. */
static void test_empty(void **state)
{
	struct assignments *a = assignments_new();
	char error[ASSIGNMENTS_ERROR_MAX];
	size_t n;
	(void)state;

	assert_int_equal(assignments_seal(a, error), 0);
	assert_null(find(a, "0.0.0.0/0"));
	assert_null(find(a, "2001:db8::1"));
	assert_null(assignments_member(a, 64496));
	(void)assignments_all(a, &n);
	assert_int_equal(n, 0);
	assignments_free(a);
	assignments_free(NULL);
}

static void write_file(char path[], const char *text)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
}

static void test_load(void **state)
{
	char csv[] = "/tmp/assignments.XXXXXX", ixf[] = "/tmp/ixf.XXXXXX", expected[128];
	char error[ASSIGNMENTS_ERROR_MAX];
	struct pop p = {.services = &services, .ixf_export = ixf};
	struct assignments *a = NULL;
	(void)state;

	write_file(csv, "192.0.2.0/24,64500,The exchange,\n");
	write_file(ixf, export);
	rdns.assignments = csv;
	assert_int_equal(assignments_load(&p, &a, error), 0);
	assert_int_equal(find(a, "192.0.2.1")->asn, 64500);
	assert_int_equal(find(a, "203.0.113.11")->asn, 64496);
	assignments_free(a);

	a = NULL;
	assert_int_equal(truncate(ixf, 20), 0);
	assert_int_equal(assignments_load(&p, &a, error), -EINVAL);
	(void)snprintf(expected, sizeof(expected), "%s: byte ", ixf);
	assert_memory_equal(error, expected, strlen(expected));
	(void)unlink(ixf);
	p = the_pop();
	assert_int_equal(assignments_load(&p, &a, error), 0);
	assignments_free(a);

	a = NULL;
	(void)unlink(csv);
	assert_int_equal(assignments_load(&p, &a, error), -ENOENT);
	(void)snprintf(expected, sizeof(expected), "%s: cannot be read: No such file or directory", csv);
	assert_string_equal(error, expected);
	assert_null(a);
	rdns.assignments = NULL;
	assert_int_equal(assignments_load(&p, &a, error), 0);
	assignments_free(a);
}

/** Ten thousand rows in any order are found like by looking at each. */
static void test_many(void **state)
{
	enum { ROWS = 10000 };
	char *csv = mem_new(ROWS * 40), *at = csv;
	(void)state;

	for (unsigned i = 0; i < ROWS; i++) {
		unsigned k = i * 7919 % ROWS; /* each once */
		at += sprintf(at, "10.%u.%u.%u/30,", k >> 12, k >> 4 & 255, (k & 15) * 16);
		at += sprintf(at, "%u,M%u,\n", 64512 + k % 1000, k);
	}
	struct assignments *a = assignments_new();
	char error[ASSIGNMENTS_ERROR_MAX] = "", text[64];
	assert_int_equal(assignments_add_csv(a, csv, strlen(csv), error), 0);
	assert_int_equal(assignments_seal(a, error), 0);
	for (unsigned k = 0; k < ROWS; k++) {
		(void)sprintf(text, "10.%u.%u.%u", k >> 12, k >> 4 & 255, (k & 15) * 16 + 3);
		assert_int_equal(find(a, text)->asn, 64512 + k % 1000);
		(void)sprintf(text, "10.%u.%u.%u", k >> 12, k >> 4 & 255, (k & 15) * 16 + 4);
		assert_null(find(a, text));
	}
	assignments_free(a);
	free(csv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_wrong_csv),
		cmocka_unit_test(test_two_members_one_address),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
