/*
 * Hours of visitors who come, wait, measure, go on for ever, or leave without a
 * word, in tenths of a second of a clock of our own; what must always hold is
 * checked after each of their steps.
 */
/* SPDX-License-Identifier: MIT */
#include "speedtest/admission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define MBPS UINT64_C(1000000)

enum {
	ACTORS = 40,
	TICK_MS = 100,
	HOURS = 4,
	TICKS = HOURS * 3600 * 1000 / TICK_MS,
	ASK_MS = 3000,
	PHASE_MS = 10000,
	SHARE = 2,
	OF_PREFIX = 3, /* actors */
	QUEUE = 8,
	SLOTS = 4,
	/* Every round of the queue, all that run are greedy. */
	WAIT_MAX_MS = (QUEUE / SLOTS + 1) * (ADMISSION_LONGEST_MS + PHASE_MS + ADMISSION_IDLE_MS + ASK_MS),
};

static const struct admission_limits limits = {
	.capacity_bps = {[DOWNLOAD] = SLOTS * 100 * MBPS, [UPLOAD] = (SLOTS + 1) * 100 * MBPS},
	.assumed_bps = 100 * MBPS,
	.tests_per_prefix = SHARE,
	.queue_length = QUEUE,
	.tests = 64,
	.daily_bytes = UINT64_MAX,
};

enum kind {
	PAGE,   /* waits if it has to, then downloads and uploads */
	CLIENT, /* the same, but does not wait */
	GREEDY, /* downloads for ever */
	KINDS,
};

enum step {
	AWAY,
	WAITING,
	DOWNLOADING,
	BETWEEN,
	UPLOADING,
};

struct actor {
	enum kind kind;
	enum step step;
	uint64_t until_ms; /* its next act */
	uint64_t since_ms; /* it waits */
	uint64_t ticket;   /* the order of those who wait */
	unsigned position;
	struct flow *flow;
	uint64_t rate_mbps[DIRECTIONS];
	struct addr addr;
	char id[TEST_ID_DIGITS + 1];
};

struct model {
	struct admission *a;
	struct moment now;
	uint64_t random;
	uint64_t tickets;     /* handed out */
	uint64_t last_served; /* the highest ticket that ran */
	uint64_t ended[KINDS];
	uint64_t longest_wait_ms;
	struct actor actors[ACTORS];
};

static uint64_t below(struct model *m, uint64_t n) /* xorshift64 */
{
	m->random ^= m->random << 13;
	m->random ^= m->random >> 7;
	m->random ^= m->random << 17;
	return m->random % n;
}

static void new_name(struct model *m, struct actor *v)
{
	uint64_t high = below(m, UINT64_MAX), low = below(m, UINT64_MAX);

	(void)snprintf(v->id, sizeof(v->id), "%016llx%016llx", (unsigned long long)high,
	               (unsigned long long)low);
}

static struct visitor visitor(const struct actor *v)
{
	return (struct visitor){&v->addr, v->kind == PAGE ? v->id : ""};
}

static void next(struct model *m, struct actor *v, enum step step, uint64_t ms)
{
	v->step = step;
	v->until_ms = m->now.ms + ms;
}

static void go_away(struct model *m, struct actor *v)
{
	next(m, v, AWAY, below(m, 60000));
}

/* Return: whether the request may go on. */
static bool enter(struct model *m, struct actor *v, enum direction d)
{
	struct admission_answer refusal;
	uint64_t before = admission_read(m->a, m->now).running;

	v->flow = admission_enter(m->a, visitor(v), d, m->now, &refusal);
	struct admission_figures after = admission_read(m->a, m->now);
	if (v->flow == NULL)
		assert_true(refusal.wait_ms > 0);
	else if (after.running > before)
		assert_int_equal(after.waiting, 0); /* nobody was overtaken */
	return v->flow != NULL;
}

static void leave(struct model *m, struct actor *v)
{
	admission_leave(m->a, v->flow, m->now);
	v->flow = NULL;
}

static void check_place(struct model *m, struct actor *v, const struct admission_answer *answer)
{
	uint64_t waited_ms = m->now.ms - v->since_ms;

	if (waited_ms > m->longest_wait_ms)
		m->longest_wait_ms = waited_ms;
	assert_true(waited_ms <= WAIT_MAX_MS); /* nobody starves */
	if (answer->state == ADMISSION_RUNNING) {
		if (v->ticket > m->last_served)
			m->last_served = v->ticket;
		return;
	}
	assert_int_equal(answer->state, ADMISSION_WAITING); /* a place is not taken away */
	assert_true(v->ticket > m->last_served);            /* first come, first served */
	assert_in_range(answer->position, 1, v->position);
	v->position = answer->position;
}

static void ask(struct model *m, struct actor *v)
{
	bool comes = v->step == AWAY;

	if (comes)
		new_name(m, v);
	struct admission_answer answer = admission_ask(m->a, visitor(v), m->now);
	if (comes) {
		v->since_ms = m->now.ms;
		v->ticket = ++m->tickets;
		v->position = QUEUE;
	}
	if (comes && answer.state == ADMISSION_REFUSED) {
		go_away(m, v);
		return;
	}
	check_place(m, v, &answer);
	if (answer.state == ADMISSION_WAITING && below(m, 50) == 0)
		go_away(m, v); /* the visitor closed the page */
	else if (answer.state == ADMISSION_WAITING)
		next(m, v, WAITING, 500 + below(m, ASK_MS - 500));
	else
		next(m, v, BETWEEN, below(m, 2000)); /* it measures latency first */
}

