/*
 * Which AS announces the prefix of an address, from files in RIS dump format:
 * a line has "ASN<TAB>prefix<TAB>number of peers that see it", the ASN may be a
 * set such as {64500,64501}, '%' starts a comment. Both families, plain or gzip.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_ORIGIN_H
#define FONTAINE_BASE_ORIGIN_H

#include "base/addr.h"

#include <stddef.h>
#include <stdint.h>

/**
 * A table of prefixes: filled and sealed by one thread, then read by any.
 * Opaque; never NULL. 1.2 million prefixes take about 30 MiB once sealed.
 */
struct origin;

/** An empty table with one holder. */
struct origin *origin_new(void);

/** One holder more, or less: the last one's leaving frees the table. Any thread; NULL does nothing. */
struct origin *origin_hold(struct origin *o);
void origin_release(struct origin *o);

/**
 * Add what one line says. Of lines for one prefix, the one that most peers see
 * counts. A default route says nothing about an origin and is left out.
 * Return: 0, also for comments and empty lines; -EINVAL when it is malformed.
 */
int origin_add_line(struct origin *o, const char *line);

/** What became of a file's lines. */
struct origin_report {
	size_t n_routes;        /* lines that say something */
	size_t n_malformed;     /* lines left out */
	size_t first_malformed; /* number of the first of them, from 1; 0: none */
};

/**
 * Add every line of the file @path.
 * Return: 0, -ENODATA when no line of it says anything, -EBADMSG when its
 * compressed data is damaged or cut off, or what opening and reading it said.
 */
int origin_add_file(struct origin *o, const char *path, struct origin_report *ret);

/** Make the table ready for origin_find(); nothing is added after that. Return: its number of prefixes. */
size_t origin_seal(struct origin *o);

/** How many prefixes a sealed table has. */
size_t origin_prefixes(const struct origin *o);

struct origin_match {
	struct prefix prefix;
	const uint32_t *asns; /* the table's; more than one for an AS set */
	size_t n_asns;        /* at least 1 */
};

/** Find the longest prefix around @a. Return: 0, or -ENOENT. */
int origin_find(const struct origin *o, const struct addr *a, struct origin_match *ret);

#endif
