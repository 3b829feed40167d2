/* What healthd remembers over restarts, and for how long. */
/* SPDX-License-Identifier: MIT */
#include "health/health_db.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const char text[] = "site: {name: lab, title: Lab, domain: lab.example, city: Lyon, country: FR,\n"
			   "  languages: [en], operated_by: {name: Lab, contact: noc@example.net}}\n"
			   "addresses: {ipv4: 192.0.2.1}\n"
			   "services: {ntp: {set_clock: false}, resolver: {}}\n";

static const int64_t day_s = 86400, now_s = 1700000000;

struct lab {
	sqlite3 *db;
	struct pop *pop;
	struct model model;
};

static int setup(void **state)
{
	static struct lab lab;
	struct pop_error error;

	assert_int_equal(db_open(":memory:", health_migrations, &lab.db), 0);
	assert_int_equal(pop_parse(text, strlen(text), &lab.pop, &error), 0);
	model_init(&lab.model, lab.pop, NULL, NULL);
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

static void check_history(struct lab *l, int64_t from_s, const char *expected)
{
	char *found = NULL;

	assert_int_equal(health_db_history(l->db, from_s, now_s, &found), 0);
	assert_string_equal(found, expected);
	free(found);
}

static void test_a_short_restart_tells_nothing(void **state)
{
	struct lab *l = *state;

	add(l, now_s - 500, "ntp", "down", "it was");
	add(l, now_s - 400, "ntp", "up", "");
	assert_int_equal(health_db_alive(l->db, now_s - HEALTH_DB_GAP_S), 0);
	assert_int_equal(health_db_recall(l->db, &l->model, now_s), 0);
	assert_int_equal(model_service(&l->model, "ntp")->told, TOLD_UP);
	assert_int_equal(model_service(&l->model, "ntp")->since_s, now_s - 400);
	assert_int_equal(model_service(&l->model, "resolver")->told, TOLD_UNKNOWN);
}

static void test_a_gap_is_unknown(void **state)
{
	struct lab *l = *state;

	add(l, now_s - 500, "ntp", "up", "");
	assert_int_equal(health_db_alive(l->db, now_s - 100), 0);
	assert_int_equal(health_db_recall(l->db, &l->model, now_s), 0);
	assert_int_equal(model_service(&l->model, "ntp")->told, TOLD_UNKNOWN);
	check_history(l, now_s - 200,
	              "{\"from\":1699999800,\"to\":1700000000,\"events\":["
	              "{\"time\":1699999500,\"name\":\"ntp\",\"state\":\"up\",\"reason\":\"\"},"
	              "{\"time\":1699999900,\"name\":\"ntp\",\"state\":\"unknown\","
	              "\"reason\":\"healthd did not run\"}],"
	              "\"maintenance\":[],\"speed\":[]}");
}

static void test_what_is_drained_stays_so(void **state)
{
	struct lab *l = *state;

	assert_int_equal(health_db_set_drained(l->db, "ntp", true, now_s), 0);
	assert_int_equal(health_db_set_drained(l->db, "ntp", true, now_s), 0);
	assert_int_equal(health_db_set_drained(l->db, "turn", true, now_s), 0); /* is off by now */
	assert_int_equal(health_db_recall(l->db, &l->model, now_s), 0);
	assert_true(model_service(&l->model, "ntp")->is_drained);
	assert_false(model_service(&l->model, "resolver")->is_drained);
	assert_int_equal(health_db_set_drained(l->db, "ntp", false, now_s), 0);
	model_init(&l->model, l->pop, NULL, NULL);
	assert_int_equal(health_db_recall(l->db, &l->model, now_s), 0);
	assert_false(model_service(&l->model, "ntp")->is_drained);
	check_history(l, now_s - day_s,
	              "{\"from\":1699913600,\"to\":1700000000,\"events\":[],\"maintenance\":["
	              "{\"name\":\"ntp\",\"since\":1700000000,\"until\":1700000000},"
	              "{\"name\":\"turn\",\"since\":1700000000,\"until\":null}],\"speed\":[]}");
	assert_int_equal(health_db_set_drained(l->db, "turn", false, now_s - 401 * day_s), 0);
	assert_int_equal(health_db_alive(l->db, now_s), 0);
	check_history(l, 1,
	              "{\"from\":1,\"to\":1700000000,\"events\":[],\"maintenance\":["
	              "{\"name\":\"ntp\",\"since\":1700000000,\"until\":1700000000}],\"speed\":[]}");
}

static void test_history_has_what_was_in_force(void **state)
{
	struct lab *l = *state;

	add(l, now_s - 3 * day_s, "ntp", "up", "");
	add(l, now_s - 2 * day_s, "ntp", "down", "why");
	add(l, now_s - 100, "192.0.2.1", "withdrawn", "");
	assert_int_equal(health_db_add_rate(l->db, now_s - 50, "ipv6", 1e9), 0);
	check_history(l, now_s - day_s,
	              "{\"from\":1699913600,\"to\":1700000000,\"events\":["
	              "{\"time\":1699827200,\"name\":\"ntp\",\"state\":\"down\",\"reason\":\"why\"},"
	              "{\"time\":1699999900,\"name\":\"192.0.2.1\",\"state\":\"withdrawn\",\"reason\":\"\"}],"
	              "\"maintenance\":[],"
	              "\"speed\":[{\"time\":1699999950,\"family\":\"ipv6\",\"bitsPerSecond\":1000000000.0}]}");
}

static void test_what_is_old_goes(void **state)
{
	struct lab *l = *state;

	add(l, now_s - 403 * day_s, "ntp", "up", "");
	add(l, now_s - 402 * day_s, "ntp", "down", "");
	add(l, now_s - 401 * day_s, "ntp", "up", "");
	assert_int_equal(health_db_add_rate(l->db, now_s - 401 * day_s, "ipv4", 1), 0);
	assert_int_equal(health_db_alive(l->db, now_s), 0);
	check_history(l, 1,
	              "{\"from\":1,\"to\":1700000000,\"events\":["
	              "{\"time\":1665353600,\"name\":\"ntp\",\"state\":\"up\",\"reason\":\"\"}],"
	              "\"maintenance\":[],\"speed\":[]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_short_restart_tells_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_gap_is_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_drained_stays_so, setup, teardown),
		cmocka_unit_test_setup_teardown(test_history_has_what_was_in_force, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_old_goes, setup, teardown),
	};

	return cmocka_run_group_tests_name("health/health_db", tests, NULL, NULL);
}
