/* SPDX-License-Identifier: MIT */
#include "rdns/request.h"

#include "rdns/rdns_db.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BIT(n)      (1u << (n))
#define PREFIX_PATH "{address}/{length}"
#define ZONES       BIT(API_QUERY_LIMIT) | BIT(API_QUERY_AFTER_PREFIX) | BIT(API_QUERY_ASN)

enum { SEGMENT_MAX = 64 };

static const struct json_field session_fields[] = {
	{.name = "token", .kind = JSON_TEXT, .max = API_TOKEN_MAX - 1},
	{.name = NULL},
};

const struct api_route api_routes[API_OPERATIONS] = {
	{API_LIST_PREFIXES, HTTP_METHOD_GET, API_ROOT "prefixes", ZONES, NULL},
	{API_LIST_DELEGATIONS, HTTP_METHOD_GET, API_ROOT "delegations", ZONES | BIT(API_QUERY_STATE), NULL},
	{API_IMPORT_DELEGATIONS, HTTP_METHOD_POST, API_ROOT "delegations", 0, batch_fields},
	{API_GET_DELEGATION, HTTP_METHOD_GET, API_ROOT "delegations/" PREFIX_PATH, 0, NULL},
	{API_PUT_DELEGATION, HTTP_METHOD_PUT, API_ROOT "delegations/" PREFIX_PATH, BIT(API_QUERY_CHECK),
         delegated_fields},
	{API_DELETE_DELEGATION, HTTP_METHOD_DELETE, API_ROOT "delegations/" PREFIX_PATH, 0, NULL},
	{API_LIST_PTRS, HTTP_METHOD_GET, API_ROOT "ptrs",
         BIT(API_QUERY_LIMIT) | BIT(API_QUERY_AFTER_ADDRESS) | BIT(API_QUERY_ASN) | BIT(API_QUERY_WITHIN), NULL},
	{API_CHANGE_PTRS, HTTP_METHOD_POST, API_ROOT "ptrs", 0, bulk_fields},
	{API_GET_PTR, HTTP_METHOD_GET, API_ROOT "ptrs/{address}", 0, NULL},
	{API_GET_FORWARD, HTTP_METHOD_GET, API_ROOT "ptrs/{address}/forward", 0, NULL},
	{API_PUT_PTR, HTTP_METHOD_PUT, API_ROOT "ptrs/{address}", 0, hosted_fields},
	{API_DELETE_PTR, HTTP_METHOD_DELETE, API_ROOT "ptrs/{address}", 0, NULL},
	{API_LIST_CHECKS, HTTP_METHOD_GET, API_ROOT "checks", ZONES, NULL},
	{API_GET_CHECK, HTTP_METHOD_GET, API_ROOT "checks/" PREFIX_PATH, 0, NULL},
	{API_START_CHECK, HTTP_METHOD_POST, API_ROOT "checks/" PREFIX_PATH, 0, delegated_fields},
	{API_LIST_AUDIT, HTTP_METHOD_GET, API_ROOT "audit",
         BIT(API_QUERY_LIMIT) | BIT(API_QUERY_BEFORE) | BIT(API_QUERY_ASN) | BIT(API_QUERY_SUBJECT), NULL},
	{API_GET_SESSION, HTTP_METHOD_GET, API_ROOT "session", 0, NULL},
	{API_START_SESSION, HTTP_METHOD_POST, API_ROOT "session", 0, session_fields},
	{API_END_SESSION, HTTP_METHOD_DELETE, API_ROOT "session", 0, NULL},
};

const char *const api_query_names[API_QUERIES] = {
	[API_QUERY_LIMIT] = "limit",
	[API_QUERY_AFTER_PREFIX] = "after",
	[API_QUERY_AFTER_ADDRESS] = "after",
	[API_QUERY_BEFORE] = "before",
	[API_QUERY_ASN] = "asn",
	[API_QUERY_STATE] = "state",
	[API_QUERY_WITHIN] = "within",
	[API_QUERY_SUBJECT] = "subject",
	[API_QUERY_CHECK] = "check",
};

static int refuse(struct api_problem *p, enum api_problem_id id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int refuse(struct api_problem *p, enum api_problem_id id, const char *format, ...)
{
	va_list args;

	*p = (struct api_problem){.id = id};
	va_start(args, format);
	(void)vsnprintf(p->detail, sizeof(p->detail), format, args);
	va_end(args);
	return -EINVAL;
}

/* A whole number in digits alone. */
static int read_number(const char *text, uint64_t max, uint64_t *ret)
{
	enum { DIGITS_MAX = 19 };
	size_t len = strlen(text);

	if (len == 0 || len > DIGITS_MAX || strspn(text, "0123456789") != len)
		return -EINVAL;
	uint64_t n = strtoull(text, NULL, 10);
	if (n > max)
		return -EINVAL;
	*ret = n;
	return 0;
}

/* An IPv4 address in IPv6's clothes would be two subjects in one place. */
static bool is_mapped(const struct prefix *p)
{
	return addr_family(&p->addr) == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&p->addr.in6.sin6_addr);
}

