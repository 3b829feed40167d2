/* Downloads counted, and connections of rsyncd put together. */
/* SPDX-License-Identifier: MIT */
#include "mirror/rsync_counter.h"
#include "mirror/traffic_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static struct pop_mirror_project projects[] = {{.name = (char *)"ubuntu"}, {.name = (char *)"debian"}};
static const struct pop_mirror mirror = {.projects = projects, .n_projects = 2};

static int setup(void **state)
{
	*state = traffic_table_new(&mirror);
	return 0;
}

static int teardown(void **state)
{
	traffic_table_free(*state);
	return 0;
}

static unsigned project(const struct traffic_table *t, const char *name)
{
	unsigned number = 0;

	assert_true(traffic_table_project(t, name, &number));
	assert_string_equal(traffic_table_name(t, number), name);
	return number;
}

static void count(struct traffic_table *t, const char *name, unsigned family, uint32_t asn, uint64_t bytes)
{
	traffic_table_count(t, &(struct traffic_hit){.project = project(t, name),
	                                             .family = family,
	                                             .protocol = TRAFFIC_HTTP_2,
	                                             .status = 2,
	                                             .asn = asn,
	                                             .counts = {1, bytes}});
}

static void expect_metric(const struct traffic_table *t, const char *line)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	traffic_table_metrics(t, &b);
	if (strstr(b.data, line) == NULL)
		fail_msg("%s", line);
	buf_done(&b);
}

static void test_projects(void **state)
{
	unsigned number;

	assert_int_equal(traffic_table_size(*state), 2);
	assert_int_not_equal(project(*state, "debian"), project(*state, "ubuntu"));
	assert_false(traffic_table_project(*state, "debia", &number));
	assert_false(traffic_table_project(*state, "", &number));
}

static void test_cells_are_what_came_since_the_last_time(void **state)
{
	struct traffic_cell *cells;

	count(*state, "debian", 6, 64500, 10);
	count(*state, "debian", 6, 64500, 5);
	count(*state, "debian", 4, TRAFFIC_OTHERS, 7);
	assert_int_equal(traffic_table_take(*state, &cells), 2);
	assert_string_equal(cells[0].project, "debian");
	assert_int_equal(cells[0].family, 6);
	assert_int_equal(cells[0].asn, 64500);
	assert_int_equal(cells[0].counts.requests, 2);
	assert_int_equal(cells[0].counts.bytes, 15);
	assert_int_equal(cells[1].family, 4);
	assert_int_equal(cells[1].asn, TRAFFIC_OTHERS);
	assert_int_equal(cells[1].counts.bytes, 7);
	free(cells);
	assert_int_equal(traffic_table_take(*state, &cells), 0);
	free(cells);
	count(*state, "debian", 6, 64500, 1);
	assert_int_equal(traffic_table_take(*state, &cells), 1);
	assert_int_equal(cells[0].counts.bytes, 1);
	free(cells);
	expect_metric(*state, "mirrord_traffic_bytes_total{project=\"debian\",family=\"ipv6\",protocol=\"h2\","
	                      "status=\"2xx\"} 16\n");
	expect_metric(*state, "mirrord_traffic_requests_total{project=\"debian\",family=\"ipv4\",protocol=\"h2\","
	                      "status=\"2xx\"} 1\n");
	expect_metric(*state, "mirrord_network_bytes_total{asn=\"64500\"} 16\n");
	expect_metric(*state, "mirrord_network_requests_total{asn=\"others\"} 1\n");
}

/* However many networks come, nothing grows, and nothing is lost. */
static void test_networks_are_bounded(void **state)
{
	struct traffic_cell *cells;
	uint64_t bytes = 0;

	for (uint32_t asn = 1; asn <= 3 * TRAFFIC_CELLS_MAX; asn++)
		count(*state, "ubuntu", 4, asn, 1);
	size_t n = traffic_table_take(*state, &cells);
	assert_int_equal(n, TRAFFIC_CELLS_MAX + 1);
	for (size_t i = 0; i < n; i++)
		bytes += cells[i].counts.bytes;
	free(cells);
	assert_int_equal(bytes, 3 * TRAFFIC_CELLS_MAX);
	expect_metric(*state, "mirrord_network_bytes_total{asn=\"256\"} 1\n");
	expect_metric(*state, "mirrord_network_bytes_total{asn=\"others\"} 12032\n"); /* 3 * 4096 - 256 */

	traffic_table_next_hour(*state);
	count(*state, "ubuntu", 4, 4200000000, 1);
	assert_int_equal(traffic_table_take(*state, &cells), 1);
	assert_int_equal(cells[0].asn, 4200000000);
	free(cells);
}

