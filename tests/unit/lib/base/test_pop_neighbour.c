/* Other POPs in the POP file: whom projects follow, who is told, and what every kind of mistake is told. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_neighbour.h"

#include "pop_text.h"

#include <string.h>

#define PROJECTS(keys) \
	"services:\n  pages: {}\n  mirror: {root: /srv, projects: [{name: debian, kind: debian, " keys "}]}\n"
#define FOLLOWS      PROJECTS("follow: paris")
#define OTHERS(keys) "neighbours: [{name: paris, title: P, city: P, country: FR, speedtest: //p.example, " keys "}]\n"

static struct pop *parse(const char *text, struct pop_error *reterr)
{
	return pop_of(reterr, "%s%s", POP_HEAD, text);
}

static void test_a_project_follows(void **state)
{
	static const struct {
		const char *text, *first, *second;
	} cases[] = {
		{FOLLOWS OTHERS("mirror: {pages: //www.paris.example}"), "rsync://www.paris.example/debian/", NULL},
		{FOLLOWS OTHERS("mirror: {pages: \"https://p.example:444\"}"), "rsync://p.example/debian/",
	         NULL},
		{FOLLOWS OTHERS("mirror: {pages: \"//[2001:db8::1]\"}"), "rsync://[2001:db8::1]/debian/", NULL},
		{FOLLOWS OTHERS("mirror: {pages: //www.paris.example, rsync: \"rsync://rsync.paris.example:8873\"}"),
	         "rsync://rsync.paris.example:8873/debian/", NULL},
		{PROJECTS("follow: paris, upstreams: [\"rsync://ftp.example/debian/\"]")
	             OTHERS("mirror: {pages: //www.paris.example}"),
	         "rsync://www.paris.example/debian/", "rsync://ftp.example/debian/"},
	};
	struct pop_error e;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct pop *p = parse(cases[i].text, &e);
		if (p == NULL)
			fail_msg("%zu: %u:%u: %s", i, e.line, e.column, e.what);
		const struct pop_mirror_project *debian = &p->services->mirror->projects[0];
		assert_int_equal(debian->n_upstreams, cases[i].second == NULL ? 1 : 2);
		assert_string_equal(debian->upstreams[0], cases[i].first);
		if (cases[i].second != NULL)
			assert_string_equal(debian->upstreams[1], cases[i].second);
		assert_non_null(pop_neighbour_find(p, "paris"));
		assert_null(pop_neighbour_find(p, "lyon"));
		pop_free(p);
	}
}

static void test_who_is_told(void **state)
{
	struct pop_error e;
	struct pop *p = parse(PROJECTS("upstreams: [\"rsync://ftp.example/debian/\"]")
	                          OTHERS("prefixes: [192.0.2.0/24, \"2001:db8::/32\"], "
	                                 "mirror: {pages: //www.paris.example, push: [debian]}"),
	                      &e);
	(void)state;

	if (p == NULL)
		fail_msg("%u:%u: %s", e.line, e.column, e.what);
	assert_int_equal(p->neighbours[0].n_prefixes, 2);
	assert_int_equal(p->neighbours[0].mirror->n_push, 1);
	assert_string_equal(p->neighbours[0].mirror->push[0], "debian");
	pop_free(p);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text, *what, *remedy;
	} mistakes[] = {
		{FOLLOWS OTHERS("prefixes: [192.0.2.0/24]"),
	         "services.mirror.projects[0].follow: no neighbour \"paris\" has mirrors", "neighbours"},
		{FOLLOWS, "projects[0].follow: no neighbour \"paris\" has mirrors", "where its \"mirror\" is"},
		{"services:\n  pages: {}\n  mirror: {root: /srv, projects: [{name: own, kind: command, command: /a, "
	         "follow: paris}]}\n" OTHERS("mirror: {pages: //p.example}"),
	         "projects[0].follow: a program fetches it", "kind"},
		{FOLLOWS OTHERS("mirror: {}"), "neighbours[0].mirror.pages: missing", "\"pages\""},
		{FOLLOWS OTHERS("mirror: {pages: www.paris.example}"),
	         "neighbours[0].mirror.pages: \"www.paris.example\" is not the address of a POP's pages", "//www"},
		{FOLLOWS OTHERS("mirror: {pages: \"http://www.paris.example\"}"), "is not the address of a POP's pages",
	         "https"},
		{FOLLOWS OTHERS("mirror: {pages: \"//p.example:8443\"}"), "is not the address of a POP", "https"},
		{FOLLOWS OTHERS("mirror: {pages: //www.paris.example/}"), "is not the address of a POP", "//www"},
		{FOLLOWS OTHERS("mirror: {pages: //p.example, rsync: //p.example}"),
	         "neighbours[0].mirror.rsync: \"//p.example\" is not an rsync daemon", "without a module"},
		{FOLLOWS OTHERS("mirror: {pages: //p.example, rsync: \"rsync://p.example/debian\"}"),
	         "is not an rsync daemon", "without a module"},
		{FOLLOWS OTHERS("mirror: {pages: //p.example, push: [ubuntu]}"),
	         "neighbours[0].mirror.push[0]: \"ubuntu\" is no project of this POP", "services.mirror.projects"},
		{FOLLOWS OTHERS("mirror: {pages: //p.example, push: [debian, debian]}"),
	         "neighbours[0].mirror.push[1]: \"debian\" is listed twice", "remove one"},
		{FOLLOWS OTHERS("prefixes: [192.0.2.1/24], mirror: {pages: //p.example}"),
	         "neighbours[0].prefixes[0]: \"192.0.2.1/24\" has bits set", "192.0.2.0/24"},
		{FOLLOWS OTHERS("asns: [23456], mirror: {pages: //p.example}"), "asns[0]: AS23456 is reserved",
	         "own AS number"},
		{FOLLOWS "neighbours:\n  - &p {name: paris, title: P, city: P, country: FR, speedtest: //p.example}\n"
	                 "  - *p\n",
	         "neighbours[1].name: \"paris\" is listed twice", "another name"},
	};
	struct pop_error e;
	(void)state;

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		assert_null(parse(mistakes[i].text, &e));
		if (strstr(e.what, mistakes[i].what) == NULL || strstr(e.remedy, mistakes[i].remedy) == NULL)
			fail_msg("%zu: %s: %s", i, e.what, e.remedy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_project_follows),
		cmocka_unit_test(test_who_is_told),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests_name("base/pop_neighbour", tests, NULL, NULL);
}
