/*
 * Happy path: the token is looked up in the database, its secret checked unless it was shown before, and its use
 * noted. Who is known is still looked up for each request, so that a revoked token is worth nothing from then on.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/auth.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/bearer.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SESSIONS_MAX = 256 };

struct auth {
	struct engine *engine;
	struct sessions *sessions;
	struct bearer *bearer;
};

struct attempt {
	struct auth *auth;
	uv_loop_t *loop;
	struct token token;
	bool is_new; /* its secret has to be checked */
	struct auth_known known;
	void (*on_known)(void *data, const struct auth_known *known);
	void *data;
};

struct auth *auth_new(struct engine *e)
{
	struct auth *a = mem_new(sizeof(*a));

	a->engine = e;
	a->sessions = sessions_new(SESSIONS_MAX);
	a->bearer = bearer_new(a->sessions);
	return a;
}

void auth_free(struct auth *a)
{
	bearer_free(a->bearer);
	sessions_free(a->sessions);
	free(a);
}

/** Say what came of it; the engine has waited for that. */
static void end(struct attempt *t, int rc)
{
	struct engine *e = t->auth->engine;

	t->known.rc = rc;
	if (rc == -EACCES)
		bearer_count_failed(t->auth->bearer);
	t->on_known(t->data, &t->known);
	OPENSSL_cleanse(t, sizeof(*t));
	free(t);
	engine_settle(e);
}

static int note_use(sqlite3 *db, void *data)
{
	const struct attempt *t = data;

	return tokens_db_used(db, t->token.id, time(NULL));
}

static void on_noted(void *data, int rc)
{
	struct attempt *t = data;
	struct engine *e = t->auth->engine;

	if (rc < 0)
		log_warn("tokens: the use of one could not be noted: %s", strerror(-rc));
	end(t, 0);
	engine_settle(e);
}

static void on_checked(void *data, int rc)
{
	struct attempt *t = data;

	if (rc == 0)
		rc = engine_store(t->auth->engine, note_use, on_noted, t);
	if (rc < 0)
		end(t, rc);
}

static int find(sqlite3 *db, void *data)
{
	struct attempt *t = data;

	return tokens_db_get(db, t->token.id, &t->known.token);
}

static void on_found(void *data, int rc)
{
	struct attempt *t = data;
	struct auth *a = t->auth;
	struct engine *e = a->engine;

	if (rc == 0 && t->known.token.is_revoked)
		rc = -ENOENT;
	if (rc == -ENOENT)
		bearer_forget(a->bearer, t->token.id);
	if (rc == 0 && t->is_new)
		rc = bearer_check(a->bearer, t->loop, &t->token, t->known.token.hash, on_checked, t) < 0 ? -EAGAIN : 0;
	else if (rc == 0)
		end(t, 0);
	if (rc < 0)
		end(t, rc == -ENOENT ? -EACCES : rc);
	engine_settle(e);
}

void auth_find(struct auth *a, uv_loop_t *loop, const char *text, const struct addr *client,
               void (*on_known)(void *data, const struct auth_known *known), void *data)
{
	struct attempt *t = mem_new(sizeof(*t));
	int rc = 0;

	*t = (struct attempt){.auth = a, .loop = loop, .on_known = on_known, .data = data};
	engine_await(a->engine);
	switch (bearer_read(a->bearer, text != NULL ? text : "", client, &t->token, &t->known.wait_s)) {
	case BEARER_NEW:
		t->is_new = true;
		rc = engine_store(a->engine, find, on_found, t);
		break;
	case BEARER_KNOWN:
		rc = engine_store(a->engine, find, on_found, t);
		break;
	case BEARER_NONE:
		rc = -EACCES;
		break;
	case BEARER_LIMITED:
		rc = -EDQUOT;
		break;
	}
	if (rc < 0)
		end(t, rc);
}

void auth_metrics(const struct auth *a, struct buf *b)
{
	bearer_metrics(a->bearer, "mirrord", b);
}
