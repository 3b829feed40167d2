/*
 * What has to be told to a POP that follows one of our projects: that something new is published. Whoever is away is
 * told later, each time after a longer rest, and not for ever: it comes by itself at its interval. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_PUSH_H
#define FONTAINE_MIRROR_PUSH_H

#include <stddef.h>
#include <stdint.h>

enum {
	PUSH_REST_MIN_S = 4,
	PUSH_REST_MAX_S = 3600,
	PUSH_TRIES_MAX = 20, /* some ten hours */
	PUSH_WORDS_MAX = 160,
};

enum push_outcome {
	PUSH_TOLD,
	PUSH_HELD,   /* it is held there, and runs when it is released */
	PUSH_FAILED, /* it is tried again */
	PUSH_GIVEN_UP,
	PUSH_OUTCOMES,
};

extern const char *const push_outcome_names[PUSH_OUTCOMES];

/** What one follower is to be told of one project. Times are Unix seconds; 0: never. */
struct push {
	int64_t wanted;             /* the run whose publication it is to be told; 0: nothing */
	unsigned tries;             /* that failed */
	int64_t due_s;              /* not before; 0: at once */
	int64_t told_s;             /* the last time it was */
	char words[PUSH_WORDS_MAX]; /* why it was not, for people; "" when it was */
};

/** Another POP that follows a project. */
struct follower {
	const char *name; /* of the POP, borrowed */
	size_t neighbour; /* its place in the POP file */
	struct push push;
};

/**
 * Take up what came of a push: @status of HTTP, or 0 with @why there is none. @random as arc4random_uniform(3).
 */
enum push_outcome push_note(struct push *p, int status, const char *why, int64_t now_s,
                            uint32_t (*random)(uint32_t bound));

#endif
