/* Whose a token is that a request shows (net/bearer.h): the operators', or one that pushes a single project. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_AUTH_H
#define FONTAINE_MIRROR_AUTH_H

#include "mirror/engine.h"
#include "mirror/tokens_db.h"

struct auth; /* opaque; release with auth_free() when the engine has ended */

/** Tokens are looked up in the database of @e (borrowed). Never NULL. */
struct auth *auth_new(struct engine *e);
void auth_free(struct auth *a);

struct auth_known {
	int rc;          /* 0; -EACCES: no token, or none that is good; -EDQUOT: tried too often; or a negative errno */
	unsigned wait_s; /* of -EDQUOT */
	struct token_row token;
};

/** Tell @on_known, now or later on @loop, whose token @text (NULL: none is shown) of @client is. */
void auth_find(struct auth *a, uv_loop_t *loop, const char *text, const struct addr *client,
               void (*on_known)(void *data, const struct auth_known *known), void *data);

void auth_metrics(const struct auth *a, struct buf *b);

#endif
