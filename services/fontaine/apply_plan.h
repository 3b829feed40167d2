/* What a new POP file changes in a POP that runs, and how each server takes it. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_APPLY_PLAN_H
#define FONTAINE_FONTAINE_APPLY_PLAN_H

#include "base/pop.h"
#include "fontaine/fileset.h"

#include <yyjson.h>

enum apply_how {
	APPLY_UNCHANGED,
	APPLY_RELOAD,  /* what is under way goes on */
	APPLY_RESTART, /* its sockets stay with systemd */
};

struct apply_change {
	const char *service; /* "resolver", as in the POP file */
	const char *unit;    /* "unbound.service" */
	enum apply_how how;
	const char *because; /* the first that differs: a file of fontaine render, or the POP file */
};

enum { APPLY_CHANGES_MAX = 16,
       APPLY_WHAT_MAX = 160 };

struct apply_plan {
	struct apply_change changes[APPLY_CHANGES_MAX]; /* of each service that is on, in the order of telling */
	size_t n;
	bool is_any;                  /* anything differs at all */
	bool has_new_keys;            /* zones or keys have to be made before Knot finds all that it reads */
	char refused[APPLY_WHAT_MAX]; /* what cannot be changed while the POP runs; "" when all can be */
};

/** A POP file, and what comes of it: files of the stock servers, and what systemd is told at boot. */
struct apply_side {
	char *text;
	struct pop *pop;
	struct fileset rendered, generated;
};

/** Say what differs. The plan borrows names of @old's and @new's. */
void apply_plan(const struct apply_side *old, const struct apply_side *new, struct apply_plan *ret);

extern const char apply_refusal_remedy[];

/** "unchanged", "reloaded", "restarted". */
const char *apply_how_word(enum apply_how how);

/** As one object for each service; owned by @d, texts of @plan borrowed. */
yyjson_mut_val *apply_plan_json(yyjson_mut_doc *d, const struct apply_plan *plan);

#endif
