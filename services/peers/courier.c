/*
 * courier_look() takes what is due out of the outbox, send() hands it to the web client, and what comes of it,
 * on_answer(), is noted before the next is taken.
 */
/* SPDX-License-Identifier: MIT */
#include "peers/courier.h"

#include "base/backoff.h"
#include "base/language.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/pop_notices.h"
#include "peers/mail.h"
#include "peers/outbox_db.h"
#include "peers/signature.h"
#include "sys/credential.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	TURN_MS = 1000,
	WHY_MAX = 160,
	HEADER_MAX = 128,
	REPLY_MAX_BYTES = 64 << 10, /* which nobody reads */
};

struct courier {
	struct courier_config config;
	char *login; /* at the mail server; NULL: none */
	uv_timer_t timer;
	struct outbox_item taken[COURIER_AT_ONCE];
	unsigned n_taken, max; /* in the job */
	bool is_taking;
	unsigned n_under_way;
	uint64_t in_state[OUTBOX_STATES], n_sent, n_failed, n_retried;
	bool is_closing;
	void (*on_closed)(void *data);
	void *closed_data;
};

/** One that is being sent. */
struct parcel {
	struct courier *courier;
	struct outbox_item item;
	/* What came of it. */
	enum outbox_state state;
	int64_t due_s, now_s;
	char why[WHY_MAX];
};

static void on_timer_closed(uv_handle_t *handle)
{
	struct courier *c = handle->data;

	c->on_closed(c->closed_data);
	free(c->login);
	free(c);
}

static void close_if_idle(struct courier *c)
{
	if (c->is_closing && !c->is_taking && c->n_under_way == 0 && !uv_is_closing((uv_handle_t *)&c->timer))
		uv_close((uv_handle_t *)&c->timer, on_timer_closed);
}

static int note_work(sqlite3 *db, void *data)
{
	const struct parcel *p = data;

	return outbox_db_note(db, p->item.id, p->state, p->due_s, p->now_s, p->why);
}

/** When it could not be noted, which was logged, it is sent again after the next start, as the same message. */
static void on_noted(void *data, int rc)
{
	struct parcel *p = data;
	struct courier *c = p->courier;

	(void)rc;
	outbox_item_done(&p->item);
	free(p);
	c->n_under_way--;
	courier_look(c);
	close_if_idle(c);
}

/** Whether another try would come to the same (RFC 5321, 4.2.1; RFC 9110, 15.5.11). */
static bool is_final(const struct parcel *p, int status)
{
	if (!p->item.is_mail)
		return status == 410;
	return status / 100 == 5 && status != 530 && status != 534 && status != 535 && status != 538; /* our login */
}

static void judge(struct parcel *p, const struct web_answer *a)
{
	struct courier *c = p->courier;
	uint64_t give_up_s = (uint64_t)c->config.pop->notices->give_up_hours * 3600;
	bool is_sent = a->status / 100 == 2 && a->why[0] == '\0';

	if (a->why[0] != '\0')
		(void)snprintf(p->why, sizeof(p->why), "%s", a->why);
	else if (!is_sent)
		(void)snprintf(p->why, sizeof(p->why), "status %d", a->status);
	p->due_s = p->now_s;
	if (a->status >= 0) /* else we were stopped */
		p->due_s += backoff_s(p->item.tries + 1, COURIER_WAIT_MIN_S, COURIER_WAIT_MAX_S, arc4random_uniform);
	if (is_sent)
		p->state = OUTBOX_SENT;
	else if (a->status >= 0 && (is_final(p, a->status) || (uint64_t)(p->now_s - p->item.made_s) >= give_up_s))
		p->state = OUTBOX_FAILED;
	c->n_sent += p->state == OUTBOX_SENT;
	c->n_failed += p->state == OUTBOX_FAILED;
	c->n_retried += p->state == OUTBOX_WAITING;
	if (!is_sent && a->status >= 0)
		log_warn("notices: %s: %s: %s", p->item.destination, p->why,
		         p->state == OUTBOX_FAILED ? "given up" : "it is tried again");
}

static void on_answer(void *data, const struct web_answer *a)
{
	struct parcel *p = data;

	p->now_s = (int64_t)time(NULL);
	judge(p, a);
	if (store_run(p->courier->config.store, note_work, on_noted, p) < 0)
		on_noted(p, -1);
}

static const char *sender_of(const struct pop *p)
{
	return p->notices->mail_from != NULL ? p->notices->mail_from : p->site->operated_by->contact;
}

static void send_mail(struct courier *c, struct parcel *p)
{
	const struct pop *pop = c->config.pop;
	char *id = mem_printf("%s@%s.%s", p->item.token, pop->site->name, pop->site->domain);
	char *message = mail_write(&(struct mail){.from = sender_of(pop),
	                                          .to = p->item.destination,
	                                          .reply_to = pop->site->operated_by->contact,
	                                          .subject = p->item.subject,
	                                          .text = p->item.body,
	                                          .id = id,
	                                          .language = p->item.language,
	                                          .date_s = p->item.made_s});

	web_client_ask(c->config.client,
	               &(struct web_question){.url = pop->notices->mail_server != NULL ? pop->notices->mail_server : "",
	                                      .body = message,
	                                      .mail = &(struct web_mail){sender_of(pop), p->item.destination, c->login},
	                                      .limit_ms = COURIER_LIMIT_MS,
	                                      .max_bytes = REPLY_MAX_BYTES,
	                                      .on_done = on_answer,
	                                      .data = p});
	free(message);
	free(id);
}

