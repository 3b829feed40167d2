/* The suites of a Debian archive: the folders below dists that have an InRelease or a Release. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_SUITES_H
#define FONTAINE_MIRROR_SUITES_H

#include "mirror/verify.h"

enum { SUITES_MAX = 1000 };

struct suite {
	char *folder;                                   /* "dists/trixie" */
	bool has_inrelease, has_release, has_signature; /* InRelease, Release, Release.gpg */
};

/** Sorted by folder. Links to suites, such as "stable", are none. */
struct suites {
	struct suite *all;
	size_t n;
};

/** Find those of v->suites. Return: 0 or -ECANCELED; release with suites_done(). */
int suites_find(struct verify *v, struct suites *ret);
void suites_done(struct suites *s);

#endif
