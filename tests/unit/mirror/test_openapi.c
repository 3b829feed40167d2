/* The description of the API says what the API does: every path, field and problem. */
/* SPDX-License-Identifier: MIT */
#include "mirror/api.h"

#include "base/json_write.h"
#include "mirror/api_problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct buf description;

static int setup(void **state)
{
	(void)state;
	buf_init(&description, 1 << 20);
	return buf_add_file(&description, "services/mirror/web/openapi.yaml");
}

static int teardown(void **state)
{
	(void)state;
	buf_done(&description);
	return 0;
}

/* Each path that is described is one that is there, by the method that is described; and there are no others. */
static void test_paths(void **state)
{
	static const char prefix[] = "\n  /api/v1/mirrors/{project}";
	unsigned n = 0;
	(void)state;

	for (const char *at = description.data; (at = strstr(at, prefix)) != NULL; n++) {
		struct api_target t;
		char path[128];
		at += strlen(prefix);
		(void)snprintf(path, sizeof(path), "/api/v1/mirrors/debian%.*s", (int)strcspn(at, ":"), at);
		const char *get = strstr(at, "\n    get:"), *post = strstr(at, "\n    post:");
		bool is_post = get == NULL || (post != NULL && post < get);
		assert_int_equal(api_target(path, is_post ? HTTP_METHOD_POST : HTTP_METHOD_GET, &t), 0);
		const char *open = strstr(at, "security: []"), *end = strstr(at, "responses:");
		assert_int_equal(open != NULL && open < end, t.right == API_ANYBODY);
	}
	assert_int_equal(n, 10);
	for (const struct http_route *r = api_routes; r->path != NULL; r++) {
		char line[64];
		(void)snprintf(line, sizeof(line), "\n  %s:", r->path);
		assert_true(strchr(r->path, '*') != NULL || strstr(description.data, line) != NULL);
	}
}

/* The fields of @o, in their order and no others, are those of the schema @name. */
static void check_fields(yyjson_mut_val *o, const char *name)
{
	yyjson_mut_val *key, *value;
	char line[64];
	size_t i, n;

	(void)snprintf(line, sizeof(line), "\n    %s:\n      type: object", name);
	const char *at = strstr(description.data, line);
	assert_non_null(at);
	const char *end = strstr(at + strlen(line), "type: object");
	yyjson_mut_obj_foreach(o, i, n, key, value) {
		(void)snprintf(line, sizeof(line), "\n        %s: {", yyjson_mut_get_str(key));
		at = strstr(at, line);
		if (at == NULL || at > end)
			fail_msg("%s", line);
		at++;
	}
	const char *more = strstr(at, "\n        ");
	assert_true(more == NULL || more > end);
}

static void test_fields(void **state)
{
	struct follower follower = {.name = "paris"};
	struct project_status p = {.name = "debian",
	                           .kind = "debian",
	                           .path = "/debian/",
	                           .upstream = "",
	                           .words = "",
	                           .followers = &follower,
	                           .n_followers = 1};
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *o = status_project(d, &p);
	(void)state;

	check_fields(o, "Project");
	check_fields(yyjson_mut_arr_get_first(yyjson_mut_obj_get(o, "followers")), "Follower");
	yyjson_mut_doc_free(d);
}

static void test_problems(void **state)
{
	(void)state;

	for (size_t i = 0; i < api_n_problems; i++) {
		const struct api_problem *p = &api_problems[i];
		char line[64], *text = api_problem_text(p, "/x");
		(void)snprintf(line, sizeof(line), "\n    %s: {status: %d,", p->id, p->status);
		if (strstr(description.data, line) == NULL)
			fail_msg("%s", line);
		(void)snprintf(line, sizeof(line), "x-problems/%s\"", p->id);
		assert_non_null(strstr(text, line));
		assert_ptr_equal(api_problem_of(p->rc), p);
		free(text);
	}
	assert_string_equal(api_problem_of(-ENOSPC)->id, "failed");
	assert_string_equal(api_problem_of(-ENOBUFS)->id, "busy");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_problems),
	};
	return cmocka_run_group_tests_name("mirror/openapi", tests, setup, teardown);
}