static bool say(struct rsync_counter *c, uint32_t process, enum traffic_said said, struct traffic_hit *ret)
{
	struct traffic_rsync line = {.said = said, .process = process, .project = "debian", .bytes = 4711};
	struct addr client;

	assert_int_equal(addr_parse("2001:db8::1", 0, &line.client), 0);
	if (!rsync_counter_take(c, &line, ret, &client))
		return false;
	assert_true(addr_equal(&client, &line.client));
	return true;
}

static void test_connections_of_rsyncd(void **state)
{
	struct rsync_counter *c = rsync_counter_new(*state);
	struct traffic_hit hit;
	struct buf b;

	assert_false(say(c, 0, TRAFFIC_SENT, &hit));
	assert_false(say(c, 7, TRAFFIC_SENT, &hit));
	assert_false(say(c, 7, TRAFFIC_MODULE, &hit));
	assert_false(say(c, 8, TRAFFIC_MODULE, &hit));
	assert_false(say(c, 7, TRAFFIC_ELSE, &hit));
	assert_true(say(c, 7, TRAFFIC_SENT, &hit));
	assert_int_equal(hit.project, project(*state, "debian"));
	assert_int_equal(hit.protocol, TRAFFIC_RSYNC);
	assert_int_equal(hit.counts.requests, 1);
	assert_int_equal(hit.counts.bytes, 4711);
	assert_false(say(c, 7, TRAFFIC_SENT, &hit)); /* once */
	assert_false(say(c, 8, TRAFFIC_REFUSED, &hit));
	assert_false(say(c, 8, TRAFFIC_SENT, &hit));

	buf_init(&b, 1 << 16);
	rsync_counter_metrics(c, &b);
	assert_non_null(strstr(b.data, "mirrord_rsync_refused_total{project=\"debian\"} 1\n"));
	assert_non_null(strstr(b.data, "mirrord_rsync_refused_total{project=\"ubuntu\"} 0\n"));
	buf_done(&b);
	rsync_counter_free(c);
}

enum { OPEN_MAX = 16384 };

static void test_who_stays_is_counted_however_many_come_and_go(void **state)
{
	struct rsync_counter *c = rsync_counter_new(*state);
	struct traffic_hit hit;

	assert_false(say(c, 7, TRAFFIC_MODULE, &hit));
	for (uint32_t process = 8; process < 8 + 3 * OPEN_MAX; process++) {
		assert_false(say(c, process, TRAFFIC_MODULE, &hit));
		assert_true(say(c, process, TRAFFIC_SENT, &hit));
	}
	assert_true(say(c, 7, TRAFFIC_SENT, &hit));
	rsync_counter_free(c);
}

static void test_those_that_are_too_many_at_once_cost_others_their_place(void **state)
{
	struct rsync_counter *c = rsync_counter_new(*state);
	struct traffic_hit hit;
	unsigned n = 0;

	for (uint32_t process = 1; process <= OPEN_MAX + 1; process++)
		assert_false(say(c, process, TRAFFIC_MODULE, &hit));
	for (uint32_t process = 1; process <= OPEN_MAX + 1; process++)
		n += say(c, process, TRAFFIC_SENT, &hit);
	assert_int_equal(n, OPEN_MAX);
	rsync_counter_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_projects, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cells_are_what_came_since_the_last_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_networks_are_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(test_connections_of_rsyncd, setup, teardown),
		cmocka_unit_test_setup_teardown(test_who_stays_is_counted_however_many_come_and_go, setup, teardown),
		cmocka_unit_test_setup_teardown(test_those_that_are_too_many_at_once_cost_others_their_place, setup,
	                                        teardown),
	};

	return cmocka_run_group_tests_name("mirror/traffic_table", tests, NULL, NULL);
}
