/* Shapes of JSON: what does not fit is named. */
/* SPDX-License-Identifier: MIT */
#include "base/json_shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct json_field point_fields[] = {
	{"x", JSON_NUMBER, .max = 10},
	{"y", JSON_NUMBER, .min = -1, .max = 1},
	{0},
};
static const char *const colours[] = {"red", "green", NULL};
static const struct json_field fields[] = {
	{"n", JSON_NUMBER, .min = 1, .max = 2},
	{"title", JSON_TEXT, .max = 4},
	{"address", .kind = JSON_ADDRESS},
	{"colour", JSON_WORD, .words = colours},
	{"reason", .kind = JSON_NAME},
	{"point", JSON_OBJECT, .fields = point_fields},
	{"samples", JSON_NUMBERS, .max = 5, .max_count = 3},
	{"points", JSON_OBJECTS, .max_count = 2, .fields = point_fields},
	{"map", JSON_MAP, .max = 5, .max_count = 2},
	{"works", .kind = JSON_BOOL},
	{"words", JSON_TEXTS, .max = 4, .max_count = 2},
	{0},
};

/* @json has ' for ", which C would have escaped. */
static const char *check(const char *json, char error[JSON_SHAPE_ERROR_MAX])
{
	char quoted[512];

	(void)snprintf(quoted, sizeof(quoted), "%s", json);
	for (char *quote = quoted; (quote = strchr(quote, '\'')) != NULL;)
		*quote = '"';
	yyjson_doc *doc = yyjson_read(quoted, strlen(quoted), 0);
	assert_non_null(doc);
	strcpy(error, "");
	int rc = json_shape_check(yyjson_doc_get_root(doc), fields, "it", error);
	yyjson_doc_free(doc);
	assert_int_equal(rc, *error == '\0' ? 0 : -EINVAL);
	return error;
}

static void test_what_fits(void **state)
{
	static const char *const good[] = {
		"{}", "{'n':1,'title':'four','address':'2001:db8::1','colour':'green','reason':'too-late'}",
		"{'n':null,'title':null,'address':null,'colour':null,'reason':null,'point':null,"
		"'samples':null,'points':null,'map':null}",
		"{'point':{'x':0,'y':-1.0},'samples':[],'points':[{'x':10},{}],'map':{'rtt_ms':5,'b':null}}",
		"{'n':1.5,'samples':[0,1,5],'map':{}}",
		"{'works':true,'words':['four','']}", "{'works':false,'words':[],'reason':'ipv6-6to4'}"};
	char error[JSON_SHAPE_ERROR_MAX];
	(void)state;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_string_equal(check(good[i], error), "");
}

static void test_what_does_not(void **state)
{
	static const struct {
		const char *json, *error;
	} cases[] = {
		{"[]", "it: must be an object"},
		{"{'n':0}", "n: must be a number from 1 to 2"},
		{"{'n':2.1}", "n: must be a number from 1 to 2"},
		{"{'n':'1'}", "n: must be a number from 1 to 2"},
		{"{'n':true}", "n: must be a number from 1 to 2"},
		{"{'title':'a five'}", "title: must be a text of at most 4 bytes"},
		{"{'title':1}", "title: must be a text of at most 4 bytes"},
		{"{'address':'host.example'}", "address: must be an address such as 192.0.2.1 or 2001:db8::1"},
		{"{'colour':'blue'}", "colour: must be one of red, green"},
		{"{'colour':1}", "colour: must be one of red, green"},
		{"{'n':1,'title':'','n':1}", "n: must be there only once"},
		{"{'point':{'x':1,'x':null}}", "point.x: must be there only once"},
		{"{'works':1}", "works: must be true or false"},
		{"{'words':'four'}", "words: must be a list of at most 2"},
		{"{'words':['','','']}", "words: must be a list of at most 2"},
		{"{'words':['four','fives']}", "words[1]: must be a text of at most 4 bytes"},
		{"{'words':[1]}", "words[0]: must be a text of at most 4 bytes"},
		{"{'reason':'<script>'}", "reason: must be a word of lower-case letters and digits"},
		{"{'reason':'no\\u0000ne'}", "reason: must be a word of lower-case letters and digits"},
		{"{'point':[]}", "point: must be an object"},
		{"{'point':{'x':11}}", "point.x: must be a number from 0 to 10"},
		{"{'point':{'z':1}}", "point.z: is not a known field"},
		{"{'unknown':1}", "unknown: is not a known field"},
		{"{'<b>':1}", "?: is not a known field"},
		{"{'':1}", "?: is not a known field"},
		{"{'a\\nb':1}", "?: is not a known field"},
		{"{'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa':1}", "?: is not a known field"},
		{"{'samples':[1,2,3,4]}", "samples: must be a list of at most 3"},
		{"{'samples':{}}", "samples: must be a list of at most 3"},
		{"{'samples':[1,6]}", "samples[1]: must be a number from 0 to 5"},
		{"{'samples':[null]}", "samples[0]: must be a number from 0 to 5"},
		{"{'points':[{},{'y':2}]}", "points[1].y: must be a number from -1 to 1"},
		{"{'points':[1]}", "points[0]: must be an object"},
		{"{'map':{'a':1,'b':2,'c':3}}", "map: must be an object of at most 2 numbers"},
		{"{'map':{'a':'b'}}", "map.a: must be a number from 0 to 5"},
		{"{'map':{'<':1}}", "map.?: must have a name of letters, digits and underscores, at most 32"},
	};
	char error[JSON_SHAPE_ERROR_MAX];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(check(cases[i].json, error), cases[i].error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_fits),
		cmocka_unit_test(test_what_does_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
