/* The description of the API says what the API does: every route, query, field, limit and problem, and no other. */
/* SPDX-License-Identifier: MIT */
#include "rdns/audit_db.h"
#include "rdns/ptrs_db.h"
#include "rdns/request.h"
#include "rdns/zones_db.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static yaml_document_t doc;

static int setup(void **state)
{
	FILE *file = fopen("services/rdns/web/openapi.yaml", "r");
	yaml_parser_t parser;

	(void)state;
	if (file == NULL || !yaml_parser_initialize(&parser))
		return -1;
	yaml_parser_set_input_file(&parser, file);
	int is_read = yaml_parser_load(&parser, &doc);
	yaml_parser_delete(&parser);
	return fclose(file) == 0 && is_read ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	yaml_document_delete(&doc);
	return 0;
}

static const char *text(const yaml_node_t *n)
{
	assert_non_null(n);
	assert_int_equal(n->type, YAML_SCALAR_NODE);
	return (const char *)n->data.scalar.value;
}

static size_t size(const yaml_node_t *n)
{
	if (n->type == YAML_MAPPING_NODE)
		return (size_t)(n->data.mapping.pairs.top - n->data.mapping.pairs.start);
	assert_int_equal(n->type, YAML_SEQUENCE_NODE);
	return (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
}

static const yaml_node_t *resolve(const yaml_node_t *n);

/* The value of @key in a mapping, references followed; NULL: there is none. */
static const yaml_node_t *get(const yaml_node_t *n, const char *key)
{
	assert_non_null(n);
	assert_int_equal(n->type, YAML_MAPPING_NODE);
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++)
		if (strcmp(text(yaml_document_get_node(&doc, p->key)), key) == 0)
			return resolve(yaml_document_get_node(&doc, p->value));
	return NULL;
}

static const yaml_node_t *item(const yaml_node_t *n, size_t i)
{
	assert_true(i < size(n));
	return resolve(yaml_document_get_node(&doc, n->data.sequence.items.start[i]));
}

/* The node at "a/b/c" from the root. */
static const yaml_node_t *find(const char *path)
{
	const yaml_node_t *n = yaml_document_get_root_node(&doc);
	char *copy = strdup(path), *rest = NULL;

	for (char *key = strtok_r(copy, "/", &rest); key != NULL; key = strtok_r(NULL, "/", &rest))
		n = get(n, key);
	free(copy);
	assert_non_null(n);
	return n;
}

static const yaml_node_t *resolve(const yaml_node_t *n)
{
	const yaml_node_t *reference = n->type == YAML_MAPPING_NODE ? get(n, "$ref") : NULL;

	return reference == NULL ? n : find(text(reference) + strlen("#/"));
}

static bool has_text(const yaml_node_t *list, const char *wanted)
{
	for (size_t i = 0; i < size(list); i++)
		if (strcmp(text(item(list, i)), wanted) == 0)
			return true;
	return false;
}

static void assert_number(const yaml_node_t *n, const char *key, double wanted)
{
	assert_true(strtod(text(get(n, key)), NULL) == wanted);
}

static void assert_object(const yaml_node_t *schema, const struct json_field *fields);

static void assert_text(const yaml_node_t *schema, const struct json_field *f)
{
	assert_number(schema, "maxLength", f->max);
}