static void download(struct model *m, struct actor *v)
{
	if (enter(m, v, DOWNLOAD))
		next(m, v, DOWNLOADING, v->kind == GREEDY ? 500 : PHASE_MS);
	else
		next(m, v, AWAY, 1000 + below(m, 5000));
}

static void act(struct model *m, struct actor *v)
{
	switch (v->step) {
	case AWAY:
	case WAITING:
		if (v->kind == PAGE)
			ask(m, v);
		else
			download(m, v);
		break;
	case BETWEEN:
		download(m, v);
		break;
	case DOWNLOADING:
		leave(m, v);
		if (v->kind == GREEDY)
			download(m, v);
		else if (enter(m, v, UPLOAD))
			next(m, v, UPLOADING, PHASE_MS);
		else
			go_away(m, v);
		break;
	case UPLOADING:
		leave(m, v);
		m->ended[v->kind]++;
		go_away(m, v);
		break;
	}
}

static void check(struct model *m)
{
	struct admission_figures f = admission_read(m->a, m->now);
	uint64_t moving_mbps[DIRECTIONS] = {0};
	unsigned of_prefix[ACTORS / OF_PREFIX + 1] = {0};

	for (unsigned i = 0; i < ACTORS; i++) {
		const struct actor *v = &m->actors[i];
		of_prefix[i / OF_PREFIX] += v->flow != NULL;
		if (v->flow != NULL)
			moving_mbps[v->step == UPLOADING] += v->rate_mbps[v->step == UPLOADING];
	}
	bool full = false;
	for (int d = 0; d < DIRECTIONS; d++) {
		assert_true(moving_mbps[d] * MBPS <= limits.capacity_bps[d]); /* no more than gives honest results */
		assert_true(f.used_bps[d] <= limits.capacity_bps[d]);
		full = full || f.used_bps[d] + limits.assumed_bps > limits.capacity_bps[d];
	}
	for (unsigned i = 0; i <= ACTORS / OF_PREFIX; i++)
		assert_in_range(of_prefix[i], 0, SHARE);
	assert_in_range(f.waiting, 0, QUEUE);
	assert_in_range(f.running + f.waiting, 0, limits.tests);
	if (f.waiting > 0)
		assert_true(full); /* nobody waits for nothing */
}

static void tick(struct model *m)
{
	unsigned first = (unsigned)below(m, ACTORS);

	m->now.ms += TICK_MS;
	m->now.unix_s = (int64_t)(m->now.ms / 1000);
	for (unsigned i = 0; i < ACTORS; i++) {
		const struct actor *v = &m->actors[i];
		if (v->flow != NULL)
			flow_add(v->flow, v->rate_mbps[v->step == UPLOADING] * MBPS * TICK_MS / 8000);
	}
	for (unsigned i = 0; i < ACTORS; i++) {
		struct actor *v = &m->actors[(first + i) % ACTORS];
		if (v->until_ms <= m->now.ms)
			act(m, v);
	}
	check(m);
}

static struct model *begin(uint64_t seed)
{
	static struct model m;

	m = (struct model){.a = admission_new(&limits), .now = {.ms = 1000000}, .random = seed};
	for (unsigned i = 0; i < ACTORS; i++) {
		struct actor *v = &m.actors[i];
		char text[ADDR_TEXT_MAX];
		(void)snprintf(text, sizeof(text), "10.0.%u.%u", i / OF_PREFIX, i + 1);
		assert_int_equal(addr_parse(text, 1, &v->addr), 0);
		v->kind = i % 10 == 0 ? GREEDY : i % 2 == 0 ? CLIENT
		                                            : PAGE;
		v->rate_mbps[DOWNLOAD] = below(&m, 3) == 0 ? 60 + below(&m, 41) : 1 + below(&m, 20);
		v->rate_mbps[UPLOAD] = 1 + below(&m, v->rate_mbps[DOWNLOAD]);
		go_away(&m, v);
	}
	return &m;
}

/* Everyone goes, and nothing is left behind. */
static void end(struct model *m)
{
	for (unsigned i = 0; i < ACTORS; i++)
		if (m->actors[i].flow != NULL)
			leave(m, &m->actors[i]);
	for (unsigned i = 0; i < 3; i++) {
		m->now.ms += ADMISSION_HOLD_MS;
		(void)admission_read(m->a, m->now);
	}
	struct admission_figures f = admission_read(m->a, m->now);
	assert_int_equal(f.running, 0);
	assert_int_equal(f.waiting, 0);
	assert_int_equal(f.used_bps[DOWNLOAD], 0);
	assert_int_equal(f.used_bps[UPLOAD], 0);
	admission_free(m->a);
}

static void hours_of_visitors(void **state)
{
	static const uint64_t seeds[] = {1, 42, 0x9e3779b97f4a7c15, 20261121};
	(void)state;

	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		struct model *m = begin(seeds[i]);
		for (unsigned k = 0; k < TICKS; k++)
			tick(m);
		print_message("seed %llx: %llu tests of pages, %llu of clients; the longest wait was %llu s\n",
		              (unsigned long long)seeds[i], (unsigned long long)m->ended[PAGE],
		              (unsigned long long)m->ended[CLIENT], (unsigned long long)m->longest_wait_ms / 1000);
		assert_true(m->longest_wait_ms > 0); /* the queue was needed, */
		assert_true(m->ended[PAGE] > 1000);  /* and moved on */
		end(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hours_of_visitors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
