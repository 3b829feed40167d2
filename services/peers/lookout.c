/*
 * on_turn() begins a round: read_here() on a thread, web addresses on the loop. When the last has answered, note() has
 * the store take it all in; the next begins at the next turn after that.
 */
/* SPDX-License-Identifier: MIT */
#include "peers/lookout.h"

#include "base/bird.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/pop_notices.h"
#include "peers/links.h"
#include "sys/ask.h"

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { LIMIT_MS = 2000 }; /* of each source */

struct lookout {
	struct lookout_config config;
	const struct pop_notices *notices;
	struct look *looks; /* birds, then links */
	size_t n;
	uv_timer_t timer;
	uv_work_t work;
	unsigned n_pending; /* of the round; 0: none is under way */
	struct timespec export_changed;
	struct networks *networks; /* telling's */
	struct subjects now, next;
	bool has_now, is_closing;
	uint64_t n_rounds, n_unwritable;
	void (*on_closed)(void *data);
	void *closed_data;
};

/** What is asked of a web address. */
struct asking {
	struct lookout *owner;
	struct look *look;
};

char **lookout_read_paths(const struct pop *p)
{
	const struct pop_notices *n = p->notices;
	char **paths = (char **)mem_new((n->n_links + 2) * sizeof(*paths));
	size_t count = 0;

	for (unsigned i = 0; i < n->n_links; i++)
		if (n->links[i].file != NULL)
			paths[count++] = mem_strdup(n->links[i].file);
	if (p->ixf_export != NULL)
		paths[count++] = mem_strdup(p->ixf_export);
	for (size_t i = 0; i < count; i++)
		(void)dirname(paths[i]); /* which shortens it */
	return paths;
}

static void fail(struct look *l, const char *why)
{
	l->has_answered = false;
	(void)snprintf(l->error, sizeof(l->error), "%s", why);
}

/** Whose a port is that does not say so itself; and of what says so, whether it is anybody's. */
static void find_owner(const struct lookout *o, const struct look *l, struct subject_seen *s)
{
	char port[SUBJECT_SOURCE_MAX + SUBJECT_NAME_MAX];

	(void)snprintf(port, sizeof(port), "%s %s", l->source, s->name);
	for (unsigned i = 0; s->asn == 0 && !l->is_bird && i < o->notices->n_members; i++)
		for (unsigned j = 0; j < o->notices->members[i].n_ports; j++)
			if (strcmp(o->notices->members[i].ports[j], port) == 0)
				s->asn = o->notices->members[i].asn;
	const struct network *w = telling_network(o->config.telling, s->asn, s->address);
	s->asn = w != NULL ? w->asn : 0;
}

static void on_session(const struct bird_session *s, void *data)
{
	struct look *l = data;

	if (l->n == SUBJECTS_MAX)
		return;
	if ((l->n & (l->n + 1)) == 0) /* 2^k - 1 of them: twice as much room, and one */
		l->all = mem_resize(l->all, 2 * l->n + 1, sizeof(*l->all));
	struct subject_seen *new = &l->all[l->n++];
	*new = (struct subject_seen){.asn = s->asn, .is_up = s->is_up};
	(void)snprintf(new->name, sizeof(new->name), "%s", s->name);
	(void)snprintf(new->address, sizeof(new->address), "%s", s->address);
	(void)snprintf(new->error, sizeof(new->error), "%s", s->error);
}

static void look_at_bird(const struct pop_notices_bird *b, struct look *l)
{
	struct buf answer;

	buf_init(&answer, BIRD_SOCKET_ANSWER_MAX);
	int rc = ask(&(struct ask){.socket = b->socket,
	                           .question = "restrict\nshow status\nshow protocols all\n",
	                           .is_whole = bird_is_whole},
	             LIMIT_MS, &answer);
	if (rc == 0) {
		(void)bird_started(buf_text(&answer), l->started);
		rc = bird_sessions(buf_text(&answer), on_session, l);
	}
	l->has_answered = rc == 0;
	if (rc < 0)
		fail(l, rc == -EINVAL ? "its answer is not that of BIRD 2" : strerror(-rc));
	buf_done(&answer);
}