static void assert_field(const yaml_node_t *schema, const struct json_field *f)
{
	if (f->kind == JSON_TEXTS || f->kind == JSON_OBJECTS) {
		assert_string_equal(text(get(schema, "type")), "array");
		assert_number(schema, "maxItems", f->max_count);
	}
	if (f->kind == JSON_NUMBER) {
		assert_number(schema, "minimum", f->min);
		assert_number(schema, "maximum", f->max);
	} else if (f->kind == JSON_TEXT) {
		assert_text(schema, f);
	} else if (f->kind == JSON_TEXTS) {
		assert_text(get(schema, "items"), f);
	} else if (f->kind == JSON_OBJECTS) {
		assert_object(get(schema, "items"), f->fields);
	} else if (f->kind == JSON_OBJECT) {
		assert_object(schema, f->fields);
	} else if (f->kind == JSON_BOOL) {
		assert_true(has_text(get(schema, "type"), "boolean"));
	} else if (f->kind == JSON_ADDRESS) {
		assert_string_equal(text(get(schema, "type")), "string");
	} else {
		assert_int_equal(f->kind, JSON_WORD); /* what bodies are made of */
		const yaml_node_t *words = get(schema, "enum");
		size_t n = 0;
		for (; f->words[n] != NULL; n++)
			assert_true(has_text(words, f->words[n]));
		assert_int_equal(size(words), n + 1); /* and null */
		assert_true(has_text(words, "null"));
	}
}

static void assert_object(const yaml_node_t *schema, const struct json_field *fields)
{
	const yaml_node_t *properties = get(schema, "properties");
	size_t n = 0;

	assert_string_equal(text(get(schema, "type")), "object");
	assert_string_equal(text(get(schema, "additionalProperties")), "false");
	for (; fields[n].name != NULL; n++) {
		assert_non_null(get(properties, fields[n].name));
		assert_field(get(properties, fields[n].name), &fields[n]);
	}
	assert_int_equal(size(properties), n);
}

/* Of @parameters, how many are @in; each one's name is @name or among the bits of @queries. */
static unsigned count_in(const yaml_node_t *parameters, const char *in, unsigned queries, const char *name)
{
	unsigned n = 0;

	for (size_t i = 0; parameters != NULL && i < size(parameters); i++) {
		const yaml_node_t *p = item(parameters, i);
		if (strcmp(text(get(p, "in")), in) != 0)
			continue;
		bool is_known = name != NULL && strstr(name, text(get(p, "name"))) != NULL;
		for (unsigned q = 0; q < API_QUERIES; q++)
			if (queries >> q & 1 && strcmp(api_query_names[q], text(get(p, "name"))) == 0)
				is_known = true;
		assert_true(is_known);
		n++;
	}
	return n;
}

static unsigned count_braces(const char *path)
{
	unsigned n = 0;

	for (; *path != '\0'; path++)
		n += *path == '{';
	return n;
}

static void assert_route(const struct api_route *route, const yaml_node_t *path, const yaml_node_t *operation)
{
	const yaml_node_t *parameters = get(operation, "parameters"), *body = get(operation, "requestBody");
	bool is_subject = strchr(route->path, '{') != NULL; /* and has versions */
	bool changes = is_subject && (route->method == HTTP_METHOD_PUT || route->method == HTTP_METHOD_DELETE);

	assert_int_equal(count_in(parameters, "query", route->queries, NULL), __builtin_popcount(route->queries));
	assert_int_equal(count_in(get(path, "parameters"), "path", 0, route->path), count_braces(route->path));
	if (changes)
		assert_int_equal(count_in(parameters, "header", 0, "If-Match, If-None-Match"), 2);
	assert_int_equal(body != NULL, route->body != NULL);
	if (body != NULL)
		assert_object(get(get(get(body, "content"), "application/json"), "schema"), route->body);
	assert_non_null(get(get(operation, "responses"), "default"));
}

static void test_routes(void **state)
{
	const yaml_node_t *paths = find("paths");
	size_t n_operations = 0;
	(void)state;

	for (size_t i = 0; i < API_OPERATIONS; i++) {
		const struct api_route *route = &api_routes[i];
		const yaml_node_t *path = get(paths, route->path);
		char method[16] = "";
		assert_int_equal(route->operation, i);
		for (unsigned k = 0; k < HTTP_METHODS; k++)
			if (route->method == 1u << k)
				(void)snprintf(method, sizeof(method), "%s", http_method_names[k]);
		for (char *c = method; *c != '\0'; c++)
			*c = (char)tolower((unsigned char)*c);
		assert_non_null(path);
		assert_non_null(get(path, method));
		assert_route(route, path, get(path, method));
	}
	for (yaml_node_pair_t *p = paths->data.mapping.pairs.start; p < paths->data.mapping.pairs.top; p++) {
		const yaml_node_t *path = yaml_document_get_node(&doc, p->value);
		n_operations += size(path) - (get(path, "parameters") != NULL);
	}
	assert_int_equal(n_operations, API_OPERATIONS);
}

