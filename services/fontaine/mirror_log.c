/* fontaine mirror log: the runs of a project, and what their programs said. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/mirror.h"

#include "base/utc.h"
#include "fontaine/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	LOOK_MS = 500,
	PATH_MAX_BYTES = 160,
};

/* Print what it does until no run goes on. Return: an exit status. */
static int follow(struct mirror_call *m)
{
	char step[16] = "";
	bool is_running = true;

	while (is_running) {
		yyjson_doc *doc;
		int status = mirror_ask_project(m, "GET", m->words[0], "", &doc);
		if (status != EXIT_FINE)
			return status;
		yyjson_val *o = yyjson_doc_get_root(doc);
		is_running = strcmp(mirror_text(o, "state"), "running") == 0;
		if (is_running && strcmp(step, mirror_text(o, "step")) != 0) {
			(void)snprintf(step, sizeof(step), "%s", mirror_text(o, "step"));
			(void)printf("%s\n", step);
			(void)fflush(stdout);
		}
		yyjson_doc_free(doc);
		if (is_running)
			(void)usleep(1000 * LOOK_MS);
	}
	return EXIT_FINE;
}

static void print_run(yyjson_val *run)
{
	char began[UTC_TEXT_MAX];
	int64_t generation = mirror_number(run, "generation"), ended = mirror_number(run, "ended");
	const char *outcome = mirror_text(run, "outcome");

	(void)printf("%6" PRId64 "  %s  %6" PRId64 " s  %-13s  ", mirror_number(run, "id"),
	             utc_text(mirror_number(run, "began"), began),
	             ended == 0 ? 0 : ended - mirror_number(run, "began"), *outcome == '\0' ? "goes on" : outcome);
	if (generation > 0)
		(void)printf("generation %" PRId64 ": ", generation);
	(void)printf("%s\n", mirror_text(run, "words"));
}

/* What the programs of a run said. */
static int print_log(struct mirror_call *m, const char *id)
{
	char path[PATH_MAX_BYTES];
	struct buf answer;

	(void)snprintf(path, sizeof(path), "/api/v1/mirrors/%s/log?run=%s", m->words[0], id);
	int status = mirror_ask(m, "GET", path, &answer);
	if (status != EXIT_FINE)
		return status;
	const char *text = answer.data == NULL ? "" : answer.data;
	size_t len = strlen(text);
	if (len > 0)
		(void)printf("\nWhat the programs of run %s said:\n%s%s", id, text, text[len - 1] == '\n' ? "" : "\n");
	buf_done(&answer);
	return EXIT_FINE;
}

int mirror_log(struct mirror_call *m)
{
	yyjson_doc *doc;
	yyjson_val *run;
	size_t i, n;
	char newest[24];
	int status = m->follow ? follow(m) : EXIT_FINE;

	if (status == EXIT_FINE)
		status = mirror_ask_project(m, "GET", m->words[0], "/runs", &doc);
	if (status != EXIT_FINE)
		return status;
	yyjson_val *runs = yyjson_doc_get_root(doc);
	char *json = m->json ? yyjson_write(doc, 0, NULL) : NULL;
	(void)snprintf(newest, sizeof(newest), "%" PRId64, mirror_number(yyjson_arr_get_first(runs), "id"));
	bool has_runs = yyjson_arr_size(runs) > 0;
	if (json != NULL)
		(void)printf("%s\n", json);
	else if (!has_runs && m->number == NULL)
		(void)printf("%s has never run\n", m->words[0]);
	yyjson_arr_foreach(runs, i, n, run) {
		if (json == NULL)
			print_run(run);
	}
	yyjson_doc_free(doc);
	if (json == NULL && (has_runs || m->number != NULL))
		status = print_log(m, m->number != NULL ? m->number : newest);
	free(json);
	return status;
}
