/*
 * Text that may leave the POP: without its secrets, and with other words for the addresses and names of whoever
 * is not the POP's own. The same client has the same word in all texts that one struct scrub has had, whichever
 * way it is written; nobody can tell who it is once the key is gone. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_SCRUB_H
#define FONTAINE_FONTAINE_SCRUB_H

#include "base/buf.h"
#include "fontaine/scrub_forms.h"

#include <stdint.h>

/** What is shorter is in too many words to be looked for. */
enum { SCRUB_SECRET_MIN = 6 };

struct scrub; /* opaque; release with scrub_free() */

/** @key: chance, which is forgotten with the rest. */
struct scrub *scrub_new(const uint64_t key[2]);
void scrub_free(struct scrub *s);

/** Let no @len bytes as @secret (copied) be in a text. Return: 0, or -EINVAL: shorter than SCRUB_SECRET_MIN. */
int scrub_add_secret(struct scrub *s, const char *secret, size_t len);

/** Let stay what addresses and names are in @text, but for mail addresses; a prefix as a prefix only. */
void scrub_keep(struct scrub *s, const char *text, size_t len);

/**
 * Append @text to @out as it may leave. Nothing may be added or kept any more.
 * Return: 0; -ENOBUFS past @out's limit; or -ELOOP: what comes of it has such things again and again.
 */
int scrub_text(struct scrub *s, const char *text, size_t len, struct buf *out);

/** Look for what scrub_text() leaves in no text. Return: whether there is something, and its kind. */
bool scrub_finds(struct scrub *s, const char *text, size_t len, enum scrub_kind *ret);

/** "secret", "mail", "mac", "ipv4", "ipv6", "host" */
const char *scrub_kind_word(enum scrub_kind kind);

/** How many of @kind were replaced so far. */
uint64_t scrub_count(const struct scrub *s, enum scrub_kind kind);

#endif
