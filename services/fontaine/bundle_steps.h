/* What a support archive is made of. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_BUNDLE_STEPS_H
#define FONTAINE_FONTAINE_BUNDLE_STEPS_H

#include <stdbool.h>
#include <stddef.h>

enum {
	BUNDLE_WORDS_MAX = 32,
	BUNDLE_STEPS_MAX = 96,
};

/** A program whose output is a file of the archive. */
struct bundle_step {
	char *name;                         /* of the file */
	char *words[BUNDLE_WORDS_MAX];      /* NULL: the POP file, from memory */
	const char *argv[BUNDLE_WORDS_MAX]; /* the same, for child_run() */
	unsigned limit_ms;
	bool is_own; /* the POP's own addresses and names, and nobody else's: they stay in all files */
};

struct bundle_steps {
	struct bundle_step all[BUNDLE_STEPS_MAX];
	size_t n;
};

/** List them: of journals what came since @since, as journalctl(1) takes it; settings by the POP file @pop_path. */
void bundle_steps_init(struct bundle_steps *s, const char *pop_path, const char *since);
void bundle_steps_done(struct bundle_steps *s);

/** What is in no archive. */
struct bundle_left_out {
	const char *what, *why;
};

extern const struct bundle_left_out bundle_left_out[];
extern const size_t bundle_n_left_out;

#endif
