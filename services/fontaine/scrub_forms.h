/*
 * What tells whose a text is: addresses of every kind in the forms that programs write them in, and what is
 * written where secrets are. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_SCRUB_FORMS_H
#define FONTAINE_FONTAINE_SCRUB_FORMS_H

#include <stdbool.h>
#include <stddef.h>

/** What takes the place of a secret, and so is none. */
#define SCRUB_SECRET_WORD "{secret}"

enum scrub_kind {
	SCRUB_SECRET,
	SCRUB_MAIL,
	SCRUB_MAC,
	SCRUB_IPV4,
	SCRUB_IPV6,
	SCRUB_HOST,
	SCRUB_KINDS
};

enum { SCRUB_ID_MAX = 256 };

/** Something in a text. */
struct scrub_form {
	enum scrub_kind kind;
	size_t skip;                    /* bytes before it that tell what it is, and may stay */
	size_t len;                     /* its own */
	int prefix_len;                 /* what follows the slash behind an address; -1: nothing */
	unsigned char id[SCRUB_ID_MAX]; /* the same for all ways to write it, but for secrets, which have none */
	size_t id_len;
};

/** Find what begins at @text[@at]; what is before that may be looked at. Return: whether something does. */
bool scrub_form_at(const char *text, size_t len, size_t at, struct scrub_form *ret);

#endif
