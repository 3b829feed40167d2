/* Requests of the API: found, read, and refused with what is wrong. */
/* SPDX-License-Identifier: MIT */
#include "rdns/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#define PTR "/api/v1/ptrs/192.0.2.1"
#define NS  "{\"nameservers\":[{\"name\":\"a.example\"}]}"

struct sent {
	unsigned method;
	const char *target;
	const char *type, *body; /* NULL: none */
	const char *if_match;    /* NULL: none */
};

static int parse(const struct sent *sent, struct api_request *ret, struct api_problem *reterr)
{
	static char target[1024], body[1024];
	static struct http_request r;
	const struct {
		const char *name, *value;
	} headers[] = {{"content-type", sent->type}, {"if-match", sent->if_match}};

	r = (struct http_request){.method = sent->method};
	(void)snprintf(target, sizeof(target), "%s", sent->target);
	http_request_set_target(&r, target);
	for (size_t i = 0; i < 2; i++)
		if (headers[i].value != NULL)
			r.headers[r.n_headers++] = (struct http_header){headers[i].name, headers[i].value};
	if (sent->body != NULL) {
		(void)snprintf(body, sizeof(body), "%s", sent->body);
		r.body = (struct buf){.data = body, .len = strlen(body)};
	}
	return api_request_parse(&r, ret, reterr);
}

static void test_found(void **state)
{
	static const struct {
		unsigned method;
		const char *target;
		enum api_operation operation;
	} cases[] = {
		{HTTP_METHOD_GET, "/api/v1/prefixes", API_LIST_PREFIXES},
		{HTTP_METHOD_GET, "/api/v1/delegations", API_LIST_DELEGATIONS},
		{HTTP_METHOD_HEAD, "/api/v1/delegations?limit=5", API_LIST_DELEGATIONS},
		{HTTP_METHOD_GET, "/api/v1/delegations/192.0.2.0/24", API_GET_DELEGATION},
		{HTTP_METHOD_DELETE, "/api/v1/delegations/2001:db8::/32", API_DELETE_DELEGATION},
		{HTTP_METHOD_GET, "/api/v1/delegations/2001%3Adb8%3a%3A/32", API_GET_DELEGATION},
		{HTTP_METHOD_GET, "/api/v1/ptrs", API_LIST_PTRS},
		{HTTP_METHOD_GET, PTR, API_GET_PTR},
		{HTTP_METHOD_DELETE, "/api/v1/ptrs/2001:db8::1", API_DELETE_PTR},
		{HTTP_METHOD_GET, "/api/v1/checks", API_LIST_CHECKS},
		{HTTP_METHOD_GET, "/api/v1/checks/192.0.2.0/24", API_GET_CHECK},
		{HTTP_METHOD_GET, "/api/v1/audit", API_LIST_AUDIT},
	};
	struct api_request a;
	struct api_problem p;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sent sent = {.method = cases[i].method, .target = cases[i].target};
		assert_int_equal(parse(&sent, &a, &p), 0);
		assert_int_equal(a.route->operation, cases[i].operation);
		assert_ptr_equal(a.route, &api_routes[cases[i].operation]);
		api_request_done(&a);
	}
}

