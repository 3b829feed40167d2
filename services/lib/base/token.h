/*
 * API tokens: "fontaine_abcdefgh_" and 32 digits of a secret, 160 bits of chance. The eight
 * digits are its id, by which it is found and listed; of the secret only argon2_hash() of its
 * bytes is stored.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_TOKEN_H
#define FONTAINE_BASE_TOKEN_H

#include "base/base32.h"

enum {
	TOKEN_ID_BYTES = 5,
	TOKEN_ID_LEN = BASE32_LEN(TOKEN_ID_BYTES),
	TOKEN_SECRET_BYTES = 20,
	TOKEN_LEN = sizeof("fontaine_") + TOKEN_ID_LEN + BASE32_LEN(TOKEN_SECRET_BYTES), /* without the NUL */
};

struct token {
	char id[TOKEN_ID_LEN + 1];
	uint8_t secret[TOKEN_SECRET_BYTES];
};

/** A new one, which nobody can guess. */
struct token token_make(void);

/** Write what its holder is shown, once. */
void token_text(const struct token *t, char ret[TOKEN_LEN + 1]);

/** Read it from the @len bytes at @text, in any case. Return: 0, or -EINVAL when it is none. */
int token_parse(const char *text, size_t len, struct token *ret);

#endif
