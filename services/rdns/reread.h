/*
 * What has changed when the assignments were read again: of members, beside those that are
 * stored, and of prefixes, beside the table before. Nothing is deleted for what vanished. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_REREAD_H
#define FONTAINE_RDNS_REREAD_H

#include "rdns/assignments.h"

enum member_event {
	MEMBER_NEW, /* to be stored */
	MEMBER_RENAMED,
	MEMBER_VANISHED, /* to be frozen: it changes nothing any more, and what it has stays */
	MEMBER_BACK,     /* no longer frozen; perhaps renamed */
};

extern const char *const member_event_names[]; /* "new", "renamed", "vanished", "back" */

/** A member as it is stored. */
struct known_member {
	uint32_t asn;
	const char *name;
	bool is_frozen;
};

/** @name: the one to store, borrowed; of a vanished member the one it had. */
typedef void (*reread_on_member)(enum member_event event, uint32_t asn, const char *name, void *data);

/** Tell what is new of the members in @a beside the @n ones at @known, which are in order of AS number. */
void reread_members(const struct known_member *known, size_t n, const struct assignments *a,
                    reread_on_member on_member, void *data);

/** @before NULL: assigned; @after NULL: withdrawn; both: to another member. Borrowed. */
typedef void (*reread_on_assignment)(const struct assignment *before, const struct assignment *after, void *data);

/** Tell what is other in @after than in @before (NULL: there was none), in order of prefixes. */
void reread_assignments(const struct assignments *before, const struct assignments *after,
                        reread_on_assignment on_assignment, void *data);

#endif