static void take_links(struct look *l, const char *text, size_t len, unsigned stale_s)
{
	l->has_answered = links_read(text, len, (int64_t)time(NULL), stale_s, &l->all, &l->n, l->error) == 0;
}

static void look_at_file(const struct pop_notices *p, const char *path, struct look *l)
{
	struct buf text;
	struct stat s;
	int rc;

	buf_init(&text, LINKS_TEXT_MAX);
	rc = buf_add_file(&text, path);
	if (rc < 0 || stat(path, &s) < 0)
		fail(l, rc == -ENOBUFS ? "the file is too large" : strerror(rc < 0 ? -rc : errno));
	else if (time(NULL) - s.st_mtime > p->stale_seconds)
		fail(l, "the file has not been written for too long");
	else
		take_links(l, buf_text(&text), text.len, p->stale_seconds);
	buf_done(&text);
}

/** The networks, read again when their export changes; as they were when it cannot be read. */
static void refresh(struct lookout *o)
{
	const struct pop *pop = o->config.telling->pop;
	struct networks *new;
	struct stat s = {0};

	if (pop->ixf_export != NULL && stat(pop->ixf_export, &s) < 0 && o->networks != NULL)
		return;
	if (o->networks != NULL && memcmp(&s.st_mtim, &o->export_changed, sizeof(s.st_mtim)) == 0)
		return;
	o->export_changed = s.st_mtim;
	if (networks_new(pop, &new) < 0) /* was logged */
		new = o->networks != NULL ? NULL : mem_new(sizeof(*new));
	if (new == NULL)
		return;
	networks_free(o->networks);
	o->networks = new;
	o->config.telling->networks = new;
}

static void read_here(uv_work_t *work)
{
	struct lookout *o = work->data;
	const struct pop_notices *p = o->notices;

	refresh(o);
	for (unsigned i = 0; i < p->n_birds; i++)
		look_at_bird(&p->birds[i], &o->looks[i]);
	for (unsigned i = 0; i < p->n_links; i++)
		if (p->links[i].file != NULL)
			look_at_file(p, p->links[i].file, &o->looks[p->n_birds + i]);
}

static void forget_looks(struct lookout *o)
{
	for (size_t i = 0; i < o->n; i++) {
		struct look *l = &o->looks[i];
		free(l->all);
		*l = (struct look){.source = l->source, .is_bird = l->is_bird};
	}
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct lookout *o = handle->data;

	o->on_closed(o->closed_data);
	networks_free(o->networks);
	subjects_done(&o->now);
	free(o->looks);
	free(o);
}

static void close_if_idle(struct lookout *o)
{
	if (o->is_closing && o->n_pending == 0 && !uv_is_closing((uv_handle_t *)&o->timer))
		uv_close((uv_handle_t *)&o->timer, on_timer_closed);
}

static int note_work(sqlite3 *db, void *data)
{
	struct lookout *o = data;

	return telling_round(db, o->config.telling, o->looks, o->n, (int64_t)time(NULL), &o->next);
}

static void on_noted(void *data, int rc)
{
	struct lookout *o = data;

	o->n_pending--;
	o->n_rounds++;
	o->n_unwritable += rc < 0; /* was logged */
	if (rc == 0) {
		subjects_done(&o->now);
		o->now = o->next;
		o->has_now = true;
	}
	forget_looks(o);
	if (rc == 0 && !o->is_closing)
		o->config.on_told(o->config.data);
	close_if_idle(o);
}

/** One of the round has said what it has to say: the last ends it. */
static void settle(struct lookout *o)
{
	if (--o->n_pending > 0)
		return;
	for (size_t i = 0; i < o->n; i++) {
		struct look *l = &o->looks[i];
		const struct subjects_source *before = subjects_source(&o->now, l->source);
		if (!l->has_answered && (before == NULL || before->error[0] == '\0'))
			log_warn("notices: %s: it cannot be asked how it is: %s", l->source, l->error);
		for (size_t j = 0; l->has_answered && j < l->n; j++)
			find_owner(o, l, &l->all[j]);
	}
	o->n_pending = !o->is_closing && store_run(o->config.store, note_work, on_noted, o) == 0;
	if (o->n_pending == 0)
		forget_looks(o);
	close_if_idle(o);
}

