/*
 * Happy path: a token that was shown before is known (net/bearer.h); another one is looked up in the database, its
 * secret checked, and noted as used. Whoever is known is still looked up for each request, so that a token that was
 * revoked is worth nothing from then on.
 *
 * Failures: no token, one that is none, unknown, revoked or wrong, all get the same reply. Too many that
 * have to be checked, of one client or at once, get 429 or 503.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/auth.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/bearer.h"
#include "rdns/cookie.h"
#include "rdns/members_db.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* One attempt to find out who asks; owned by the call until it ends. */
struct attempt {
	struct api_call *call;
	void (*on_known)(struct api_call *c);
	struct token token;
	bool is_new; /* it has to be checked */
	struct token_row row;
	struct member member;
};

/* Let go of the attempt. Return: its call. */
static struct api_call *end(struct attempt *t)
{
	struct api_call *c = t->call;

	OPENSSL_cleanse(t, sizeof(*t));
	free(t);
	c->data = NULL;
	return c;
}

static void fail(struct attempt *t)
{
	struct api_call *c = end(t);

	bearer_count_failed(c->d->bearer);
	api_call_refuse(c, REFUSAL_UNKNOWN);
}

/* The token is good. */
static void succeed(struct attempt *t)
{
	void (*on_known)(struct api_call *c) = t->on_known;
	struct caller *caller = &t->call->caller;
	const struct token_row *row = &t->row;

	memcpy(caller->token, t->token.id, sizeof(caller->token));
	caller->member = row->member;
	if (row->member == 0) {
		caller->who = (struct who){.role = ROLE_OPERATOR};
		(void)snprintf(caller->text, sizeof(caller->text), "operator, token %s", row->label);
	} else {
		caller->who = (struct who){ROLE_MEMBER, t->member.asn, t->member.frozen_since != 0};
		(void)snprintf(caller->name, sizeof(caller->name), "%s", t->member.name);
		(void)snprintf(caller->text, sizeof(caller->text), "AS%" PRIu32 ", token %s", t->member.asn,
		               row->label);
	}
	on_known(end(t));
}

static int note_use(sqlite3 *db, struct api_call *c)
{
	const struct attempt *t = c->data;

	return token_db_used(db, t->token.id, time(NULL));
}

static void on_noted(struct api_call *c, int rc)
{
	if (rc < 0)
		log_warn("tokens: the use of one could not be noted: %s", strerror(-rc));
	succeed(c->data);
}

static void on_checked(void *data, int rc)
{
	struct attempt *t = data;

	if (rc < 0)
		fail(t);
	else
		api_call_store(t->call, note_use, on_noted);
}

static int find(sqlite3 *db, struct api_call *c)
{
	struct attempt *t = c->data;
	int rc = token_db_get(db, t->token.id, &t->row);

	return rc == 0 && t->row.member != 0 ? members_db_get(db, t->row.member, &t->member) : rc;
}

static void on_found(struct api_call *c, int rc)
{
	struct attempt *t = c->data;
	struct rdnsd *d = c->d;

	if (rc < 0 && rc != -ENOENT) {
		api_call_fail(end(t), rc);
	} else if (rc < 0 || t->row.revoked != 0) {
		bearer_forget(d->bearer, t->token.id);
		fail(t);
	} else if (!t->is_new) {
		succeed(t);
	} else if (bearer_check(d->bearer, d->loop, &t->token, t->row.hash, on_checked, t) < 0) {
		api_call_problem(end(t), API_BUSY, "");
	}
}

const char *auth_cookie(const struct http_request *r)
{
	return bearer_text(r) != NULL ? NULL : cookie_find(http_request_header(r, "Cookie"));
}

/* Whether the origin "https://host:port" is the host that @r was sent to, as far as nginx tells. */
static bool is_our_origin(const struct http_request *r, const char *origin)
{
	static const char scheme[] = "https://";
	const char *host = http_request_header(r, "Host");
	size_t len = host == NULL ? 0 : strlen(host);

	if (strncmp(origin, scheme, strlen(scheme)) != 0 || len == 0)
		return false;
	origin += strlen(scheme);
	return strncasecmp(origin, host, len) == 0 && (origin[len] == '\0' || origin[len] == ':');
}

/*
 * Whether @r, which changes something, may have been made by another site's page: the browser says so, or the
 * session's CSRF token is not with it (RFC 6265, 8.2).
 */
static bool is_forged(const struct sessions *s, const struct http_request *r, const char *secret)
{
	const char *site = http_request_header(r, "Sec-Fetch-Site"), *origin = http_request_header(r, "Origin");

	if ((site != NULL && strcmp(site, "same-origin") != 0) || (origin != NULL && !is_our_origin(r, origin)))
		return true;
	return !sessions_csrf_holds(s, secret, SESSION_SECRET_LEN, http_request_header(r, "X-CSRF-Token"));
}

static struct attempt *begin(struct api_call *c, void (*on_known)(struct api_call *c))
{
	struct attempt *t = mem_new(sizeof(*t));

	c->data = t;
	t->call = c;
	t->on_known = on_known;
	return t;
}

void auth_find_token(struct api_call *c, const char *text, void (*on_known)(struct api_call *c))
{
	struct attempt *t = begin(c, on_known);
	struct api_problem limited = {.id = API_LIMITED};

	switch (bearer_read(c->d->bearer, text, &c->request->client, &t->token, &limited.wait_s)) {
	case BEARER_NEW:
		t->is_new = true;
		api_call_store(c, find, on_found);
		break;
	case BEARER_KNOWN:
		api_call_store(c, find, on_found);
		break;
	case BEARER_NONE:
		fail(t);
		break;
	case BEARER_LIMITED:
		api_call_reply_problem(end(t), &limited);
		break;
	}
}

static void find_session(struct api_call *c, const char *secret, void (*on_known)(struct api_call *c))
{
	const struct sessions *s = c->d->sessions;
	const char *id = sessions_find(s, SESSION_COOKIE, secret, SESSION_SECRET_LEN, rdnsd_now_s());
	struct attempt *t = begin(c, on_known);

	if (id == NULL) {
		fail(t);
	} else if (c->request->method != HTTP_METHOD_GET && c->request->method != HTTP_METHOD_HEAD &&
	           is_forged(s, c->request, secret)) {
		api_call_refuse(end(t), REFUSAL_FORGED);
	} else {
		memcpy(t->token.id, id, sizeof(t->token.id));
		api_call_store(c, find, on_found);
	}
}

void auth_find(struct api_call *c, void (*on_known)(struct api_call *c))
{
	const char *token = bearer_text(c->request), *secret = auth_cookie(c->request);

	if (token == NULL && secret != NULL)
		find_session(c, secret, on_known);
	else
		auth_find_token(c, token != NULL ? token : "", on_known);
}
