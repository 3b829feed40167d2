/*
 * All sessions and ports that are watched: what sources say of them, and of which something is to be told. A source
 * that does not answer says nothing: unknown is not down. When much of a source goes down at once, or it has been
 * started anew, its members are told only of what stays down long after; operators are told at once. In maintenance
 * nothing is told of a network, and after it what is otherwise than was told. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_SUBJECTS_H
#define FONTAINE_PEERS_SUBJECTS_H

#include "peers/watched.h"

#include <stddef.h>

enum {
	SUBJECTS_MAX = 20000,
	SUBJECT_SOURCE_MAX = 64, /* bytes of names, with their NUL */
	SUBJECT_NAME_MAX = 96,
	SUBJECT_ERROR_MAX = 128,
	SUBJECT_STARTED_MAX = 48,
	SUBJECTS_AT_ONCE_S = 60,    /* what goes down within it has a common cause, */
	SUBJECTS_AT_ONCE = 3,       /* if it is as many */
	SUBJECTS_AT_ONCE_SHARE = 4, /* and one of so many at least */
	SUBJECTS_GATHER_S = 10,     /* what is due so soon is told with what is due now */
	SUBJECTS_KEEP_S = 86400,    /* one that no source has any more */
};

/** One session or port, as a source has it now. */
struct subject_seen {
	char name[SUBJECT_NAME_MAX];    /* of the protocol or port, unique in its source */
	char address[SUBJECT_NAME_MAX]; /* of a session: of the neighbour; "" */
	char error[SUBJECT_ERROR_MAX];  /* why it is down, as the source has it; "" */
	uint32_t asn;                   /* whose it is; 0: nobody's that is known */
	bool is_up;
};

/** What one source said. */
struct look {
	const char *source; /* its name; borrowed */
	bool is_bird;       /* else its subjects are ports */
	bool has_answered;
	char error[SUBJECT_ERROR_MAX];     /* why not */
	char started[SUBJECT_STARTED_MAX]; /* when it was started; "" where it does not say */
	struct subject_seen *all;          /* owned by whoever made it; put in order by subjects_apply() */
	size_t n;
};

struct subject {
	char source[SUBJECT_SOURCE_MAX];
	bool is_session; /* else a port */
	struct subject_seen seen;
	struct watched w;
	int64_t missing_s; /* since when its source, which answers, does not have it; 0: it does */
	/* Of the last round. */
	bool is_listed, is_changed, is_told, is_gone;
	enum watched_told was; /* what was told before, when is_told */
	unsigned n_changes;    /* that there were since, when it flaps or has flapped */
};

/** What operators are to know of a source. */
enum subjects_event {
	SUBJECTS_NOTHING,
	SUBJECTS_RESTARTED, /* it has been started anew */
	SUBJECTS_FELL,      /* much of it went down at once */
	SUBJECTS_SILENT,    /* it has not answered for too long */
	SUBJECTS_ANSWERS,   /* it does again */
};

struct subjects_source {
	char name[SUBJECT_SOURCE_MAX];
	char started[SUBJECT_STARTED_MAX];
	char error[SUBJECT_ERROR_MAX]; /* "" when it answered last */
	int64_t answered_s;            /* when it did last, not to the second */
	int64_t calm_until_s;          /* nobody is told before that what of it is down */
	bool is_silent;                /* operators know */
	/* Of the last round. */
	bool is_listed; /* else the POP has it no more, and it is to be forgotten */
	bool is_changed;
	enum subjects_event event;
	size_t n_fell, n; /* of the event; of all */
};

struct subjects {
	struct subject *all; /* by source and name */
	size_t n;
	struct subjects_source *sources;
	size_t n_sources;
	uint32_t *quiet; /* AS numbers of networks that are in maintenance now; 0: all are */
	size_t n_quiet;
};

struct subjects_rules {
	struct watched_rules watched;
	unsigned restart_s, stale_s;
};

/** Take @looks in, and find what is to be told: is_told of subjects, event of sources. What is_gone is forgotten. */
void subjects_apply(struct subjects *s, struct look *looks, size_t n, int64_t now_s,
                    const struct subjects_rules *rules);

/** Whether what is known of @source is still good. */
bool subjects_source_is_fresh(const struct subjects_source *source, int64_t now_s, unsigned stale_s);

/** Return: the source, or NULL. */
struct subjects_source *subjects_source(const struct subjects *s, const char *name);

/** Free what @s has, not @s. */
void subjects_done(struct subjects *s);

#endif