/** The secret is a credential: that of the network, or of the operators. */
static char *secret_of(uint32_t asn)
{
	char *name = asn != 0 ? mem_printf("notices-webhook.%" PRIu32, asn) : mem_strdup("notices-webhook");
	char *secret = credential_read(name);

	free(name);
	return secret;
}

static void send_webhook(struct courier *c, struct parcel *p)
{
	char id[HEADER_MAX], when[HEADER_MAX], signature[SIGNATURE_MAX], signed_by[HEADER_MAX];
	const char *headers[] = {"Content-Type: application/json", id, when, NULL, NULL};
	int64_t now_s = (int64_t)time(NULL);
	char *secret = secret_of(p->item.asn);

	(void)snprintf(id, sizeof(id), "webhook-id: msg_%s", p->item.token);
	(void)snprintf(when, sizeof(when), "webhook-timestamp: %" PRId64, now_s);
	const char *bare_id = id + strlen("webhook-id: ");
	if (secret != NULL && signature_write(secret, bare_id, now_s, p->item.body, signature) == 0) {
		(void)snprintf(signed_by, sizeof(signed_by), "webhook-signature: %s", signature);
		headers[3] = signed_by;
	} else if (secret != NULL) {
		log_warn("notices: AS%" PRIu32 ": the secret of its webhook is none: "
		         "write \"whsec_\" and 24 to 64 bytes in base64",
		         p->item.asn);
	}
	free(secret);
	web_client_ask(c->config.client, &(struct web_question){.method = "POST",
	                                                        .url = p->item.destination,
	                                                        .body = p->item.body,
	                                                        .headers = headers,
	                                                        .limit_ms = COURIER_LIMIT_MS,
	                                                        .max_bytes = REPLY_MAX_BYTES,
	                                                        .on_done = on_answer,
	                                                        .data = p});
}

static int take_work(sqlite3 *db, void *data)
{
	struct courier *c = data;
	int rc = outbox_db_take(db, (int64_t)time(NULL), c->taken, c->max, &c->n_taken);

	return rc < 0 ? rc : outbox_db_count(db, c->in_state);
}

static void on_taken(void *data, int rc)
{
	struct courier *c = data;

	c->is_taking = false;
	for (unsigned i = 0; i < c->n_taken; i++) {
		if (rc < 0 || c->is_closing) { /* it waits, or will after the next start */
			outbox_item_done(&c->taken[i]);
			continue;
		}
		struct parcel *p = mem_new(sizeof(*p));
		*p = (struct parcel){.courier = c, .item = c->taken[i]};
		c->n_under_way++;
		if (p->item.is_mail)
			send_mail(c, p);
		else
			send_webhook(c, p);
	}
	c->n_taken = 0;
	close_if_idle(c);
}

void courier_look(struct courier *c)
{
	c->max = COURIER_AT_ONCE - c->n_under_way;
	if (c->is_closing || c->is_taking || c->max == 0)
		return;
	c->is_taking = store_run(c->config.store, take_work, on_taken, c) == 0;
}

static void on_turn(uv_timer_t *timer)
{
	struct courier *c = timer->data;

	if (c->in_state[OUTBOX_WAITING] > 0)
		courier_look(c);
}

struct courier *courier_start(const struct courier_config *config)
{
	struct courier *c = mem_new(sizeof(*c));

	c->config = *config;
	c->login = credential_read("notices-smtp");
	c->timer.data = c;
	(void)uv_timer_init(config->loop, &c->timer);
	(void)uv_timer_start(&c->timer, on_turn, TURN_MS, TURN_MS);
	courier_look(c);
	return c;
}

void courier_metrics(const struct courier *c, struct buf *b)
{
	const struct {
		const char *name, *help;
		uint64_t value;
		enum metrics_type type;
	} all[] = {
		{"peerd_notices_waiting", "Messages to members and operators that wait to be sent.",
	         c->in_state[OUTBOX_WAITING] + c->in_state[OUTBOX_SENDING], METRICS_GAUGE},
		{"peerd_notices_sent_total", "Messages that were taken.", c->n_sent, METRICS_COUNTER},
		{"peerd_notices_retried_total", "Tries that failed, of messages that are tried again.", c->n_retried,
	         METRICS_COUNTER},
		{"peerd_notices_failed_total", "Messages that were given up.", c->n_failed, METRICS_COUNTER},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		metrics_family(b, all[i].name, all[i].type, all[i].help);
		metrics_u64(b, all[i].name, "", all[i].value);
	}
}

void courier_close(struct courier *c, void (*on_closed)(void *data), void *data)
{
	c->on_closed = on_closed;
	c->closed_data = data;
	c->is_closing = true;
	(void)uv_timer_stop(&c->timer);
	close_if_idle(c);
}