static void on_read(uv_work_t *work, int status)
{
	(void)status;
	settle(work->data);
}

static void on_page(void *data, const struct web_answer *a)
{
	struct asking *k = data;
	char why[SUBJECT_ERROR_MAX];

	if (a->status == 200) {
		take_links(k->look, a->body, a->body_bytes, k->owner->notices->stale_seconds);
	} else {
		(void)snprintf(why, sizeof(why), "status %d", a->status);
		fail(k->look, a->status > 0 ? why : a->why);
	}
	settle(k->owner);
	free(k);
}

static void ask_page(struct lookout *o, const char *url, struct look *l)
{
	struct asking *k = mem_new(sizeof(*k));

	*k = (struct asking){o, l};
	o->n_pending++;
	web_client_ask(o->config.client, &(struct web_question){.method = "GET",
	                                                        .url = url,
	                                                        .limit_ms = LIMIT_MS,
	                                                        .max_bytes = LINKS_TEXT_MAX,
	                                                        .on_done = on_page,
	                                                        .data = k});
}

static void on_turn(uv_timer_t *timer)
{
	struct lookout *o = timer->data;
	const struct pop_notices *p = o->notices;

	if (o->n_pending > 0)
		return;
	if (uv_queue_work(o->config.loop, &o->work, read_here, on_read) < 0)
		abort(); /* it fails without a callback only */
	o->n_pending = 1;
	for (unsigned i = 0; i < p->n_links; i++)
		if (p->links[i].url != NULL)
			ask_page(o, p->links[i].url, &o->looks[p->n_birds + i]);
}

struct lookout *lookout_start(const struct lookout_config *config)
{
	const struct pop_notices *p = config->telling->pop->notices;
	struct lookout *o = mem_new(sizeof(*o));

	o->config = *config;
	o->notices = p;
	o->n = p->n_birds + p->n_links;
	o->looks = mem_new(o->n * sizeof(*o->looks));
	for (unsigned i = 0; i < o->n; i++)
		o->looks[i] = (struct look){.source = i < p->n_birds ? p->birds[i].name : p->links[i - p->n_birds].name,
		                            .is_bird = i < p->n_birds};
	o->work.data = o;
	o->timer.data = o;
	(void)uv_timer_init(config->loop, &o->timer);
	(void)uv_timer_start(&o->timer, on_turn, 0, (uint64_t)p->interval_seconds * 1000);
	return o;
}

const struct subjects *lookout_subjects(const struct lookout *l)
{
	return l->has_now ? &l->now : NULL;
}

void lookout_metrics(const struct lookout *l, struct buf *b)
{
	int64_t now_s = (int64_t)time(NULL);
	char labels[SUBJECT_SOURCE_MAX + 32];

	metrics_family(b, "peerd_notices_rounds_total", METRICS_COUNTER, "Looks at all sources of sessions and ports.");
	metrics_u64(b, "peerd_notices_rounds_total", "", l->n_rounds);
	metrics_family(b, "peerd_notices_unwritable_total", METRICS_COUNTER, "Looks that could not be noted.");
	metrics_u64(b, "peerd_notices_unwritable_total", "", l->n_unwritable);
	metrics_family(b, "peerd_notices_source_up", METRICS_GAUGE,
	               "Whether it is known how its sessions or ports are.");
	for (size_t i = 0; i < l->now.n_sources; i++) {
		const struct subjects_source *s = &l->now.sources[i];
		(void)snprintf(labels, sizeof(labels), "source=\"%s\"", s->name);
		metrics_u64(b, "peerd_notices_source_up", labels,
		            subjects_source_is_fresh(s, now_s, l->notices->stale_seconds));
	}
}

void lookout_close(struct lookout *l, void (*on_closed)(void *data), void *data)
{
	l->on_closed = on_closed;
	l->closed_data = data;
	l->is_closing = true;
	(void)uv_timer_stop(&l->timer);
	close_if_idle(l);
}
