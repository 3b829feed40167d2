/*
 * checking_start() lines a check up. advance() starts its zones as there is room: collect.h asks, judge_work()
 * judges on a worker thread, and on_judged() counts; with the last zone the check ends and its owner is told.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/checking.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "delegation/collect.h"
#include "delegation/judge.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/** One zone of a check, from its first question to its verdict. */
struct zone_check {
	struct check_run *owner;
	struct collect *collect; /* NULL: not under way any more */
	struct observed *observed;
	struct prefix_table *origins;
	struct verdict *verdict;
	size_t n_asked, n_answered;
	size_t n_sockets;             /* at most, until all is asked */
	size_t resolver, n_resolvers; /* the one that is asked; how many have been */
	bool is_blind;
	uv_work_t work;
};

struct check_run {
	struct checking *checking;
	struct delegated *d;
	uint32_t asn;
	checking_done_fn on_done;
	void *data;
	size_t n_started, n_judged;
	bool is_cancelled; /* and in no list: freed with the last one that is being judged */
	struct check_run *next;
	struct zone_check zones[]; /* as d's */
};

struct checking {
	uv_loop_t *loop;
	struct whose *whose;
	struct collect_settings settings;
	struct addr resolvers[POP_ENDPOINTS_MAX];
	size_t n_resolvers, resolver; /* the one that has answered last */
	struct check_run *first;      /* in the order in which they came */
	size_t n_runs;
	size_t n_zones, n_sockets; /* under way */
	uint64_t n_passed, n_failed, n_blind;
	uv_timer_t turn; /* starts what waits, on the loop's next turn */
	bool is_stopped, is_closing;
	void (*on_closed)(void *data);
	void *on_closed_data;
};

static void take_lab(struct collect_settings *s, const struct pop_rdns *r)
{
	assert(r->n_lab_prefixes <= COLLECT_ALLOWED_MAX); /* as POP_LAB_PREFIXES_MAX has it */
	for (unsigned i = 0; i < r->n_lab_prefixes; i++) {
		(void)prefix_parse(r->lab_prefixes[i], &s->allowed[s->n_allowed++]); /* was checked */
		log_warn("services.rdns.lab_prefixes: checks go to %s too, as a lab needs it", r->lab_prefixes[i]);
	}
}

static void on_turn(uv_timer_t *turn);

struct checking *checking_new(uv_loop_t *loop, const struct pop *p, struct whose *whose)
{
	struct checking *c = mem_new(sizeof(*c));

	c->loop = loop;
	c->whose = whose;
	c->n_resolvers = pop_resolvers(p, c->resolvers);
	c->settings.has_resolver = c->n_resolvers > 0;
	c->settings.resolver = c->resolvers[0];
	take_lab(&c->settings, p->services->rdns);
	(void)uv_timer_init(loop, &c->turn);
	c->turn.data = c;
	return c;
}

static void free_run(struct check_run *r)
{
	for (size_t i = 0; i < r->d->n_zones; i++)
		if (r->zones[i].verdict != NULL)
			verdict_free(r->zones[i].verdict);
	delegated_free(r->d);
	free(r);
}

static void on_turn_closed(uv_handle_t *handle)
{
	struct checking *c = handle->data;

	if (c->on_closed != NULL)
		c->on_closed(c->on_closed_data);
	free(c);
}

static void close_if_idle(struct checking *c)
{
	if (c->is_closing && c->n_zones == 0 && !uv_is_closing((uv_handle_t *)&c->turn))
		uv_close((uv_handle_t *)&c->turn, on_turn_closed);
}

static void remove_run(struct check_run *r)
{
	struct check_run **at = &r->checking->first;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	r->checking->n_runs--;
}

static void end_run(struct check_run *r)
{
	const struct verdict *verdicts[DELEGATED_ZONES_MAX] = {NULL};
	struct checking *c = r->checking;
	struct check_result result;
	bool is_blind = false;

	for (size_t i = 0; i < r->d->n_zones; i++) {
		verdicts[i] = r->zones[i].verdict;
		is_blind = is_blind || r->zones[i].is_blind;
	}
	check_result_init(&result, verdicts, r->d->n_zones);
	result.is_blind = is_blind && !result.passed;
	c->n_passed += result.passed;
	c->n_blind += result.is_blind;
	c->n_failed += !result.passed && !result.is_blind;
	remove_run(r);
	r->on_done(&result, r->data);
	check_result_done(&result);
	free_run(r);
}