static void test_paths_and_bodies(void **state)
{
	char text[PREFIX_TEXT_MAX];
	struct api_request a;
	struct api_problem p;
	(void)state;

	assert_int_equal(parse(&(struct sent){HTTP_METHOD_PUT, "/api/v1/delegations/2001:DB8:0::/32",
	                                      "application/json; charset=utf-8", NS, "\"7\""},
	                       &a, &p),
	                 0);
	assert_int_equal(a.route->operation, API_PUT_DELEGATION);
	assert_string_equal(prefix_text(&a.prefix, text), "2001:db8::/32");
	assert_string_equal(a.delegated->zones[0].zone, "8.b.d.0.1.0.0.2.ip6.arpa");
	assert_string_equal(a.conditions.if_match, "\"7\"");
	assert_null(a.conditions.if_none_match);
	api_request_done(&a);
	api_request_done(&a); /* harmless */

	assert_int_equal(parse(&(struct sent){HTTP_METHOD_POST, "/api/v1/checks/192.0.2.0/24", "application/json", NS,
	                                      NULL},
	                       &a, &p),
	                 0);
	assert_int_equal(a.route->operation, API_START_CHECK);
	assert_int_equal(a.delegated->n_zones, 1);
	api_request_done(&a);

	assert_int_equal(parse(&(struct sent){HTTP_METHOD_PUT, PTR, "Application/JSON",
	                                      "{\"name\":\"Host.example.\"}", NULL},
	                       &a, &p),
	                 0);
	assert_int_equal(a.route->operation, API_PUT_PTR);
	assert_string_equal(prefix_text(&a.prefix, text), "192.0.2.1/32");
	assert_string_equal(a.name, "host.example");
	api_request_done(&a);

	assert_int_equal(parse(&(struct sent){HTTP_METHOD_GET, PTR "/forward", NULL, NULL, NULL}, &a, &p), 0);
	assert_int_equal(a.route->operation, API_GET_FORWARD);
	assert_string_equal(prefix_text(&a.prefix, text), "192.0.2.1/32");
	api_request_done(&a);

	static const char many[] = "{\"ptrs\":[{\"address\":\"192.0.2.1\"}]}";
	struct sent post = {HTTP_METHOD_POST, "/api/v1/ptrs", "application/json", many, NULL};
	assert_int_equal(parse(&post, &a, &p), 0);
	assert_int_equal(a.route->operation, API_CHANGE_PTRS);
	assert_int_equal(a.bulk->n, 1);
	api_request_done(&a);
}

static void test_queries(void **state)
{
	char text[PREFIX_TEXT_MAX];
	struct api_request a;
	struct api_problem p;
	(void)state;

	assert_int_equal(parse(&(struct sent){.method = HTTP_METHOD_GET, .target = "/api/v1/delegations"}, &a, &p), 0);
	assert_int_equal(a.limit, API_LIMIT_DEFAULT);
	assert_false(a.has_after);
	assert_int_equal(a.asn, 0);
	assert_int_equal(parse(&(struct sent){.method = HTTP_METHOD_GET,
	                                      .target = "/api/v1/delegations?after=192.0.2.0%2F24&state=broken&"
	                                                "limit=1000&asn=4294967295"},
	                       &a, &p),
	                 0);
	assert_string_equal(prefix_text(&a.after, text), "192.0.2.0/24");
	assert_string_equal(a.state, "broken");
	assert_int_equal(a.limit, API_LIMIT_MAX);
	assert_int_equal(a.asn, UINT32_MAX);
	assert_int_equal(parse(&(struct sent){.method = HTTP_METHOD_GET,
	                                      .target = "/api/v1/ptrs?after=2001:db8::1&within=2001:db8::/32"},
	                       &a, &p),
	                 0);
	assert_string_equal(prefix_text(&a.after, text), "2001:db8::1/128");
	assert_string_equal(prefix_text(&a.within, text), "2001:db8::/32");
	assert_int_equal(parse(&(struct sent){.method = HTTP_METHOD_GET,
	                                      .target = "/api/v1/audit?before=9223372036854775807&subject=2001:DB8::1"},
	                       &a, &p),
	                 0);
	assert_int_equal(a.before, INT64_MAX);
	assert_string_equal(a.subject, "2001:db8::1");
}

static void assert_refused(const struct sent *sent, int status, const char *detail)
{
	struct api_request a = {.route = NULL};
	struct api_problem p;

	assert_int_equal(parse(sent, &a, &p), -EINVAL);
	assert_int_equal(api_problem_kinds[p.id].status, status);
	assert_ptr_equal(strstr(p.detail, detail), p.detail);
	assert_null(a.route);
}

