/*
 * Whose an address is: who announces its prefix, under which name, and whether the RPKI
 * agrees. From the POP's own files, which are read again when they change.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_WHOSE_H
#define FONTAINE_NET_WHOSE_H

#include "base/buf.h"
#include "base/pop.h"
#include "base/rpki.h"

#include <uv.h>

enum { WHOSE_ASNS_MAX = 8 }; /* told of an AS set */

struct whose; /* opaque; release with whose_free() */

/**
 * @p: of the members' names; @origins: @n paths of files in RIS dump format (base/origin.h);
 * @vrps: of validated ROA payloads (base/rpki.h), or NULL. All borrowed. Never NULL.
 */
struct whose *whose_new(const struct pop *p, const char *const *origins, unsigned n, const char *vrps);
void whose_free(struct whose *w);

/** The folders of the files, NULL-terminated: each file may be replaced by another. They live as long as @w. */
const char *const *whose_read_paths(const struct whose *w);

/** Look at the files now and again (net/prefix_files.h), until whose_unwatch() on the loop's thread. */
void whose_watch(struct whose *w, uv_loop_t *loop);
void whose_unwatch(struct whose *w);

struct whose_as {
	uint32_t asn;
	const char *name;     /* a member's, which lives as long as the whose; or NULL */
	enum rpki_state rpki; /* of the prefix, announced by this AS */
};

struct whose_answer {
	struct prefix prefix;
	enum rpki_state rpki; /* of the route: one to an AS set is nobody's */
	struct whose_as asns[WHOSE_ASNS_MAX];
	size_t n_asns;
};

/** Any thread. Return: 0, or -ENOENT when nothing is known of the address. */
int whose_find(struct whose *w, const struct addr *a, struct whose_answer *ret);

/** The newest table of the origins, for prefix_table_release(); NULL: nothing is known yet. Any thread. */
struct prefix_table *whose_origins(const struct whose *w);

/** Append what is known, and what could not be read, as metrics whose names begin with @daemon. Any thread. */
void whose_metrics(const struct whose *w, struct buf *b, const char *daemon);

#endif