static void judge_work(uv_work_t *work)
{
	struct zone_check *z = work->data;

	z->verdict = judge(z->observed, z->origins, time(NULL));
	observed_free(z->observed);
	z->observed = NULL;
}

static void on_judged(uv_work_t *work, int status)
{
	struct zone_check *z = work->data;
	struct check_run *r = z->owner;
	struct checking *c = r->checking;
	(void)status; /* never cancelled */

	prefix_table_release(z->origins);
	c->n_zones--;
	r->n_judged++;
	if (r->is_cancelled) {
		if (r->n_judged == r->n_started)
			free_run(r);
		close_if_idle(c);
		return;
	}
	(void)uv_timer_start(&c->turn, on_turn, 0, 0);
	if (r->n_judged == r->d->n_zones)
		end_run(r);
}

static void start_work(struct zone_check *z)
{
	struct checking *c = z->owner->checking;

	z->work.data = z;
	z->origins = whose_origins(c->whose);
	(void)uv_queue_work(c->loop, &z->work, judge_work, on_judged);
}

static void on_observed(struct observed *o, void *data);

static void on_progress(size_t n_done, size_t n_asked, void *data)
{
	struct zone_check *z = data;

	z->n_answered = n_done;
	z->n_asked = n_asked;
}

static void collect(struct zone_check *z)
{
	struct check_run *r = z->owner;
	struct checking *c = r->checking;

	z->resolver = c->resolver;
	z->n_resolvers++;
	z->collect = collect_start(c->loop, &r->d->zones[z - r->zones], &c->settings, on_observed, z);
	collect_on_progress(z->collect, on_progress);
}

/** All zones to the next one, unless another zone has gone there before. */
static void fail_over(struct checking *c, size_t from)
{
	if (c->resolver != from)
		return;
	c->resolver = (from + 1) % c->n_resolvers;
	c->settings.resolver = c->resolvers[c->resolver];
}

static void on_observed(struct observed *o, void *data)
{
	struct zone_check *z = data;
	struct checking *c = z->owner->checking;

	z->collect = NULL;
	z->is_blind = c->settings.has_resolver && o->parent.packet == NULL;
	if (z->is_blind)
		fail_over(c, z->resolver);
	if (z->is_blind && z->n_resolvers < c->n_resolvers) {
		observed_free(o);
		collect(z);
		return;
	}
	c->n_sockets -= z->n_sockets;
	z->observed = o;
	start_work(z);
}

/** How many questions are open at once, at most: those of the second round, to every address (collect.c). */
static size_t sockets_of(const struct delegation *d)
{
	size_t n_addresses = 0, n_inside = 0;

	for (size_t i = 0; i < d->n_servers; i++) {
		const struct delegation_server *s = &d->servers[i];
		n_addresses += s->n_addresses > 0 ? s->n_addresses : (size_t)FAMILIES * OBSERVED_LOOKED_UP_MAX;
		n_inside += s->is_inside;
	}
	return n_addresses * (PROBES + FAMILIES * n_inside);
}

static void start_zone(struct check_run *r)
{
	size_t i = r->n_started++;
	struct zone_check *z = &r->zones[i];
	struct checking *c = r->checking;

	z->owner = r;
	z->n_sockets = sockets_of(&r->d->zones[i]);
	c->n_sockets += z->n_sockets;
	c->n_zones++;
	collect(z);
}

/** The next one that has a zone to start: those of members first. */
static struct check_run *next_run(struct checking *c)
{
	struct check_run *later = NULL;

	for (struct check_run *r = c->first; r != NULL; r = r->next) {
		if (r->n_started == r->d->n_zones || r->n_started - r->n_judged == CHECKING_ZONES_OF_ONE)
			continue;
		if (r->asn != 0)
			return r;
		later = later == NULL ? r : later;
	}
	return later;
}

static void on_turn(uv_timer_t *turn)
{
	struct checking *c = turn->data;
	struct check_run *r;

	while (c->n_zones < CHECKING_ZONES_MAX && (r = next_run(c)) != NULL) {
		size_t n = c->n_sockets + sockets_of(&r->d->zones[r->n_started]);
		if (n > CHECKING_DESCRIPTORS)
			return; /* until another one has ended: none takes so many alone */
		start_zone(r);
	}
}

