/* SPDX-License-Identifier: MIT */
#include "base/token.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PREFIX "fontaine_"

_Static_assert(TOKEN_LEN == sizeof(PREFIX) - 1 + TOKEN_ID_LEN + 1 + BASE32_LEN(TOKEN_SECRET_BYTES), "with both _");

struct token token_make(void)
{
	uint8_t id[TOKEN_ID_BYTES];
	struct token t;

	arc4random_buf(id, sizeof(id));
	arc4random_buf(t.secret, sizeof(t.secret));
	base32_encode(id, sizeof(id), t.id);
	return t;
}

void token_text(const struct token *t, char ret[TOKEN_LEN + 1])
{
	char secret[BASE32_LEN(TOKEN_SECRET_BYTES) + 1];

	base32_encode(t->secret, sizeof(t->secret), secret);
	(void)snprintf(ret, TOKEN_LEN + 1, PREFIX "%s_%s", t->id, secret);
	explicit_bzero(secret, sizeof(secret));
}

int token_parse(const char *text, size_t len, struct token *ret)
{
	const char *id = text + strlen(PREFIX), *secret = id + TOKEN_ID_LEN + 1;
	uint8_t bytes[TOKEN_ID_BYTES];
	struct token t;

	if (len != TOKEN_LEN || strncasecmp(text, PREFIX, strlen(PREFIX)) != 0 || secret[-1] != '_')
		return -EINVAL;
	if (!base32_decode(id, sizeof(bytes), bytes) || !base32_decode(secret, sizeof(t.secret), t.secret))
		return -EINVAL;
	base32_encode(bytes, sizeof(bytes), t.id); /* in lower case */
	*ret = t;
	return 0;
}
