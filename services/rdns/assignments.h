/*
 * Who holds what: prefixes and the members that they are assigned to. They come from the POP
 * file (members' prefixes and peering addresses), a CSV file "prefix,asn,name,contact", and an
 * IX-F Member Export (addresses on the peering LAN). No address belongs to two members. Pure but
 * for assignments_load().
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_ASSIGNMENTS_H
#define FONTAINE_RDNS_ASSIGNMENTS_H

#include "base/pop.h"

enum assignment_source {
	ASSIGNED_IN_POP, /* members[].prefixes */
	ASSIGNED_PEERING,
	ASSIGNED_IN_CSV,
	ASSIGNED_IN_IXF,
};

struct assignment {
	struct prefix prefix;
	uint32_t asn;
	enum assignment_source source;
	unsigned line; /* of the CSV; 0: another source */
};

struct assignee {
	uint32_t asn;
	const char *name;    /* the first source that names it counts, in the order above */
	const char *contact; /* mail address, or NULL */
	size_t place;        /* private */
};

/** Filled and sealed by one thread, then read by any. Opaque; release with assignments_free(). */
struct assignments;

enum { ASSIGNMENTS_ERROR_MAX = 320 };

struct assignments *assignments_new(void); /* never NULL */
void assignments_free(struct assignments *a);

/** Add what the members of @p hold, which was checked with the POP file. */
void assignments_add_pop(struct assignments *a, const struct pop *p);

/**
 * Add the rows of the @len bytes at @text; the first may name the columns. All or nothing counts.
 * Return: 0, or -EINVAL and *reterr = "line 7: what is wrong; remedy".
 */
int assignments_add_csv(struct assignments *a, const char *text, size_t len, char reterr[ASSIGNMENTS_ERROR_MAX]);

/** Add the members and addresses of an IX-F Member Export, followed by a NUL. Return: as above. */
int assignments_add_ixf(struct assignments *a, const char *text, size_t len, char reterr[ASSIGNMENTS_ERROR_MAX]);

/**
 * Make the table ready to be asked; nothing is added after that.
 * Return: 0, or -EINVAL and *reterr when an address belongs to two members, which names both sources.
 */
int assignments_seal(struct assignments *a, char reterr[ASSIGNMENTS_ERROR_MAX]);

/**
 * All that @p names, sealed. It reads files: not for the loop's thread.
 * Return: 0, or a negative errno and *reterr, which begins with the file's path.
 */
int assignments_load(const struct pop *p, struct assignments **ret, char reterr[ASSIGNMENTS_ERROR_MAX]);

/* What is returned below is the table's. */

/** All of them, in the order of prefix_compare(). */
const struct assignment *assignments_all(const struct assignments *a, size_t *ret_n);

/** All members, by AS number, also those without a prefix. */
const struct assignee *assignments_members(const struct assignments *a, size_t *ret_n);

/** The longest one that has all of @p in it, or NULL. */
const struct assignment *assignments_find(const struct assignments *a, const struct prefix *p);

/** The member, or NULL. */
const struct assignee *assignments_member(const struct assignments *a, uint32_t asn);

#endif
