/* Problems: each with its own name, a status of an error, and words in every language. */
/* SPDX-License-Identifier: MIT */
#include "rdns/problem.h"

#include "base/json_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void test_kinds(void **state)
{
	(void)state;
	for (unsigned i = 0; i < API_PROBLEMS; i++) {
		const struct api_problem_kind *kind = &api_problem_kinds[i];
		assert_non_null(kind->id);
		assert_in_range(kind->status, 400, 599);
		for (unsigned language = 0; language < LANGUAGES; language++)
			assert_true(kind->title[language] != NULL && strlen(kind->title[language]) > 0);
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(kind->id, api_problem_kinds[k].id);
	}
}

static void test_json(void **state)
{
	struct api_problem p = {.id = API_OVERLAP, .detail = "192.0.2.0/24 is \"delegated\""};
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	(void)state;

	char *text = json_take(doc, api_problem_json(&p, "/api/v1/x", LANGUAGE_EN, doc));
	assert_string_equal(text, "{\"type\":\"/rdns/openapi.yaml#/components/x-problems/overlap\","
	                          "\"title\":\"Something else is in the way\",\"status\":409,"
	                          "\"detail\":\"192.0.2.0/24 is \\\"delegated\\\"\",\"instance\":\"/api/v1/x\"}");
	free(text);
	p = (struct api_problem){.id = API_NOT_FOUND};
	doc = yyjson_mut_doc_new(NULL);
	text = json_take(doc, api_problem_json(&p, "/", LANGUAGE_FR, doc));
	assert_string_equal(text, "{\"type\":\"/rdns/openapi.yaml#/components/x-problems/not-found\","
	                          "\"title\":\"Il n'y a rien ici\",\"status\":404,\"instance\":\"/\"}");
	free(text);
	p = (struct api_problem){.id = API_FROZEN, .reason = REFUSAL_FROZEN};
	doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = api_problem_json(&p, "/", LANGUAGE_EN, doc);
	assert_string_equal(yyjson_mut_get_str(yyjson_mut_obj_get(root, "detail")),
	                    refusal_what(REFUSAL_FROZEN, LANGUAGE_EN));
	assert_string_equal(yyjson_mut_get_str(yyjson_mut_obj_get(root, "reason")), "frozen");
	assert_string_equal(yyjson_mut_get_str(yyjson_mut_obj_get(root, "remedy")),
	                    refusal_remedy(REFUSAL_FROZEN, LANGUAGE_EN));
	yyjson_mut_doc_free(doc);
}

static void test_of_refusals(void **state)
{
	(void)state;

	for (enum refusal r = REFUSAL_NONE + 1; r < REFUSALS; r++)
		assert_in_range(api_problem_kinds[api_problem_of_refusal(r)].status, 401, 409);
	assert_int_equal(api_problem_of_refusal(REFUSAL_NOT_YOURS), API_FORBIDDEN);
}

static void test_of_failures(void **state)
{
	static const struct {
		int rc, status;
	} cases[] = {
		{-EINVAL, 400},
		{-EACCES, 403},
		{-ENOENT, 404},
		{-EEXIST, 409},
		{-EBUSY, 409},
		{-ESTALE, 412},
		{-EIO, 500},
		{-EBADMSG, 500},
		{-ENOBUFS, 503},
		{-ENOSPC, 507},
		{-EFBIG, 507},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(api_problem_kinds[api_problem_of(cases[i].rc)].status, cases[i].status);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_of_refusals),
		cmocka_unit_test(test_of_failures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
