/*
 * Happy path: a token that was shown before is known by its MAC (rdns/session.h); another one is looked up in
 * the database, its secret checked on a thread of libuv's, and noted as used. Whoever is known is still
 * looked up for each request, so that a token that was revoked is worth nothing from then on.
 *
 * Failures: no token, one that is none, unknown, revoked or wrong, all get the same reply. Too many that
 * have to be checked, of one client or at once, get 429 or 503.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/auth.h"

#include "base/argon2.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "net/limit.h"
#include "rdns/members_db.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* Tokens of one client that have to be checked: so many at once, then one every TRY_EVERY_S. */
enum {
	TRIES_BURST = 20,
	TRY_EVERY_S = 5,
	TRY_CLIENTS = 4096, /* remembered */
	CHECKS_MAX = 16,    /* at once: each takes 20 MiB */
};

struct auth {
	struct limit *tries;
	unsigned n_checks;
	uint64_t n_failed, n_limited;
};

struct auth *auth_new(void)
{
	struct auth *a = mem_new(sizeof(*a));

	a->tries = limit_new((struct limit_rate){1, TRIES_BURST}, TRY_CLIENTS);
	return a;
}

void auth_free(struct auth *a)
{
	limit_free(a->tries);
	free(a);
}

/* One attempt to find out who asks; owned by the call until it ends. */
struct attempt {
	struct api_call *call;
	void (*on_known)(struct api_call *c);
	struct token token;
	char text[TOKEN_LEN + 1]; /* of a token that has to be checked; else "" */
	struct token_row row;
	struct member member;
	uv_work_t work;
	int rc; /* of the check */
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

	c->d->auth->n_failed++;
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

static void check(uv_work_t *work)
{
	struct attempt *t = work->data;

	t->rc = argon2_check(t->token.secret, sizeof(t->token.secret), t->row.hash);
}

static void on_checked(uv_work_t *work, int status)
{
	struct attempt *t = work->data;
	struct rdnsd *d = t->call->d;
	(void)status;

	d->auth->n_checks--;
	if (t->rc < 0) {
		fail(t);
		return;
	}
	sessions_start(d->sessions, SESSION_TOKEN, t->text, TOKEN_LEN, t->token.id, rdnsd_now_s());
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
	struct auth *a = c->d->auth;

	if (rc < 0 && rc != -ENOENT) {
		api_call_fail(end(t), rc);
	} else if (rc < 0 || t->row.revoked != 0) {
		sessions_end_token(c->d->sessions, t->token.id);
		fail(t);
	} else if (t->text[0] == '\0') {
		succeed(t);
	} else if (a->n_checks >= CHECKS_MAX) {
		api_call_problem(end(t), API_BUSY, "");
	} else {
		a->n_checks++;
		t->work.data = t;
		(void)uv_queue_work(c->d->loop, &t->work, check, on_checked); /* fails without a function only */
	}
}

/* Whether the client may have one more token checked; if not, it is replied to. */
static bool may_try(struct attempt *t)
{
	struct auth *a = t->call->d->auth;
	uint32_t wait_ms;

	if (limit_take(a->tries, &t->call->request->client, uv_hrtime() / 1000000 / TRY_EVERY_S, &wait_ms) == 0)
		return true;
	a->n_limited++;
	api_call_reply_problem(end(t), &(struct api_problem){.id = API_LIMITED,
	                                                     .wait_s = wait_ms * TRY_EVERY_S / 1000 + 1});
	return false;
}

/* The token of "Authorization: Bearer TOKEN" (RFC 6750, 2.1); NULL: there is none. */
static const char *bearer(const struct http_request *r)
{
	static const char scheme[] = "Bearer ";
	const char *value = http_request_header(r, "Authorization");

	if (value == NULL || strncasecmp(value, scheme, strlen(scheme)) != 0)
		return NULL;
	value += strlen(scheme);
	return value + strspn(value, " ");
}

const char *auth_cookie(const struct http_request *r)
{
	return bearer(r) != NULL ? NULL : session_cookie_find(http_request_header(r, "Cookie"));
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

	if (token_parse(text, strlen(text), &t->token) < 0) {
		fail(t);
		return;
	}
	if (sessions_find(c->d->sessions, SESSION_TOKEN, text, TOKEN_LEN, rdnsd_now_s()) == NULL) {
		memcpy(t->text, text, TOKEN_LEN);
		if (!may_try(t))
			return;
	}
	api_call_store(c, find, on_found);
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
	const char *token = bearer(c->request), *secret = auth_cookie(c->request);

	if (token == NULL && secret != NULL)
		find_session(c, secret, on_known);
	else
		auth_find_token(c, token != NULL ? token : "", on_known);
}

void auth_metrics(const struct auth *a, struct buf *b)
{
	metrics_family(b, "rdnsd_tokens_failed_total", METRICS_COUNTER, "Requests without a valid token.");
	metrics_u64(b, "rdnsd_tokens_failed_total", "", a->n_failed);
	metrics_family(b, "rdnsd_tokens_limited_total", METRICS_COUNTER,
	               "Requests refused to clients that tried too many tokens.");
	metrics_u64(b, "rdnsd_tokens_limited_total", "", a->n_limited);
}
