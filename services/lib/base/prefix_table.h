/*
 * What is known of prefixes of both families, found by address. Files of lines fill
 * a table, plain or gzip; what a line says, each kind of table knows (base/origin.h,
 * base/rpki.h).
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_PREFIX_TABLE_H
#define FONTAINE_BASE_PREFIX_TABLE_H

#include "base/addr.h"

#include <stddef.h>
#include <stdint.h>

/**
 * A table of prefixes: filled and sealed by one thread, then read by any.
 * Opaque; never NULL. 1.2 million prefixes take about 30 MiB once sealed.
 */
struct prefix_table;

struct prefix_table_kind {
	const char *name; /* of what it tells, for the log: "origins" */
	/** Add what one line says. Return: 1; 0 when it says nothing; -EINVAL when it is malformed. */
	int (*add_line)(struct prefix_table *t, const char *line);
	bool keeps_repeated; /* all that is said of one prefix; else only what has the highest rank */
};

/** An empty table with one holder. */
struct prefix_table *prefix_table_new(const struct prefix_table_kind *kind);

/** One holder more, or less: the last one's leaving frees the table. Any thread; NULL does nothing. */
struct prefix_table *prefix_table_hold(struct prefix_table *t);
void prefix_table_release(struct prefix_table *t);

/** Add what one line says, as the kind's add_line. */
int prefix_table_add_line(struct prefix_table *t, const char *line);

/** What became of a file's lines. */
struct prefix_report {
	size_t n_used;          /* lines that say something */
	size_t n_malformed;     /* lines left out */
	size_t first_malformed; /* number of the first of them, from 1; 0: none */
};

/**
 * Add every line of the file @path.
 * Return: 0, -ENODATA when no line of it says anything, -EBADMSG when its
 * compressed data is damaged or cut off, or what opening and reading it said.
 */
int prefix_table_add_file(struct prefix_table *t, const char *path, struct prefix_report *ret);

/** Make the table ready to be asked; nothing is added after that. Return: how many prefixes it has. */
size_t prefix_table_seal(struct prefix_table *t);

/** How many prefixes a sealed table has. */
size_t prefix_table_size(const struct prefix_table *t);

/* For the kinds. */

/** Of @p, say @n words; of what is said of one prefix, the highest @rank comes first. */
void prefix_table_add(struct prefix_table *t, const struct prefix *p, uint32_t rank, const uint32_t *words, size_t n);

struct prefix_found {
	struct prefix prefix;
	const uint32_t *words; /* the table's */
	size_t n_words;
	uint32_t place; /* private */
};

/** Find the longest prefix around @a. Return: whether there is one. */
bool prefix_table_find(const struct prefix_table *t, const struct addr *a, struct prefix_found *ret);

/** After that, what else is said of the same prefix, then the next shorter one. */
bool prefix_table_next(const struct prefix_table *t, struct prefix_found *f);

/* Each returns what follows in @text, or NULL when it is not what it must be, or is NULL itself. */

/** Read a number of 32 bits. */
const char *prefix_line_u32(const char *text, uint32_t *ret);

/** Read a prefix up to @end, which is passed. */
const char *prefix_line_prefix(const char *text, char end, struct prefix *ret);

#endif
