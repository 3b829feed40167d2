/*
 * Downloads counted, in memory whose size is fixed: for metrics since the start, and for the database since the
 * last time. Of more networks than there is room for, those that come last count as one. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_TRAFFIC_TABLE_H
#define FONTAINE_MIRROR_TRAFFIC_TABLE_H

#include "base/buf.h"
#include "base/pop.h"
#include "mirror/tallies.h"
#include "mirror/traffic_line.h"

enum {
	TRAFFIC_CELLS_MAX = 4096,   /* of an hour, besides those of no network */
	TRAFFIC_NETWORKS_MAX = 256, /* that metrics name */
	TRAFFIC_OTHERS = 0,         /* the AS number of networks that are not known, or too many */
};

/** What is counted. */
struct traffic_hit {
	unsigned project; /* traffic_table_project() */
	unsigned family;  /* 4 or 6 */
	enum traffic_protocol protocol;
	unsigned status; /* first digit; 0: there is none */
	uint32_t asn;    /* or TRAFFIC_OTHERS */
	struct traffic_counts counts;
};

/** What one network has had of one project, by one family. */
struct traffic_cell {
	const char *project; /* the POP file's */
	unsigned family;
	uint32_t asn;
	struct traffic_counts counts;
};

struct traffic_table; /* opaque; release with traffic_table_free() */

/** For the projects of @m (borrowed). Never NULL. */
struct traffic_table *traffic_table_new(const struct pop_mirror *m);
void traffic_table_free(struct traffic_table *t);

/** Find the project @name. Return: whether there is one. */
bool traffic_table_project(const struct traffic_table *t, const char *name, unsigned *ret);

/** How many projects there are, and the name of each. */
size_t traffic_table_size(const struct traffic_table *t);
const char *traffic_table_name(const struct traffic_table *t, unsigned project);

void traffic_table_count(struct traffic_table *t, const struct traffic_hit *hit);

/** What was counted since the last time. Return: how many cells; *ret is for free(). */
size_t traffic_table_take(struct traffic_table *t, struct traffic_cell **ret);

/** Make room for the networks of another hour; what was not taken is gone. */
void traffic_table_next_hour(struct traffic_table *t);

void traffic_table_metrics(const struct traffic_table *t, struct buf *b);

#endif
