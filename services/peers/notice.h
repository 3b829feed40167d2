/* What members and operators are told of sessions and ports: the words, in French and English, and the JSON. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_NOTICE_H
#define FONTAINE_PEERS_NOTICE_H

#include "base/language.h"
#include "base/pop.h"
#include "peers/subjects.h"

/** All borrowed. */
struct notice_about {
	const struct pop *pop;
	uint32_t asn;     /* 0: it is the operators' */
	const char *name; /* of the network; NULL: the operators', or it has none */
	const struct subject *const *changes;
	size_t n_changes;
	const struct subjects_source *const *events; /* of sources, for operators */
	size_t n_events;
	bool is_test; /* nothing has happened */
	int64_t now_s;
};

/** Owned: notice_done(). */
struct notice {
	char *subject, *text; /* of a mail: one line; lines ended by LF */
};

struct notice notice_words(const struct notice_about *a, enum language language);
void notice_done(struct notice *n);

/** The body of a webhook, released with free(). */
char *notice_json(const struct notice_about *a);

#endif
