/* fontaine mirror log: the runs of a project, and what their programs said. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/mirror.h"

#include "base/utc.h"
#include "fontaine/command.h"
#include "fontaine/log_new.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	LOOK_MS = 500,
	PATH_MAX_BYTES = 160,
};

/* What the programs of run @id said, or of "0", the newest, in @answer. Return: as mirror_ask(). */
static int ask_log(struct mirror_call *m, const char *id, struct buf *answer)
{
	char path[PATH_MAX_BYTES];

	(void)snprintf(path, sizeof(path), "/api/v1/mirrors/%s/log?run=%s", m->words[0], id);
	return mirror_ask(m, "GET", path, answer);
}

/* What is followed. */
struct following {
	struct buf shown; /* the log, at the last look */
	char step[16];
	bool is_running;
};

/* Print what was said since the last look. */
static int print_new(struct mirror_call *m, struct following *f)
{
	struct buf log;
	int status = ask_log(m, "0", &log);

	if (status != EXIT_FINE)
		return status;
	(void)fputs(log_new(buf_text(&f->shown), buf_text(&log)), stdout);
	(void)fflush(stdout);
	buf_done(&f->shown);
	f->shown = log;
	return EXIT_FINE;
}

/* One look. A run that has ended is looked at once more: its last words are in its log by then. */
static int look(struct mirror_call *m, struct following *f)
{
	yyjson_doc *doc;
	bool was_running = f->is_running;
	int status = mirror_ask_project(m, "GET", m->words[0], "", &doc);

	if (status != EXIT_FINE)
		return status;
	yyjson_val *o = yyjson_doc_get_root(doc);
	f->is_running = strcmp(mirror_text(o, "state"), "running") == 0;
	if (f->is_running && strcmp(f->step, mirror_text(o, "step")) != 0) {
		(void)snprintf(f->step, sizeof(f->step), "%s", mirror_text(o, "step"));
		(void)printf("%s\n", f->step);
	}
	yyjson_doc_free(doc);
	return f->is_running || was_running ? print_new(m, f) : EXIT_FINE;
}

/* Print what it does, and what its programs say, until no run goes on. */
static int follow(struct mirror_call *m, bool *ret_is_shown)
{
	struct following f = {.is_running = false};
	int status = look(m, &f);

	*ret_is_shown = f.is_running;
	while (status == EXIT_FINE && f.is_running) {
		(void)usleep(1000 * LOOK_MS);
		status = look(m, &f);
	}
	if (f.shown.len > 0 && f.shown.data[f.shown.len - 1] != '\n')
		(void)printf("\n");
	buf_done(&f.shown);
	return status;
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
	struct buf answer;
	int status = ask_log(m, id, &answer);

	if (status != EXIT_FINE)
		return status;
	const char *text = buf_text(&answer);
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
	bool is_shown = false;
	int status = m->follow ? follow(m, &is_shown) : EXIT_FINE;

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
	if (json == NULL && !is_shown && (has_runs || m->number != NULL))
		status = print_log(m, m->number != NULL ? m->number : newest);
	free(json);
	return status;
}
