/*
 * How one session or port is, and what has been told of it: what goes down is told when it stays down, what comes back
 * when it stays up, and what does neither is told once as flapping, until it is calm. Pure; times are Unix seconds.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_WATCHED_H
#define FONTAINE_PEERS_WATCHED_H

#include <stdbool.h>
#include <stdint.h>

enum { WATCHED_FLAPS = 6 }; /* as many changes without calm_s between them are flapping: down and up three times */

/** What was told last. */
enum watched_told {
	WATCHED_NOTHING, /* it has never been up: nobody waits for it */
	WATCHED_UP,
	WATCHED_DOWN,
	WATCHED_FLAPPING,
	WATCHED_STATES,
};

/** "new", "up", "down", "flapping", and a NULL. */
extern const char *const watched_words[WATCHED_STATES + 1];

struct watched_rules {
	unsigned down_s, up_s; /* that it stays so before it is told */
	unsigned calm_s;       /* without a change, after which it does not flap any more */
};

struct watched {
	bool is_up;
	int64_t since_s; /* it is so */
	enum watched_told told;
	unsigned changes;  /* of the last time, each within calm_s of the one before */
	int64_t changes_s; /* since when they are counted */
};

/** One that is seen for the first time. */
struct watched watched_first(bool is_up, int64_t now_s);

/**
 * It is seen again. @counts: a change counts for flapping, as it does not when much else changes as well.
 * Return: whether it has changed.
 */
bool watched_see(struct watched *w, bool is_up, bool counts, int64_t now_s, const struct watched_rules *rules);

/** What is to be told of it now: w->told when nothing is. */
enum watched_told watched_due(const struct watched *w, int64_t now_s, const struct watched_rules *rules);

/** It is told. */
void watched_tell(struct watched *w, enum watched_told told);

#endif
