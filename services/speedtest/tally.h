/*
 * How much arrived of each upload test, whatever connection and worker it came
 * in on: the receiver's own count, which the page shows. Any thread may call.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_TALLY_H
#define FONTAINE_SPEEDTEST_TALLY_H

#include <stddef.h>
#include <stdint.h>

/** A test is named by its client: 128 random bits as 32 lower-case hexadecimal digits. */
enum { TALLY_ID_DIGITS = 32 };

enum { TALLY_KEEP_MS = 60000 }; /* a test nobody adds to is forgotten after it */

struct tally;       /* opaque; release with tally_free() */
struct tally_entry; /* one test; opaque */

/** Room for at least @tests at once. Never NULL. */
struct tally *tally_new(size_t tests);
void tally_free(struct tally *t);

/**
 * The test named @id, started if need be; give it back with tally_put().
 * Return: NULL when @id is no name of a test, or when there is no room.
 */
struct tally_entry *tally_get(struct tally *t, const char *id, uint64_t now_ms);
void tally_put(struct tally *t, struct tally_entry *e, uint64_t now_ms);

void tally_add(struct tally_entry *e, size_t bytes);

/** Return: 0 with the count so far, or -ENOENT. */
int tally_read(struct tally *t, const char *id, uint64_t *ret_bytes);

#endif
