/* SPDX-License-Identifier: MIT */
#include "rdns/sending.h"

#include "base/log.h"
#include "base/mem.h"
#include "rdns/difference.h"

#include <stdlib.h>
#include <string.h>

struct sending {
	struct primary *primary;
	const ldns_rdf *origin;
	const ldns_rr_list *updates;
	primary_event_fn on_event;
	void *data;
	ldns_rr_list *clearing;      /* goes first */
	const ldns_rr_list *list;    /* that one, then the updates */
	size_t n_sent, n_part;       /* records of it; and of the message */
	struct primary_job *running; /* NULL: ended */
	enum change_event event;
	uv_timer_t turn;
	bool has_sent, is_cancelled;
};

static void on_closed(uv_handle_t *handle)
{
	struct sending *s = handle->data;
	primary_event_fn on_event = s->on_event;
	enum change_event event = s->event;
	bool is_cancelled = s->is_cancelled;
	void *data = s->data;

	ldns_rr_list_deep_free(s->clearing);
	free(s);
	if (!is_cancelled)
		on_event(event, data);
}

static void finish(struct sending *s, enum change_event e)
{
	s->event = e != CHANGE_DONE && s->has_sent ? CHANGE_UNANSWERED : e;
	if (!uv_is_closing((uv_handle_t *)&s->turn))
		uv_close((uv_handle_t *)&s->turn, on_closed);
}

void sending_cancel(struct sending *s)
{
	s->is_cancelled = true;
	if (s->running != NULL)
		primary_cancel(s->running);
	finish(s, CHANGE_UNANSWERED);
}

static void send_next(struct sending *s);

static void on_sent(enum change_event e, void *data)
{
	struct sending *s = data;

	s->running = NULL;
	if (s->primary->prompting != NULL)
		prompting_updated(s->primary->prompting, s->origin);
	if (e != CHANGE_DONE) {
		finish(s, e);
		return;
	}
	s->has_sent = true;
	s->n_sent += s->n_part;
	send_next(s);
}

static void send_part(struct sending *s)
{
	ldns_rr_list *part = ldns_rr_list_new();

	for (size_t i = 0; i < s->n_part; i++)
		(void)ldns_rr_list_push_rr(part, ldns_rr_list_rr(s->list, s->n_sent + i));
	int rc = primary_update(s->primary, s->origin, part, on_sent, s, &s->running);
	ldns_rr_list_free(part);
	if (rc == 0)
		return;
	log_error("rdns: an update cannot be written: %s", strerror(-rc));
	finish(s, CHANGE_REFUSED);
}

static void send_next(struct sending *s)
{
	s->n_part = difference_part(s->list, s->n_sent, MESSAGE_RECORDS_MAX_BYTES);
	if (s->n_part == 0 && s->list == s->clearing) {
		s->list = s->updates;
		s->n_sent = 0;
		s->n_part = difference_part(s->list, 0, MESSAGE_RECORDS_MAX_BYTES);
	}
	if (s->n_part == 0)
		finish(s, CHANGE_DONE);
	else
		send_part(s);
}

static void on_turn(uv_timer_t *timer)
{
	send_next(timer->data);
}

struct sending *sending_start(struct primary *primary, const ldns_rdf *origin, const ldns_rr_list *updates,
                              primary_event_fn on_event, void *data)
{
	struct sending *s = mem_new(sizeof(*s));

	*s = (struct sending){
		.primary = primary,
		.origin = origin,
		.updates = updates,
		.on_event = on_event,
		.data = data,
		.clearing = ldns_rr_list_new(),
	};
	difference_clear(updates, s->clearing);
	s->list = s->clearing;
	(void)uv_timer_init(primary->loop, &s->turn);
	s->turn.data = s;
	(void)uv_timer_start(&s->turn, on_turn, 0, 0);
	return s;
}
