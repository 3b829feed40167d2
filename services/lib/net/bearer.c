/* SPDX-License-Identifier: MIT */
#include "net/bearer.h"

#include "base/argon2.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "net/limit.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Tokens of one client that have to be checked: so many at once, then one every TRY_EVERY_S. */
enum {
	TRIES_BURST = 20,
	TRY_EVERY_S = 5,
	TRY_CLIENTS = 4096, /* remembered */
	CHECKS_MAX = 16,    /* at once: each takes 20 MiB */
	NAME_MAX_BYTES = 64,
};

struct bearer {
	struct sessions *sessions;
	struct limit *tries;
	unsigned n_checks;
	uint64_t n_failed, n_limited;
};

struct bearer *bearer_new(struct sessions *sessions)
{
	struct bearer *b = mem_new(sizeof(*b));

	b->sessions = sessions;
	b->tries = limit_new((struct limit_rate){1, TRIES_BURST}, TRY_CLIENTS);
	return b;
}

void bearer_free(struct bearer *b)
{
	limit_free(b->tries);
	free(b);
}

const char *bearer_text(const struct http_request *r)
{
	static const char scheme[] = "Bearer ";
	const char *value = http_request_header(r, "Authorization");

	if (value == NULL || strncasecmp(value, scheme, strlen(scheme)) != 0)
		return NULL;
	value += strlen(scheme);
	return value + strspn(value, " ");
}

/** The clock of sessions: seconds that never go back. */
static uint64_t now_s(void)
{
	return uv_hrtime() / 1000000000;
}

enum bearer_shown bearer_read(struct bearer *b, const char *text, const struct addr *client, struct token *ret,
                              unsigned *reterr_wait_s)
{
	char own[TOKEN_LEN + 1]; /* as we write it */
	uint32_t wait_ms;

	if (token_parse(text, strlen(text), ret) < 0)
		return BEARER_NONE;
	token_text(ret, own);
	bool is_known = sessions_find(b->sessions, SESSION_TOKEN, own, TOKEN_LEN, now_s()) != NULL;
	OPENSSL_cleanse(own, sizeof(own));
	if (is_known)
		return BEARER_KNOWN;
	if (limit_take(b->tries, client, uv_hrtime() / 1000000 / TRY_EVERY_S, &wait_ms) == 0)
		return BEARER_NEW;
	b->n_limited++;
	*reterr_wait_s = wait_ms * TRY_EVERY_S / 1000 + 1;
	return BEARER_LIMITED;
}

struct check {
	struct bearer *bearer;
	struct token token;
	char hash[ARGON2_TEXT_MAX];
	uv_work_t work;
	int rc;
	void (*on_checked)(void *data, int rc);
	void *data;
};

static void check(uv_work_t *work)
{
	struct check *c = work->data;

	c->rc = argon2_check(c->token.secret, sizeof(c->token.secret), c->hash);
}

static void on_work_done(uv_work_t *work, int status)
{
	struct check *c = work->data;
	struct bearer *b = c->bearer;
	char text[TOKEN_LEN + 1];
	(void)status; /* nothing is cancelled */

	b->n_checks--;
	if (c->rc == 0) {
		token_text(&c->token, text);
		sessions_start(b->sessions, SESSION_TOKEN, text, TOKEN_LEN, c->token.id, now_s());
		OPENSSL_cleanse(text, sizeof(text));
	}
	void (*on_checked)(void *data, int rc) = c->on_checked;
	void *data = c->data;
	int rc = c->rc == 0 ? 0 : -EACCES;
	OPENSSL_cleanse(c, sizeof(*c));
	free(c);
	on_checked(data, rc);
}

int bearer_check(struct bearer *b, uv_loop_t *loop, const struct token *t, const char *hash,
                 void (*on_checked)(void *data, int rc), void *data)
{
	if (b->n_checks >= CHECKS_MAX)
		return -EBUSY;
	struct check *c = mem_new(sizeof(*c));
	*c = (struct check){.bearer = b, .token = *t, .on_checked = on_checked, .data = data};
	(void)snprintf(c->hash, sizeof(c->hash), "%s", hash);
	c->work.data = c;
	b->n_checks++;
	(void)uv_queue_work(loop, &c->work, check, on_work_done); /* fails without a function only */
	return 0;
}

void bearer_count_failed(struct bearer *b)
{
	b->n_failed++;
}

void bearer_forget(struct bearer *b, const char *id)
{
	sessions_end_token(b->sessions, id);
}

void bearer_metrics(const struct bearer *b, const char *daemon, struct buf *text)
{
	char name[NAME_MAX_BYTES];

	(void)snprintf(name, sizeof(name), "%s_tokens_failed_total", daemon);
	metrics_family(text, name, METRICS_COUNTER, "Requests without a valid token.");
	metrics_u64(text, name, "", b->n_failed);
	(void)snprintf(name, sizeof(name), "%s_tokens_limited_total", daemon);
	metrics_family(text, name, METRICS_COUNTER, "Requests refused to clients that tried too many tokens.");
	metrics_u64(text, name, "", b->n_limited);
}