/* @is_address: an address alone. */
static int read_prefix(const char *text, bool is_address, struct prefix *ret)
{
	struct prefix p;

	if ((strchr(text, '/') == NULL) != is_address || prefix_parse(text, &p) < 0 || is_mapped(&p))
		return -EINVAL;
	*ret = p;
	return 0;
}

/* Decode one segment of a path (RFC 3986, 2.1). Return: what follows it, '/' or the end; NULL when it is too long. */
static const char *read_segment(const char *at, char ret[SEGMENT_MAX])
{
	size_t len = 0;

	while (*at != '\0' && *at != '/') {
		unsigned c = (unsigned char)*at++;
		if (c == '%' && strspn(at, "0123456789abcdefABCDEF") >= 2 && sscanf(at, "%2x", &c) == 1)
			at += 2;
		if (len + 1 == SEGMENT_MAX || c == '\0')
			return NULL;
		ret[len++] = (char)c;
	}
	ret[len] = '\0';
	return at;
}

/* Whether @path is one of the template @route. What is between braces goes into @address and @length. */
static bool matches(const char *route, const char *path, char address[SEGMENT_MAX], char length[SEGMENT_MAX])
{
	while (*route != '\0' && path != NULL) {
		if (*route != '{') {
			if (*route++ != *path++)
				return false;
			continue;
		}
		path = read_segment(path, strncmp(route, "{address}", strlen("{address}")) == 0 ? address : length);
		route = strchr(route, '}') + 1;
	}
	return path != NULL && *path == '\0';
}

/* Set the route and what its path names. */
static int find_route(const struct http_request *r, struct api_request *a, struct api_problem *p)
{
	unsigned method = r->method == HTTP_METHOD_HEAD ? HTTP_METHOD_GET : r->method, methods = 0;
	char address[SEGMENT_MAX], length[SEGMENT_MAX], text[2 * SEGMENT_MAX];

	for (unsigned i = 0; i < API_OPERATIONS && a->route == NULL; i++) {
		address[0] = length[0] = '\0';
		if (!matches(api_routes[i].path, r->path, address, length))
			continue;
		methods |= api_routes[i].method;
		if (api_routes[i].method == method)
			a->route = &api_routes[i];
	}
	if (a->route == NULL) {
		(void)refuse(p, methods == 0 ? API_NOT_FOUND : API_METHOD, "%s", "");
		p->methods = methods;
		return -EINVAL;
	}
	bool is_address = strstr(a->route->path, "{length}") == NULL;
	(void)snprintf(text, sizeof(text), is_address ? "%s" : "%s/%s", address, length);
	if (strchr(a->route->path, '{') != NULL && read_prefix(text, is_address, &a->prefix) < 0)
		return refuse(p, API_MALFORMED, "%s",
		              is_address ? "the path must end in an address such as 192.0.2.1 or 2001:db8::1"
		                         : "the path must end in a prefix such as 192.0.2.0/24 or 2001:db8::/32, "
		                           "with no bits set after its length");
	return 0;
}

static const char *read_state(struct api_request *a, const char *text)
{
	for (size_t i = 0; i < RDNS_STATES; i++)
		if (strcmp(text, rdns_states[i]) == 0)
			(void)snprintf(a->state, sizeof(a->state), "%.15s", text);
	return a->state[0] != '\0' ? NULL : "must be one of pending, live, broken";
}

/* Each field of a query by itself. Return: NULL, or what it must be. */
static const char *read_query(struct api_request *a, enum api_query query, const char *text)
{
	struct prefix subject;
	uint64_t n = 0;

	switch (query) {
	case API_QUERY_LIMIT:
		if (read_number(text, API_LIMIT_MAX, &n) < 0 || n == 0)
			return "must be a number from 1 to 1000";
		a->limit = (unsigned)n;
		return NULL;
	case API_QUERY_AFTER_PREFIX:
	case API_QUERY_AFTER_ADDRESS:
		a->has_after = read_prefix(text, query == API_QUERY_AFTER_ADDRESS, &a->after) == 0;
		return a->has_after ? NULL : "must be what the page before said in \"next\"";
	case API_QUERY_BEFORE:
		if (read_number(text, INT64_MAX, &n) < 0 || n == 0)
			return "must be what the page before said in \"next\"";
		a->before = (int64_t)n;
		return NULL;
	case API_QUERY_ASN:
		if (read_number(text, UINT32_MAX, &n) < 0 || n == 0)
			return "must be a number from 1 to 4294967295";
		a->asn = (uint32_t)n;
		return NULL;
	case API_QUERY_STATE:
		return read_state(a, text);
	case API_QUERY_WITHIN:
		a->has_within = read_prefix(text, false, &a->within) == 0;
		return a->has_within ? NULL : "must be a prefix such as 192.0.2.0/24";
	case API_QUERY_SUBJECT:
		if (read_prefix(text, strchr(text, '/') == NULL, &subject) < 0)
			return "must be a prefix or an address";
		(void)(strchr(text, '/') == NULL ? addr_text(&subject.addr, a->subject)
		                                 : prefix_text(&subject, a->subject));
		return NULL;
	case API_QUERY_CHECK:
		a->skips_check = strcmp(text, "no") == 0;
		return a->skips_check ? NULL : "must be \"no\", of operators";
	case API_QUERIES:
		break;
	}
	return "is not known here";
}

