/* A result as people read it, on its page and in its picture: texts and numbers in their language. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_CARD_H
#define FONTAINE_SPEEDTEST_CARD_H

#include "base/language.h"
#include "speedtest/result.h"

enum card_figure_name {
	CARD_DOWNLOAD,
	CARD_UPLOAD,
	CARD_LATENCY,
	CARD_JITTER,
	CARD_DOWNLOAD_ADDED,
	CARD_UPLOAD_ADDED,
	CARD_FIGURES,
};

struct card_figure {
	const char *label; /* "Download" */
	char value[16];    /* "94.3"; an en dash when it is not known */
	const char *unit;  /* "Mbit/s" */
};

/** What was measured over one family. */
struct card_family {
	const char *name; /* "IPv4" */
	struct card_figure figures[CARD_FIGURES];
	const char *grade; /* "A+" to "F", or "" */
};

struct card {
	enum language language;
	const char *title; /* of the POP; borrowed */
	char date[48];     /* "21 November 2026, 07:36 UTC" */
	struct card_family families[RESULT_FAMILIES];
	unsigned n_families;
	char loss[16]; /* "0.5", in percent; "" when it is not known */
};

/** Fill the card of a result of @time (Unix seconds) at the POP called @title (borrowed). */
void card_of(const struct result *r, int64_t time, const char *title, enum language language, struct card *ret);

/** "IPv4: 94.3 Mbit/s download, 20.1 Mbit/s upload, 12 ms latency": each family, in one line. */
void card_sentence(const struct card *c, char *ret, size_t size);

#endif
