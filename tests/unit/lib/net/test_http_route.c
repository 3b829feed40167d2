/* SPDX-License-Identifier: MIT */
#include "net/http_route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct http_route first[] = {
	{.path = "/a", .methods = HTTP_METHOD_GET},
	{.path = "/a/", .methods = HTTP_METHOD_GET | HTTP_METHOD_DELETE},
	{.path = "/a/*", .methods = HTTP_METHOD_GET},
	{.path = "/upload", .methods = HTTP_METHOD_POST, .body = HTTP_BODY_COUNT, .max_body_bytes = 10},
	{.path = NULL},
};
static const struct http_route second[] = {
	{.path = "/a/b/*", .methods = HTTP_METHOD_GET},
	{.path = "/a/b/exact", .methods = HTTP_METHOD_GET},
	{.path = NULL},
};
static const struct http_route *const both[] = {first, second, NULL};

static void the_exact_path_wins_then_the_longest_prefix(void **state)
{
	static const struct {
		const char *path;
		const struct http_route *route;
	} cases[] = {
		{"/a", &first[0]},
		{"/a/", &first[1]},
		{"/a/x", &first[2]},
		{"/a/b", &first[2]},
		{"/a/b/", &second[0]},
		{"/a/b/exact", &second[1]},
		{"/a/b/exactly", &second[0]},
		{"/", NULL},
		{"*", NULL},
		{"/a*", NULL},
		{"/A", NULL},
		{"/upload/", NULL},
	};
	struct http_routes *routes = http_routes_new(both);
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_request r = {.method = HTTP_METHOD_GET, .path = cases[i].path};
		assert_int_equal(http_route_find(routes, true, &r), 0);
		assert_ptr_equal(r.route, cases[i].route);
	}
	http_routes_free(routes);
}

static void every_route_of_many_is_found(void **state)
{
	enum { N = 1000 };
	static char paths[N][16];
	static struct http_route many[N + 1];
	const struct http_route *const tables[] = {many, NULL};
	(void)state;

	for (int i = 0; i < N; i++) {
		(void)snprintf(paths[i], sizeof(paths[i]), "/%d%s", i, i % 3 == 0 ? "/*" : "");
		many[i] = (struct http_route){.path = paths[i], .methods = HTTP_METHOD_GET};
	}
	struct http_routes *routes = http_routes_new(tables);
	for (int i = 0; i < N; i++) {
		char path[32];
		(void)snprintf(path, sizeof(path), "/%d%s", i, i % 3 == 0 ? "/x" : "");
		struct http_request r = {.method = HTTP_METHOD_GET, .path = path};
		assert_int_equal(http_route_find(routes, false, &r), 0);
		assert_ptr_equal(r.route, &many[i]);
	}
	http_routes_free(routes);
}

static void what_a_route_does_not_allow_is_refused(void **state)
{
	static const struct {
		struct http_request request;
		bool has_pages;
		int status;
	} cases[] = {
		{{.path = "/none", .method = HTTP_METHOD_GET}, false, 404},
		{{.path = "/none", .method = HTTP_METHOD_HEAD}, true, 0},
		{{.path = "/none", .method = HTTP_METHOD_POST}, true, 405},
		{{.path = "/none", .method = HTTP_METHOD_GET, .content_bytes = 1}, true, 413},
		{{.path = "/a", .method = HTTP_METHOD_HEAD}, true, 0},
		{{.path = "/a", .method = HTTP_METHOD_DELETE}, true, 405},
		{{.path = "/a", .method = HTTP_METHOD_GET, .chunked = true}, true, 413},
		{{.path = "/upload", .method = HTTP_METHOD_HEAD}, true, 405},
		{{.path = "/upload", .method = HTTP_METHOD_POST, .content_bytes = 10}, true, 0},
		{{.path = "/upload", .method = HTTP_METHOD_POST, .content_bytes = 11}, true, 413},
	};
	struct http_routes *routes = http_routes_new(both);
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_request r = cases[i].request;
		assert_int_equal(http_route_find(routes, cases[i].has_pages, &r), cases[i].status);
	}
	http_routes_free(routes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_exact_path_wins_then_the_longest_prefix),
		cmocka_unit_test(every_route_of_many_is_found),
		cmocka_unit_test(what_a_route_does_not_allow_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