/* Whether every field of the query is one of the route's; a filter that was misspelled would find too much. */
static int check_query_names(const struct http_request *r, const struct api_route *route, struct api_problem *p)
{
	unsigned seen = 0;

	for (const char *at = r->query; *at != '\0';) {
		const char *end = strchrnul(at, '&');
		size_t len = (size_t)(end - at) < strcspn(at, "=") ? (size_t)(end - at) : strcspn(at, "=");
		unsigned query = 0;
		while (query < API_QUERIES && !(route->queries & BIT(query) && strlen(api_query_names[query]) == len &&
		                                strncmp(at, api_query_names[query], len) == 0))
			query++;
		if (query == API_QUERIES)
			return refuse(p, API_MALFORMED, "the query has a field that is not known here");
		if (seen & BIT(query))
			return refuse(p, API_MALFORMED, "%s: must be there only once", api_query_names[query]);
		seen |= BIT(query);
		at = *end == '&' ? end + 1 : end;
	}
	return 0;
}

static int read_queries(const struct http_request *r, struct api_request *a, struct api_problem *p)
{
	char text[PREFIX_TEXT_MAX];

	if (check_query_names(r, a->route, p) < 0)
		return -EINVAL;
	a->limit = a->route->queries & BIT(API_QUERY_LIMIT) ? API_LIMIT_DEFAULT : 0;
	for (unsigned query = 0; query < API_QUERIES; query++) {
		int rc = a->route->queries & BIT(query)
		             ? http_request_query(r, api_query_names[query], text, sizeof(text))
		             : -ENOENT;
		if (rc == -ENOENT)
			continue;
		const char *wrong = read_query(a, (enum api_query)query, rc < 0 ? "" : text);
		if (wrong != NULL)
			return refuse(p, API_MALFORMED, "%s: %s", api_query_names[query], wrong);
	}
	return 0;
}

static bool is_json(const char *type)
{
	static const char json[] = "application/json";
	size_t len = sizeof(json) - 1;

	return type != NULL && strncasecmp(type, json, len) == 0 && strchr("; \t", type[len]) != NULL;
}

static void read_token(yyjson_val *root, char ret[API_TOKEN_MAX])
{
	const char *text = yyjson_get_str(yyjson_obj_get(root, "token"));

	(void)snprintf(ret, API_TOKEN_MAX, "%s", text != NULL ? text : "");
}

static int read_body(const struct http_request *r, struct api_request *a, struct api_problem *p)
{
	char shape_error[JSON_SHAPE_ERROR_MAX] = "", error[DELEGATED_ERROR_MAX] = "";

	if (!is_json(http_request_header(r, "Content-Type")))
		return refuse(p, API_MEDIA_TYPE, "%s", "");
	yyjson_doc *doc = json_shape_read(buf_text(&r->body), r->body.len, "body", shape_error);
	if (doc == NULL)
		return refuse(p, API_MALFORMED, "%s", shape_error);
	yyjson_val *root = yyjson_doc_get_root(doc);
	int rc = json_shape_check(root, a->route->body, "body", shape_error);
	if (rc < 0)
		(void)refuse(p, API_INVALID, "%s", shape_error);
	else if (a->route->body == session_fields)
		read_token(root, a->token);
	else if (a->route->body == batch_fields)
		rc = batch_parse(root, &a->batch, error);
	else if (a->route->body == hosted_fields)
		rc = hosted_parse(root, a->name, error);
	else if (a->route->body == bulk_fields)
		rc = bulk_parse(root, &a->bulk, error);
	else
		rc = delegated_parse(&a->prefix, root, &a->delegated, error);
	if (rc < 0 && error[0] != '\0')
		(void)refuse(p, API_INVALID, "%s", error);
	yyjson_doc_free(doc);
	return rc;
}

int api_request_parse(const struct http_request *r, struct api_request *ret, struct api_problem *reterr)
{
	struct api_request a = {.route = NULL};
	int rc = find_route(r, &a, reterr);

	if (rc == 0)
		rc = read_queries(r, &a, reterr);
	if (rc < 0)
		return rc;
	a.conditions = (struct etag_conditions){http_request_header(r, "If-Match"),
	                                        http_request_header(r, "If-None-Match")};
	if (etag_check(&a.conditions, 0) == ETAG_MALFORMED)
		return refuse(reterr, API_MALFORMED, "If-Match and If-None-Match: must be * or tags in quotes");
	if (a.route->body != NULL)
		rc = read_body(r, &a, reterr);
	if (rc == 0)
		*ret = a;
	return rc;
}

void api_request_done(struct api_request *a)
{
	delegated_free(a->delegated);
	batch_free(a->batch);
	bulk_free(a->bulk);
	a->delegated = NULL;
	a->batch = NULL;
	a->bulk = NULL;
}
