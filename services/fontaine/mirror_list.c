/* fontaine mirror list, why: how projects are. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/mirror.h"

#include "base/json_write.h"
#include "fontaine/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void print_row(yyjson_val *o, int name_width, int64_t now_s)
{
	char size[MIRROR_SIZE_MAX], good[MIRROR_AGE_MAX], next[MIRROR_AGE_MAX];
	const char *step = mirror_text(o, "step");

	(void)printf("%-*s  %-10s  %-8s %-8s  %-6s  %9s  %8s  %8s  %s\n", name_width, mirror_text(o, "name"),
	             mirror_text(o, "kind"), mirror_text(o, "state"), step, mirror_text(o, "freshness"),
	             mirror_size(yyjson_obj_get(o, "bytes"), size), mirror_age(mirror_number(o, "good"), now_s, good),
	             mirror_age(mirror_number(o, "due"), now_s, next), mirror_text(o, "words"));
}

static void print_table(yyjson_val *list)
{
	int name_width = (int)strlen("project");
	int64_t now_s = time(NULL);
	yyjson_val *o;
	size_t i, n;

	yyjson_arr_foreach(list, i, n, o) {
		int len = (int)strlen(mirror_text(o, "name"));
		name_width = len > name_width ? len : name_width;
	}
	(void)printf("%-*s  %-10s  %-8s %-8s  %-6s  %9s  %8s  %8s  %s\n", name_width, "project", "kind", "state",
	             "step", "tree", "size", "good", "next", "what came of it");
	yyjson_arr_foreach(list, i, n, o) {
		print_row(o, name_width, now_s);
	}
}

int mirror_list(struct mirror_call *m)
{
	struct buf answer;
	int status = mirror_ask(m, "GET", "/api/v1/mirrors", &answer);

	if (status != EXIT_FINE)
		return status;
	yyjson_doc *doc = yyjson_read(buf_text(&answer), answer.len, 0);
	if (m->json)
		(void)printf("%s\n", buf_text(&answer));
	else
		print_table(yyjson_doc_get_root(doc));
	yyjson_doc_free(doc);
	buf_done(&answer);
	return EXIT_FINE;
}

/* Whether nothing is to be done about the project: what goes wrong has a remedy. */
static bool is_well(yyjson_val *o)
{
	return *mirror_text(o, "remedy") == '\0';
}

static void print_state(yyjson_val *o, int64_t now_s)
{
	const char *name = mirror_text(o, "name"), *state = mirror_text(o, "state");
	char age[MIRROR_AGE_MAX];

	if (strcmp(state, "running") == 0)
		(void)printf("%s runs for %s: %s\n", name, mirror_age(mirror_number(o, "began"), now_s, age),
		             mirror_text(o, "step"));
	else if (strcmp(state, "held") == 0)
		(void)printf("%s is held, and waits for you\n", name);
	else if (strcmp(state, "paused") == 0)
		(void)printf("%s is paused by an operator\n", name);
	else
		(void)printf("%s waits; it runs in %s\n", name, mirror_age(mirror_number(o, "due"), now_s, age));
	if (*mirror_text(o, "words") != '\0')
		(void)printf("  why:     %s\n", mirror_text(o, "words"));
	if (!is_well(o))
		(void)printf("  remedy:  %s\n", mirror_text(o, "remedy"));
}

static void print_tree(yyjson_val *o, int64_t now_s)
{
	const char *freshness = mirror_text(o, "freshness");
	char published[MIRROR_AGE_MAX], good[MIRROR_AGE_MAX];

	(void)mirror_age(mirror_number(o, "published"), now_s, published);
	if (mirror_number(o, "published") == 0)
		(void)printf("  tree:    nothing is published yet\n");
	else if (mirror_number(o, "generation") == 0)
		(void)printf("  tree:    published %s ago, in two stages: there is none to go back to\n", published);
	else
		(void)printf("  tree:    generation %" PRId64 ", published %s ago\n", mirror_number(o, "generation"),
		             published);
	if (mirror_number(o, "good") > 0)
		(void)printf("  fresh:   it was as its upstream is %s ago%s\n",
		             mirror_age(mirror_number(o, "good"), now_s, good),
		             strcmp(freshness, "stale") == 0 ? ": stale, for more than three of its intervals" : "");
	if (*mirror_text(o, "upstream") != '\0')
		(void)printf("  from:    %s\n", mirror_text(o, "upstream"));
}

/* The POPs that follow it, and whether they were told of what is published. */
static void print_followers(yyjson_val *o, int64_t now_s)
{
	yyjson_val *f;
	size_t i, n;

	yyjson_arr_foreach(yyjson_obj_get(o, "followers"), i, n, f) {
		char told[MIRROR_AGE_MAX], due[MIRROR_AGE_MAX];
		bool is_waiting = yyjson_get_bool(yyjson_obj_get(f, "waiting"));
		(void)printf("  to:      %s: ", mirror_text(f, "name"));
		if (mirror_number(f, "tries") > 0)
			(void)printf("%" PRId64 " tries failed%s%s: %s\n", mirror_number(f, "tries"),
			             is_waiting ? "; the next is in " : "; that was the last",
			             is_waiting ? mirror_age(mirror_number(f, "due"), now_s, due) : "",
			             mirror_text(f, "words"));
		else if (is_waiting)
			(void)printf("is to be told\n");
		else if (mirror_number(f, "told") > 0)
			(void)printf("told %s ago\n", mirror_age(mirror_number(f, "told"), now_s, told));
		else
			(void)printf("has nothing to be told yet\n");
	}
}

int mirror_why(struct mirror_call *m)
{
	yyjson_doc *doc;
	int status = mirror_ask_project(m, "GET", m->words[0], "", &doc);

	if (status != EXIT_FINE)
		return status;
	yyjson_val *o = yyjson_doc_get_root(doc);
	int64_t now_s = time(NULL);
	status = is_well(o) ? EXIT_FINE : EXIT_FAILED;
	char *json = m->json ? yyjson_write(doc, 0, NULL) : NULL;
	if (json != NULL) {
		(void)printf("%s\n", json);
	} else {
		print_state(o, now_s);
		print_tree(o, now_s);
		print_followers(o, now_s);
	}
	free(json);
	yyjson_doc_free(doc);
	return status;
}
