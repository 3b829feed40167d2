/* What was found, counted and written. */
/* SPDX-License-Identifier: MIT */
#include "delegation/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#define ZONE "2.0.192.in-addr.arpa"

static struct verdict *made(void)
{
	static const struct delegation_server server = {.name = "ns1.example.net"};
	struct verdict *v = verdict_new(ZONE);
	struct observed_target t = {.server = &server};
	char over_tcp[] = "q SOA, TCP", over_udp[] = "q SOA";
	struct observed_answer silent = {.query = over_tcp, .rc = -ETIMEDOUT};
	struct observed_answer told = {.query = over_udp};

	told.packet = ldns_pkt_query_new(ldns_dname_new_frm_str(ZONE), LDNS_RR_TYPE_SOA, LDNS_RR_CLASS_IN, LDNS_AA);
	assert_int_equal(addr_parse("2001:db8::1", 53, &t.addr), 0);
	verdict_see(v, PROBLEM_NO_TCP, &t, &silent, NULL);
	verdict_see(v, PROBLEM_SERIALS, &t, &told, "serial 7");
	verdict_see(v, PROBLEM_SERIALS, &t, &told, "serial 8");
	verdict_see_name(v, PROBLEM_NO_GLUE, "ns2." ZONE, NULL, NULL);
	(void)verdict_find(v, PROBLEM_NO_IPV6);
	verdict_untested(v, CHECK_AS, UNTESTED_NO_ORIGINS);
	ldns_pkt_free(told.packet);
	return v;
}

static void test_counts(void **state)
{
	(void)state;
	struct verdict *v = made();
	enum severity worst;

	assert_int_equal(verdict_count(v, SEVERITY_ERROR), 2);
	assert_int_equal(verdict_count(v, SEVERITY_WARNING), 1);
	assert_int_equal(verdict_count(v, SEVERITY_NOTICE), 1);
	assert_true(verdict_has(v, CHECK_TCP, &worst));
	assert_int_equal(worst, SEVERITY_ERROR);
	assert_true(verdict_has(v, CHECK_SERIAL, &worst));
	assert_int_equal(worst, SEVERITY_WARNING);
	assert_false(verdict_has(v, CHECK_UDP, &worst));
	verdict_free(v);
}

/** Of the check @id, what is at the @path in it. */
static const char *text_at(yyjson_mut_val *root, enum check_id id, const char *path)
{
	yyjson_mut_val *check = yyjson_mut_arr_get(yyjson_mut_obj_get(root, "checks"), id);

	assert_string_equal(yyjson_mut_get_str(yyjson_mut_obj_get(check, "id")), checks[id].id);
	return yyjson_mut_get_str(yyjson_mut_ptr_get(check, path));
}

static void test_json(void **state)
{
	(void)state;
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	struct verdict *v = made();

	for (enum language l = 0; l < LANGUAGES; l++) {
		yyjson_mut_val *root = verdict_json(v, l, doc);
		assert_string_equal(yyjson_mut_get_str(yyjson_mut_obj_get(root, "zone")), ZONE);
		assert_true(yyjson_mut_is_false(yyjson_mut_obj_get(root, "passed")));
		assert_int_equal(yyjson_mut_get_uint(yyjson_mut_obj_get(root, "errors")), 2);
		assert_int_equal(yyjson_mut_arr_size(yyjson_mut_obj_get(root, "checks")), CHECKS);

		assert_string_equal(text_at(root, CHECK_UDP, "/result"), "passed");
		assert_string_equal(text_at(root, CHECK_AS, "/result"), "untested");
		assert_string_equal(text_at(root, CHECK_AS, "/why"), untested_texts[UNTESTED_NO_ORIGINS][l]);
		assert_string_equal(text_at(root, CHECK_TWO, "/result"), "notice");
		assert_string_equal(text_at(root, CHECK_TCP, "/result"), "error");
		assert_string_equal(text_at(root, CHECK_TCP, "/findings/0/severity"), "error");
		assert_string_equal(text_at(root, CHECK_TCP, "/findings/0/what"), problems[PROBLEM_NO_TCP].what[l]);
		assert_string_equal(text_at(root, CHECK_TCP, "/findings/0/remedy"), problems[PROBLEM_NO_TCP].remedy[l]);
		assert_string_equal(text_at(root, CHECK_TCP, "/findings/0/seen/0/server"), "ns1.example.net");
		assert_string_equal(text_at(root, CHECK_TCP, "/findings/0/seen/0/address"), "2001:db8::1");
		assert_string_equal(text_at(root, CHECK_TCP, "/findings/0/seen/0/query"), "q SOA, TCP");
		assert_string_equal(text_at(root, CHECK_TCP, "/findings/0/seen/0/answer"),
		                    l == LANGUAGE_FR ? "pas de réponse à temps" : "no answer in time");
		assert_string_equal(text_at(root, CHECK_SERIAL, "/findings/0/seen/1/answer"), "NOERROR aa, serial 8");
		assert_string_equal(text_at(root, CHECK_GLUE, "/findings/0/seen/0/server"), "ns2." ZONE);
		assert_null(text_at(root, CHECK_GLUE, "/findings/0/seen/0/answer"));
	}
	verdict_free(v);
	yyjson_mut_doc_free(doc);
}

/** What many servers have in common is not told of each. */
static void test_seen_by_many(void **state)
{
	(void)state;
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	struct verdict *v = verdict_new(ZONE);

	for (int i = 0; i < VERDICT_SEEN_MAX + 3; i++)
		verdict_see_name(v, PROBLEM_NO_GLUE, "ns2." ZONE, NULL, NULL);
	yyjson_mut_val *check = yyjson_mut_arr_get(yyjson_mut_obj_get(verdict_json(v, LANGUAGE_EN, doc), "checks"),
	                                           CHECK_GLUE);
	assert_int_equal(yyjson_mut_arr_size(yyjson_mut_ptr_get(check, "/findings/0/seen")), VERDICT_SEEN_MAX);
	assert_int_equal(yyjson_mut_get_uint(yyjson_mut_ptr_get(check, "/findings/0/more")), 3);
	verdict_free(v);
	yyjson_mut_doc_free(doc);
}

static void test_silence(void **state)
{
	(void)state;

	for (enum language l = 0; l < LANGUAGES; l++)
		assert_string_not_equal(verdict_silence(-EMFILE, l), verdict_silence(-ECONNREFUSED, l));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_seen_by_many),
		cmocka_unit_test(test_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