static bool is_same(const struct prefix *a, const struct prefix *b)
{
	return prefix_compare(a, b) == 0;
}

static int may_start(const struct checking *c, uint32_t asn, const struct prefix *prefix)
{
	unsigned n_of_member = 0;

	for (const struct check_run *r = c->first; r != NULL; r = r->next) {
		if (is_same(&r->d->prefix, prefix))
			return -EBUSY;
		n_of_member += r->asn == asn;
	}
	if (asn != 0 && n_of_member >= CHECKING_MAX_OF_MEMBER)
		return -EAGAIN;
	return c->n_runs < CHECKING_MAX ? 0 : -ENOBUFS;
}

int checking_start(struct checking *c, uint32_t asn, const struct delegated *d, checking_done_fn on_done, void *data)
{
	int rc = c->is_stopped ? -ENOBUFS : may_start(c, asn, &d->prefix);

	if (rc < 0)
		return rc;
	struct check_run *r = mem_new(sizeof(*r) + d->n_zones * sizeof(r->zones[0]));
	struct check_run **end = &c->first;
	while (*end != NULL)
		end = &(*end)->next;
	*end = r;
	c->n_runs++;
	r->checking = c;
	r->d = delegated_copy(d);
	r->asn = asn;
	r->on_done = on_done;
	r->data = data;
	(void)uv_timer_start(&c->turn, on_turn, 0, 0);
	return 0;
}

bool checking_progress(const struct checking *c, const struct prefix *prefix, struct checking_progress *ret)
{
	const struct check_run *r = c->first;

	while (r != NULL && !is_same(&r->d->prefix, prefix))
		r = r->next;
	if (r == NULL)
		return false;
	*ret = (struct checking_progress){.n_zones = r->d->n_zones, .n_zones_done = r->n_judged};
	for (size_t i = 0; i < r->n_started; i++) {
		ret->n_asked += r->zones[i].n_asked;
		ret->n_answered += r->zones[i].n_answered;
	}
	return true;
}

const struct collect_settings *checking_settings(const struct checking *c)
{
	return &c->settings;
}

size_t checking_count(const struct checking *c)
{
	return c->n_runs;
}

void checking_add_metrics(const struct checking *c, struct buf *b)
{
	metrics_family(b, "rdnsd_checks_total", METRICS_COUNTER, "Checks of a prefix's delegation, by outcome.");
	metrics_u64(b, "rdnsd_checks_total", "outcome=\"passed\"", c->n_passed);
	metrics_u64(b, "rdnsd_checks_total", "outcome=\"failed\"", c->n_failed);
	metrics_u64(b, "rdnsd_checks_total", "outcome=\"resolver_silent\"", c->n_blind);
	metrics_family(b, "rdnsd_checks_running", METRICS_GAUGE, "Prefixes being checked, or waiting for it.");
	metrics_u64(b, "rdnsd_checks_running", "", c->n_runs);
	metrics_family(b, "rdnsd_zones_being_checked", METRICS_GAUGE, "Zones being checked.");
	metrics_u64(b, "rdnsd_zones_being_checked", "", c->n_zones);
}

/** What is being judged ends first, on_judged() frees it; all else ends now. */
static void cancel_run(struct check_run *r)
{
	struct checking *c = r->checking;

	r->is_cancelled = true;
	for (size_t i = 0; i < r->n_started; i++) {
		struct zone_check *z = &r->zones[i];
		if (z->collect == NULL)
			continue;
		collect_cancel(z->collect);
		c->n_sockets -= z->n_sockets;
		c->n_zones--;
		r->n_judged++;
	}
	if (r->n_judged == r->n_started)
		free_run(r);
}

static struct check_run *take_first(struct checking *c)
{
	struct check_run *r = c->first;

	if (r != NULL) {
		c->first = r->next;
		c->n_runs--;
	}
	return r;
}

void checking_stop(struct checking *c)
{
	struct check_run *r;

	c->is_stopped = true;
	while ((r = take_first(c)) != NULL) {
		checking_done_fn on_done = r->on_done;
		void *data = r->data;
		cancel_run(r);
		on_done(NULL, data);
	}
}

void checking_close(struct checking *c, void (*on_closed)(void *data), void *data)
{
	struct check_run *r;

	c->is_closing = true;
	c->on_closed = on_closed;
	c->on_closed_data = data;
	while ((r = take_first(c)) != NULL)
		cancel_run(r);
	close_if_idle(c);
}
