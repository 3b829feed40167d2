/*
 * One change on its way from the database into DNS: what is to be done next, after all that can happen.
 * The database is the truth: it has the change before anything is sent, and what was there before it again
 * before anything is undone. So whatever is cut off in between, it says what to repair (change_begin()).
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_CHANGE_H
#define FONTAINE_RDNS_CHANGE_H

#include <stdbool.h>

enum {
	CHANGE_ASKS_MAX = 3,         /* until what is not served counts as not taken */
	CHANGE_ASKS_MAX_HIDDEN = 50, /* the same of what is hidden until the server has dropped a zone */
	CHANGE_WAIT_MS = 100,
};

/** As the database has it. */
enum change_state {
	CHANGE_WRITTEN,
	CHANGE_SENT,
	CHANGE_VERIFIED,
	CHANGE_ROLLED_BACK,
};

enum change_step {
	CHANGE_SEND, /* the update */
	CHANGE_NOTE, /* note_state, in the database */
	CHANGE_ASK,  /* what is served */
	CHANGE_WAIT, /* CHANGE_WAIT_MS */
	CHANGE_UNDO, /* send what was there before */
	CHANGE_OVER,
	CHANGE_STEPS,
};

/** What came of a step. */
enum change_event {
	CHANGE_DONE,       /* taken, noted, or waited */
	CHANGE_REFUSED,    /* the server took nothing */
	CHANGE_UNREACHED,  /* nothing was sent */
	CHANGE_UNANSWERED, /* sent, and nobody knows */
	CHANGE_UNWRITABLE, /* the database takes nothing */
	CHANGE_SERVED,     /* the server has it */
	CHANGE_UNSERVED,   /* it has something else, or does not answer */
	CHANGE_EVENTS,
};

/** How it ended. */
enum change_end {
	CHANGE_LIVE,    /* noted, and seen in DNS */
	CHANGE_FAILED,  /* all is as before; why says what happened */
	CHANGE_PENDING, /* the database has it and could not note that DNS does not: to be begun again */
};

struct change {
	enum change_step step;
	enum change_state note_state; /* of CHANGE_NOTE */
	enum change_event why;        /* of what is rolled back */
	enum change_end end;          /* of CHANGE_OVER */
	/* May be set after change_begin(): another zone of the server answers for what is changed. It cannot be asked
	 * whether it has taken what it has not confirmed. */
	bool is_hidden;
	bool may_be_served; /* it was sent, and not refused */
	bool is_drifting;   /* DNS may have what the database has not: the zone is to be reconciled */
	unsigned n_asks;
};

/** Begin, or begin again after a restart, with the state that the database has. */
void change_begin(struct change *c, enum change_state noted, bool is_again);

/** The step ended so; c->step is the next one. Only events that the step can have. */
void change_on(struct change *c, enum change_event e);

#endif
