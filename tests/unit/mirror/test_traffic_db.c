/* What was downloaded, in the database. */
/* SPDX-License-Identifier: MIT */
#include "mirror/traffic_db.h"

#include "mirror_database.h"

#include "base/json_write.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 86400 };

static struct pop_member members[] = {{.asn = 64500, .name = (char *)"Example Net"}};
static const struct pop pop = {.members = members, .n_members = 1};

static void add(sqlite3 *db, const char *project, uint32_t asn, uint64_t bytes, int64_t at_s)
{
	unsigned family = asn % 2 == 0 ? 4 : 6;
	struct traffic_cell cell = {.project = project, .family = family, .asn = asn, .counts = {1, bytes}};

	assert_int_equal(traffic_db_add(db, &cell, 1, at_s), 0);
}

/* What is told of a span at @now_s; @n_networks as in the question. */
static char *tell(sqlite3 *db, enum traffic_span span, int64_t now_s, unsigned n_networks)
{
	struct as_names *names = as_names_new(&pop);
	struct traffic_question q = {span, now_s, n_networks, names};
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root;

	assert_int_equal(traffic_db_tell(db, &q, doc, &root), 0);
	as_names_free(names);
	return json_take(doc, root);
}

static void expect(sqlite3 *db, enum traffic_span span, int64_t now_s, const char *part)
{
	char *text = tell(db, span, now_s, 2);

	if (strstr(text, part) == NULL)
		fail_msg("%s is not in %s", part, text);
	free(text);
}

static int64_t n_rows(sqlite3 *db, const char *where)
{
	char sql[128];
	sqlite3_stmt *s;

	(void)snprintf(sql, sizeof(sql), "SELECT count(*), sum(bytes) FROM traffic WHERE %s", where);
	assert_int_equal(db_prepare(db, sql, &s), 0);
	assert_int_equal(db_first(s), 0);
	int64_t n = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	return n;
}

static void test_nothing_yet(void **state)
{
	char *text = tell(*state, TRAFFIC_DAY, NOW, 2);

	assert_string_equal(text, "{\"span\":\"day\",\"begin\":1795136400,\"step\":3600,\"projects\":[],"
	                          "\"families\":[],"
	                          "\"networks\":[]}");
	free(text);
}

static void test_hours_days_and_weeks(void **state)
{
	add(*state, "debian", 64500, 100, NOW);
	add(*state, "debian", 64500, 20, NOW - 3600);
	add(*state, "debian", 64501, 3, NOW + 3599); /* the same hour */
	add(*state, "arch", 64502, 1000, NOW - 2 * 3600);
	add(*state, "arch", 0, 50, NOW - 23 * 3600);
	add(*state, "arch", 0, 9000, NOW - 24 * 3600); /* too old for the day */

	expect(*state, TRAFFIC_DAY, NOW,
	       "\"projects\":[{\"name\":\"arch\",\"requests\":2,\"bytes\":1050,\"steps\":[50,0,0,");
	expect(*state, TRAFFIC_DAY, NOW,
	       ",0,1000,0,0]},{\"name\":\"debian\",\"requests\":3,\"bytes\":123,\"steps\":[0,0,");
	expect(*state, TRAFFIC_DAY, NOW, ",0,20,103]}],");
	expect(*state, TRAFFIC_DAY, NOW,
	       "\"families\":[{\"family\":\"ipv4\",\"requests\":4,\"bytes\":1170},"
	       "{\"family\":\"ipv6\",\"requests\":1,\"bytes\":3}],");
	expect(*state, TRAFFIC_DAY, NOW,
	       "\"networks\":[{\"asn\":64502,\"name\":null,\"requests\":1,\"bytes\":1000},"
	       "{\"asn\":64500,\"name\":\"Example Net\",\"requests\":2,\"bytes\":120},"
	       "{\"asn\":null,\"name\":null,\"requests\":2,\"bytes\":53}]}");
	expect(*state, TRAFFIC_MONTH, NOW, "\"step\":86400");
	expect(*state, TRAFFIC_MONTH, NOW + 3 * DAY, ",0,10050,0,0,0,0]}");
	expect(*state, TRAFFIC_YEAR, NOW, "{\"name\":\"arch\",\"requests\":3,\"bytes\":10050,\"steps\":[0,");
	expect(*state, TRAFFIC_YEAR, NOW + 357 * DAY, "\"steps\":[10050,0,");
	expect(*state, TRAFFIC_YEAR, NOW + 380 * DAY, "\"projects\":[]");
}

static void test_networks_are_told_to_whom_they_are_meant_for(void **state)
{
	add(*state, "debian", 64500, 100, NOW);
	char *text = tell(*state, TRAFFIC_DAY, NOW, 0);
	assert_non_null(strstr(text, "\"networks\":null"));
	assert_null(strstr(text, "64500"));
	free(text);
}

static void test_a_clock_that_goes_back_does_no_harm(void **state)
{
	add(*state, "debian", 64500, 100, NOW + 40 * DAY);
	expect(*state, TRAFFIC_DAY, NOW, "{\"name\":\"debian\",\"requests\":0,\"bytes\":0,\"steps\":[0,");
}

static void test_what_is_old_goes_and_what_is_small_is_put_together(void **state)
{
	static const char day[] = "length = 86400 AND asn <> 0";

	add(*state, "debian", 64500, 7, NOW - 401 * DAY);
	add(*state, "debian", 64500, 100, NOW - 3 * DAY);
	assert_int_equal(db_exec(*state, "BEGIN"), 0);
	for (uint32_t asn = 1; asn <= 1200; asn++)
		add(*state, "arch", asn, asn, NOW - DAY);
	assert_int_equal(db_exec(*state, "COMMIT"), 0);
	assert_int_equal(traffic_db_tidy(*state, NOW), 0);
	assert_int_equal(n_rows(*state, "length = 3600 AND project = 'debian'"), 0);
	assert_int_equal(n_rows(*state, day), 1001);
	assert_int_equal(n_rows(*state, "length = 86400 AND asn = 0"), 2); /* of each family */
	expect(*state, TRAFFIC_MONTH, NOW, "{\"name\":\"arch\",\"requests\":1200,\"bytes\":720600,");
	expect(*state, TRAFFIC_MONTH, NOW, "{\"asn\":1200,\"name\":null,\"requests\":1,\"bytes\":1200}");

	assert_int_equal(db_exec(*state, "DELETE FROM traffic WHERE asn = 1200"), 0);
	add(*state, "arch", 64500, 1, NOW - DAY);
	assert_int_equal(traffic_db_tidy(*state, NOW), 0); /* again, and with few it does nothing */
	assert_int_equal(n_rows(*state, day), 1001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing_yet, open_mirror_db, close_mirror_db),
		cmocka_unit_test_setup_teardown(test_hours_days_and_weeks, open_mirror_db, close_mirror_db),
		cmocka_unit_test_setup_teardown(test_networks_are_told_to_whom_they_are_meant_for, open_mirror_db,
	                                        close_mirror_db),
		cmocka_unit_test_setup_teardown(test_a_clock_that_goes_back_does_no_harm, open_mirror_db,
	                                        close_mirror_db),
		cmocka_unit_test_setup_teardown(test_what_is_old_goes_and_what_is_small_is_put_together, open_mirror_db,
	                                        close_mirror_db),
	};

	return cmocka_run_group_tests_name("mirror/traffic_db", tests, NULL, NULL);
}
