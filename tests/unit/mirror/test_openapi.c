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
	assert_int_equal(n, 9);
	for (const struct http_route *r = api_routes; r->path != NULL; r++) {
		char line[64];
		(void)snprintf(line, sizeof(line), "\n  %s:", r->path);
		assert_true(strchr(r->path, '*') != NULL || strstr(description.data, line) != NULL);
	}
}

static void test_fields(void **state)
{
	struct project_status p = {.name = "debian", .kind = "debian", .path = "/debian/", .upstream = "", .words = ""};
	const char *at = strstr(description.data, "\n    Project:\n      type: object");
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *o = status_project(d, &p), *key, *value;
	size_t i, n;
	(void)state;

	assert_non_null(at);
	const char *end = strstr(at, "\n    Run:");
	yyjson_mut_obj_foreach(o, i, n, key, value) {
		const char *name = yyjson_mut_get_str(key);
		char line[64];
		assert_non_null(name);
		(void)snprintf(line, sizeof(line), "\n        %s: {", name);
		at = strstr(at, line); /* in their order */
		if (at == NULL || at > end)
			fail_msg("%s", name);
		at++;
	}
	const char *more = strstr(at, "\n        ");
	assert_true(more == NULL || more > end);
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