static void test_refused_targets(void **state)
{
	static const struct {
		const char *target;
		int status;
		const char *detail;
	} cases[] = {
		{"/api/v1/", 404, ""},
		{"/api/v1/delegation", 404, ""},
		{"/api/v1/delegations/192.0.2.0", 404, ""},
		{"/api/v1/delegations/192.0.2.0/24/x", 404, ""},
		{"/api/v1/delegations/192.0.2.1/24", 400, "the path must end in a prefix"},
		{"/api/v1/delegations/192.0.2.0/33", 400, "the path must end in a prefix"},
		{"/api/v1/delegations//24", 400, "the path must end in a prefix"},
		{"/api/v1/delegations/192.0.2.0/%00", 404, ""},
		{"/api/v1/delegations/192.0.2.0/", 400, "the path must end in a prefix"},
		{"/api/v1/ptrs/192.0.2.0%2F24", 400, "the path must end in an address"},
		{"/api/v1/ptrs/::ffff:192.0.2.1", 400, "the path must end in an address"},
		{"/api/v1/audit?limits=3", 400, "the query has a field that is not known"},
		{"/api/v1/audit?state=live", 400, "the query has a field that is not"},
		{"/api/v1/audit?lim", 400, "the query has a field that is not"},
		{"/api/v1/audit?limit=3&limit=4", 400, "limit: must be there only once"},
		{"/api/v1/audit?limit=0", 400, "limit: must be a number from 1 to 1000"},
		{"/api/v1/audit?limit=1001", 400, "limit: must be a number"},
		{"/api/v1/audit?limit=%zz", 400, "limit: must be a number"},
		{"/api/v1/audit?limit", 400, "limit: must be a number"},
		{"/api/v1/audit?limit=+3", 400, "limit: must be a number"},
		{"/api/v1/audit?before=9223372036854775808", 400, "before: must be"},
		{"/api/v1/audit?asn=4294967296", 400, "asn: must be"},
		{"/api/v1/audit?subject=x", 400, "subject: must be"},
		{"/api/v1/ptrs?after=192.0.2.0/24", 400, "after: must be"},
		{"/api/v1/delegations?after=192.0.2.0", 400, "after: must be"},
		{"/api/v1/delegations?state=dead", 400, "state: must be one of"},
		{"/api/v1/ptrs?within=192.0.2.1", 400, "within: must be"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_refused(&(struct sent){.method = HTTP_METHOD_GET, .target = cases[i].target}, cases[i].status,
		               cases[i].detail);
	assert_refused(&(struct sent){.method = HTTP_METHOD_POST, .target = "/api/v1/delegations/192.0.2.0/24"}, 405,
	               "");
	assert_refused(&(struct sent){.method = 0, .target = "/api/v1/audit"}, 405, "");
}

static void test_refused_changes(void **state)
{
	static const struct {
		const char *target, *type, *body;
		int status;
		const char *detail;
	} cases[] = {
		{PTR, NULL, "{}", 415, ""},
		{PTR, "application/jsonx", "{}", 415, ""},
		{PTR, "application/json", NULL, 400, "body: not JSON"},
		{PTR, "application/json", "{\"name\"", 400, "body: not JSON"},
		{PTR, "application/json", "[]", 422, "body: must be an object"},
		{PTR, "application/json", "{\"nam\":1}", 422, "nam: is not a known field"},
		{PTR, "application/json", "{}", 422, "name: must be"},
		{"/api/v1/delegations/192.0.2.0/24", "application/json", "{}", 422, "nameservers: must name"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_refused(&(struct sent){.method = HTTP_METHOD_PUT,
		                              .target = cases[i].target,
		                              .type = cases[i].type,
		                              .body = cases[i].body},
		               cases[i].status, cases[i].detail);
	assert_refused(&(struct sent){.method = HTTP_METHOD_DELETE, .target = PTR, .if_match = "7"},
	               400, "If-Match and If-None-Match");
}

static void test_allowed_methods(void **state)
{
	struct api_request a;
	struct api_problem p;
	(void)state;

	assert_int_equal(parse(&(struct sent){.method = HTTP_METHOD_POST, .target = "/api/v1/ptrs/192.0.2.1"}, &a, &p),
	                 -EINVAL);
	assert_int_equal(p.methods, HTTP_METHOD_GET | HTTP_METHOD_PUT | HTTP_METHOD_DELETE);
	assert_int_equal(parse(&(struct sent){.method = HTTP_METHOD_PUT, .target = "/api/v1/checks/192.0.2.0/24"}, &a,
	                       &p),
	                 -EINVAL);
	assert_int_equal(p.methods, HTTP_METHOD_GET | HTTP_METHOD_POST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_paths_and_bodies),
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_refused_targets),
		cmocka_unit_test(test_refused_changes),
		cmocka_unit_test(test_allowed_methods),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
