/* The feed of outages: what is in it, what is an entry of its own, what changes. */
/* SPDX-License-Identifier: MIT */
#include "health/feed.h"
#include "health/health_db.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const char text[] = "site: {name: lab, title: Lab & Co, domain: lab.example, city: Lyon, country: FR,\n"
			   "  languages: [en], operated_by: {name: Lab, contact: noc@example.net}}\n"
			   "addresses: {ipv4: 192.0.2.1}\n"
			   "services: {pages: {http_port: 80, https_port: 443}, ntp: {set_clock: false}}\n";

#define HEAD \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" \
	"<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n" \
	"<id>https://www.lab.example/status.atom?language=en</id>\n<title>Lab &amp; Co: Outages</title>\n" \
	"<updated>%s</updated>\n" \
	"<link rel=\"self\" href=\"https://www.lab.example/status.atom?language=en\"/>\n" \
	"<link href=\"https://www.lab.example/status/\"/>\n<author>\n<name>Lab</name>\n</author>\n"

struct lab {
	sqlite3 *db;
	struct pop *pop;
};

static int setup(void **state)
{
	static struct lab lab;
	struct pop_error error;

	assert_int_equal(db_open(":memory:", health_migrations, &lab.db), 0);
	assert_int_equal(pop_parse(text, strlen(text), &lab.pop, &error), 0);
	*state = &lab;
	return 0;
}

static int teardown(void **state)
{
	struct lab *l = *state;

	pop_free(l->pop);
	return sqlite3_close(l->db);
}

static void add(struct lab *l, int64_t at_s, const char *name, const char *state, const char *reason)
{
	assert_int_equal(health_db_add(l->db, &(struct model_event){at_s, name, state, reason}), 0);
}

/** @updated: when the feed changed; @rest: what follows its head. */
static void check(struct lab *l, const char *updated, const char *rest)
{
	char *found = NULL, expected[4096];
	int n = snprintf(expected, sizeof(expected), HEAD "%s</feed>\n", updated, rest);

	assert_true(n > 0 && (size_t)n < sizeof(expected));
	assert_int_equal(feed_write(l->db, l->pop, LANGUAGE_EN, &found), 0);
	assert_string_equal(found, expected);
	free(found);
}

static void test_none(void **state)
{
	struct lab *l = *state;

	check(l, "1970-01-01T00:00:00Z", "");
	add(l, 1700000000, "ntp", "up", "");
	check(l, "2023-11-14T22:13:20Z", "");
}

#define ENTRY(title, updated, summary) \
	"<entry>\n<id>https://www.lab.example/status/#ntp-1700000000</id>\n<title>Time: " title "</title>\n" \
	"<link href=\"https://www.lab.example/status/#ntp-1700000000\"/>\n" \
	"<published>2023-11-14T22:13:20Z</published>\n<updated>" updated "</updated>\n" \
	"<summary>Began 2023-11-14T22:13:20Z" summary ". Reason: &lt;why&gt;</summary>\n</entry>\n"

static void test_an_outage_begins_and_ends(void **state)
{
	struct lab *l = *state;

	add(l, 1700000000, "ntp", "down", "<why>");
	add(l, 1700000030, "192.0.2.1", "withdrawn", "");
	check(l, "2023-11-14T22:13:20Z", ENTRY("down", "2023-11-14T22:13:20Z", ""));
	add(l, 1700000090, "ntp", "up", "");
	check(l, "2023-11-14T22:14:50Z",
	      ENTRY("was down, up again", "2023-11-14T22:14:50Z", ", ended 2023-11-14T22:14:50Z (2 min)"));
}

static void test_maintenance_is_no_outage(void **state)
{
	struct lab *l = *state;

	assert_int_equal(health_db_set_drained(l->db, "ntp", true, 1699999990), 0);
	add(l, 1700000000, "ntp", "down", "<why>");
	check(l, "2023-11-14T22:13:20Z", "");
	assert_int_equal(health_db_set_drained(l->db, "ntp", false, 1700000010), 0);
	check(l, "2023-11-14T22:13:20Z", ENTRY("down", "2023-11-14T22:13:20Z", "")); /* it goes on after it */
}

static void test_languages(void **state)
{
	struct lab *l = *state;
	char *found = NULL;

	add(l, 1700000000, "ntp", "down", "");
	assert_int_equal(feed_write(l->db, l->pop, LANGUAGE_FR, &found), 0);
	assert_non_null(strstr(found, "<title>Heure: hors service</title>"));
	assert_non_null(strstr(found, "xml:lang=\"fr\""));
	free(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_none, setup, teardown),
		cmocka_unit_test_setup_teardown(test_an_outage_begins_and_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_maintenance_is_no_outage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_languages, setup, teardown),
	};

	return cmocka_run_group_tests_name("health/feed", tests, NULL, NULL);
}
