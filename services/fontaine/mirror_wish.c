/* fontaine mirror start, stop, hold, release, rollback, push: what is wanted of projects. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/mirror.h"

#include "fontaine/command.h"
#include "fontaine/pushed.h"

#include <stdio.h>
#include <stdlib.h>

enum { WHAT_MAX_BYTES = 64 };

/* Wish for what the command is called, and print how the project is then. */
static int wish(struct mirror_call *m, const char *project, const char *what)
{
	yyjson_doc *doc;
	int status = mirror_ask_project(m, "POST", project, what, &doc);

	if (status != EXIT_FINE)
		return status;
	yyjson_val *o = yyjson_doc_get_root(doc);
	const char *state = mirror_text(o, "state"), *remedy = mirror_text(o, "remedy");
	bool is_wanted = yyjson_get_bool(yyjson_obj_get(o, "wanted"));
	(void)printf("%s: %s%s\n", project, state, is_wanted ? ", and runs as soon as there is room" : "");
	if (*remedy != '\0')
		(void)printf("  %s\n", remedy);
	yyjson_doc_free(doc);
	return EXIT_FINE;
}

int mirror_wish(struct mirror_call *m)
{
	char what[WHAT_MAX_BYTES];
	int worst = EXIT_FINE;

	(void)snprintf(what, sizeof(what), "/%s%s%s", m->command->name, m->number != NULL ? "?generation=" : "",
	               m->number != NULL ? m->number : "");
	for (size_t i = 0; i < m->n_words; i++) {
		int status = wish(m, m->words[i], what);
		worst = status > worst ? status : worst;
	}
	return worst;
}

int mirror_push(struct mirror_call *m)
{
	const char *said = getenv("SSH_ORIGINAL_COMMAND"), *project = NULL; /* sshd(8) */

	switch (pushed_read(said, m->words, m->n_words, &project)) {
	case PUSHED_NOW:
		return wish(m, project, "/push");
	case PUSHED_LATER:
		(void)printf("%s: all of it is fetched and published at stage 2\n", project);
		return EXIT_FINE;
	case PUSHED_REFUSED:
		break;
	}
	(void)fprintf(stderr, "fontaine mirror push: not understood\n  say sync:all, sync:stage1, sync:stage2,"
	                      " sync:mhop, sync:callback, sync:archive:PROJECT of those that this key may push\n");
	return EXIT_WRONG_INPUT;
}
