/* Templates: what is shown, what is refused and where. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char view_text[] =
    "{\"a\":\"x\",\"n\":53,\"on\":true,\"off\":false,\"none\":null,\"empty\":[],"
    "\"o\":{\"a\":\"inner\",\"b\":\"y\",\"p\":{\"q\":\"deep\"}},"
    "\"list\":[\"1\",\"2\"],\"rows\":[{\"a\":\"r1\"},{\"b\":\"r2\"}],"
    "\"bad\":\"x; include y\",\"quote\":\"a\\\"b\",\"line\":\"a\\nb\",\"brace\":\"a}b\","
    "\"nothing\":\"\"}";

static const struct {
	const char *template, *expected;
} good[] = {
	{"", ""},
	{"plain { text }\n", "plain { text }\n"},
	{"{{a}} {{n}} {{o.b}} {{o.p.q}}", "x 53 y deep"},
	{"{{#o}}{{a}}{{n}}{{/o}}{{a}}", "inner53x"},
	{"{{#list}}<{{.}}>{{/list}}", "<1><2>"},
	{"{{#rows}}{{a}},{{/rows}}", "r1,x,"}, /* the second row has no "a": the outer one */
	{"{{#on}}yes{{/on}}{{^on}}no{{/on}}", "yes"},
	{"{{#off}}yes{{/off}}{{^off}}no{{/off}}", "no"},
	{"{{#none}}{{#list}}{{unknown}}{{/list}}{{/none}}{{^none}}no{{/none}}", "no"},
	{"{{#empty}}yes{{/empty}}{{^empty}}no{{/empty}}", "no"},
	{"{{#list}}{{#o}}{{b}}{{/o}}{{/list}}", "yy"},
	{"{{! a comment; }}z", "z"},
	{"{{{bad}}}", "x; include y"},
	/* a line of its own goes away, other space stays */
	{"1\n  {{#on}}\n  2\n  {{/on}}\n3\n", "1\n  2\n3\n"},
	{"1\n{{#list}}\n{{.}}\n{{/list}}\n", "1\n1\n2\n"},
	{"1\n{{! comment }}\n2", "1\n2"},
	{"  {{a}}\n", "  x\n"},
	{" {{#on}} a {{/on}} \n", "  a  \n"},
	{"{{#on}}\nlast\n{{/on}}", "last\n"},
};

static const struct {
	const char *template;
	unsigned line;
	const char *what;
} bad[] = {
	{"a\nb {{unknown}}", 2, "no value is called \"unknown\""},
	{"{{#unknown}}{{/unknown}}", 1, "no value is called \"unknown\""},
	{"{{o.c}}", 1, "no value is called \"o.c\""},
	{"\n\n{{a", 3, "the tag is not closed with }}"},
	{"{{{a}}", 1, "the tag is not closed with }}}"},
	{"{{}}", 1, "a tag needs a name in small letters"},
	{"{{ a }}", 1, "a tag needs a name in small letters"},
	{"\n{{#on}}\n", 2, "the section \"on\" is not closed"},
	{"{{/on}}", 1, "{{/on}} closes no section of that name"},
	{"{{#on}}{{#list}}{{/on}}{{/list}}", 1, "{{/on}} closes no section of that name"},
	{"{{o}}", 1, "\"o\" is neither a text nor a number"},
	{"{{none}}", 1, "\"none\" is neither a text nor a number"},
	{"{{bad}}", 1, "\"bad\" has a character that is not allowed here: x; include y"},
	{"{{quote}}", 1, "\"quote\" has a character"},
	{"{{line}}", 1, "\"line\" has a character"},
	{"{{brace}}", 1, "\"brace\" has a character"},
	{"{{nothing}}", 1, "\"nothing\" has a character"},
	{"{{#on}}{{#on}}{{#on}}{{#on}}{{#on}}{{#on}}{{#on}}{{#on}}", 1, "nested too deeply"},
};

struct fixture {
	yyjson_doc *view;
	struct buf out;
	struct template_error error;
};

static int render(struct fixture *f, const char *text, size_t max_bytes)
{
	f->view = yyjson_read(view_text, strlen(view_text), 0);
	assert_non_null(f->view);
	buf_init(&f->out, max_bytes);
	return template_render(text, yyjson_doc_get_root(f->view), &f->out, &f->error);
}

static void done(struct fixture *f)
{
	buf_done(&f->out);
	yyjson_doc_free(f->view);
}

static void test_good(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct fixture f;
		if (render(&f, good[i].template, 1000) < 0)
			fail_msg("%s: %s", good[i].template, f.error.what);
		assert_string_equal(buf_text(&f.out), good[i].expected);
		done(&f);
	}
}

static void test_bad(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct fixture f;
		assert_int_equal(render(&f, bad[i].template, 1000), -EINVAL);
		if (f.error.line != bad[i].line || strstr(f.error.what, bad[i].what) == NULL)
			fail_msg("%s: %u: %s", bad[i].template, f.error.line, f.error.what);
		done(&f);
	}
}

static void test_too_long(void **state)
{
	(void)state;
	struct fixture f;

	assert_int_equal(render(&f, "1\n2{{a}}3456789", 10), -ENOBUFS);
	assert_string_equal(f.error.what, "the result is too long");
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests_name("fontaine/template", tests, NULL, NULL);
}