static void test_values(void **state)
{
	const yaml_node_t *limit = get(find("components/parameters/limit"), "schema");
	const yaml_node_t *states = get(find("components/schemas/State"), "enum");
	(void)state;

	assert_number(limit, "maximum", API_LIMIT_MAX);
	assert_number(limit, "default", API_LIMIT_DEFAULT);
	assert_int_equal(size(states), RDNS_STATES);
	for (size_t i = 0; i < RDNS_STATES; i++)
		assert_true(has_text(states, rdns_states[i]));
}

static void test_problems(void **state)
{
	const yaml_node_t *problems = find("components/x-problems");
	(void)state;

	for (size_t i = 0; i < API_PROBLEMS; i++) {
		const yaml_node_t *problem = get(problems, api_problem_kinds[i].id);
		assert_non_null(problem);
		assert_number(problem, "status", api_problem_kinds[i].status);
		assert_true(strlen(text(get(problem, "remedy"))) > 0);
	}
	assert_int_equal(size(problems), API_PROBLEMS);
}

/* The keys of @row (of @d, which is freed) are the properties of the schema, and all of them are always there. */
static void assert_row(const char *schema, yyjson_mut_doc *d, yyjson_mut_val *row)
{
	const yaml_node_t *properties = get(find(schema), "properties"), *required = get(find(schema), "required");
	yyjson_mut_val *key, *value;
	size_t i, n;

	yyjson_mut_obj_foreach(row, i, n, key, value) {
		assert_non_null(get(properties, yyjson_mut_get_str(key)));
		assert_true(has_text(required, yyjson_mut_get_str(key)));
		(void)value;
	}
	assert_int_equal(size(properties), n);
	assert_int_equal(size(required), n);
	yyjson_mut_doc_free(d);
}

static void test_rows(void **state)
{
	struct prefix p;
	struct zones_row zone = {.version = 1};
	struct ptrs_row ptr = {.version = 1};
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	(void)state;

	assert_int_equal(prefix_parse("192.0.2.0/24", &p), 0);
	assert_int_equal(delegated_new(&p, REVERSE_RANGE, &zone.delegated), 0);
	assert_row("components/schemas/Delegation", d, zones_row_json(&zone, d));
	delegated_free(zone.delegated);
	ptr.address = p.addr;
	d = yyjson_mut_doc_new(NULL);
	assert_row("components/schemas/Ptr", d, ptrs_row_json(&ptr, d));
}

/* A line of the audit log has them too. */
static void test_change(void **state)
{
	struct audit_line line = {.who = "test", .what = audit_ptr, .subject = "192.0.2.1"};
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(d);
	const yaml_node_t *kinds = get(get(find("components/schemas/Change"), "properties"), "what");
	sqlite3 *db;
	int64_t seq, more;
	(void)state;

	assert_int_equal(db_open(":memory:", rdns_migrations, &db), 0);
	assert_int_equal(audit_db_add(db, &line, &seq), 0);
	assert_int_equal(audit_db_list(db, &(struct audit_filter){.limit = 1}, d, list, &more), 0);
	assert_row("components/schemas/Change", d, yyjson_mut_arr_get_first(list));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_true(has_text(get(kinds, "enum"), audit_delegation) && has_text(get(kinds, "enum"), audit_ptr) &&
	            has_text(get(kinds, "enum"), audit_token));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_change),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
