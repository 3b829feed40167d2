/* The commands of fontaine-mirror(1), which ask mirrord by its socket. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_MIRROR_H
#define FONTAINE_FONTAINE_MIRROR_H

#include "fontaine/api_client.h"
#include "fontaine/command_group.h"

#include <stdbool.h>
#include <yyjson.h>

/** One call of a command. */
struct mirror_call {
	const struct subcommand *command;
	struct api_client api;
	bool json, follow;
	const char *number; /* of --run or --to; NULL: it is not said */
	const char *span;   /* of --span, or NULL */
	const char *const *words;
	size_t n_words;
};

/** Each is the run of a row in mirror.c, but for the options, which are read. Return: the exit status. */
int mirror_list(struct mirror_call *m);
int mirror_why(struct mirror_call *m);
int mirror_wish(struct mirror_call *m); /* start, stop, hold, release, rollback */
int mirror_log(struct mirror_call *m);
int mirror_push(struct mirror_call *m);
int mirror_traffic(struct mirror_call *m);

/** GET or POST @path below the API. Return: EXIT_FINE, the reply in @answer; or another one, explained. */
int mirror_ask(struct mirror_call *m, const char *method, const char *path, struct buf *answer);

/** The same for a project: @what is "", "/runs", "/log?run=7"; *ret for yyjson_doc_free(). */
int mirror_ask_project(struct mirror_call *m, const char *method, const char *project, const char *what,
                       yyjson_doc **ret);

/** A member of what mirrord says; "" and 0 for null. */
const char *mirror_text(yyjson_val *o, const char *key);
int64_t mirror_number(yyjson_val *o, const char *key);

enum {
	MIRROR_AGE_MAX = 24,
	MIRROR_SIZE_MAX = 16,
};

/** "5 min", "3 h" between two times; "-" when @at_s is 0. */
const char *mirror_age(int64_t at_s, int64_t now_s, char ret[MIRROR_AGE_MAX]);

/** "596 GiB"; "-" when @bytes are not known. */
const char *mirror_size(yyjson_val *bytes, char ret[MIRROR_SIZE_MAX]);

#endif
