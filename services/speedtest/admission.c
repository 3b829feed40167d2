/* SPDX-License-Identifier: MIT */
#include "speedtest/admission.h"

#include "base/hash.h"
#include "base/mem.h"
#include "speedtest/quota.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum {
	IPV4_BITS = 24,
	IPV6_BITS = 56,
	QUOTA_PREFIXES = 16384,
	USUAL_MS = 30000, /* how long a test takes, until some have ended */
	WAIT_LEAST_MS = 1000,
};

struct test {
	uint64_t key[2]; /* its name, or the client's address */
	bool named;
	bool running;
	struct prefix prefix; /* of the client that began it */
	uint64_t begun_ms;    /* it runs, or waits, since then */
	uint64_t bulk_ms;     /* the last bulk request began or ended */
	uint64_t ends_ms;     /* when nothing more happens */
	struct flow flows[DIRECTIONS];
	LIST_ENTRY(test) chain;
	TAILQ_ENTRY(test)
	link; /* unused, waiting or running */
};

TAILQ_HEAD(tests, test);
LIST_HEAD(bucket, test);

struct admission {
	struct admission_limits limits;
	struct quota *quota;
	uint64_t seed;
	struct tests unused, waiting, running; /* the last two in the order in which they came */
	unsigned n_waiting, n_running;
	uint64_t used_bps[DIRECTIONS];
	uint64_t usual_ms;
	uint64_t swept_ms;
	uint64_t refused[ADMISSION_REASONS];
	uint64_t bytes[DIRECTIONS];
	struct bucket *buckets; /* as many as tests */
	struct test tests[];
};

struct admission *admission_new(const struct admission_limits *limits)
{
	struct admission *a = mem_new(sizeof(*a) + limits->tests * sizeof(a->tests[0]));

	for (int d = 0; d < DIRECTIONS; d++)
		assert(limits->assumed_bps <= limits->capacity_bps[d]); /* or nobody could ever run */
	a->limits = *limits;
	a->quota = quota_new(limits->daily_bytes, QUOTA_PREFIXES);
	a->seed = hash_seed();
	a->usual_ms = USUAL_MS;
	a->buckets = mem_new(limits->tests * sizeof(a->buckets[0]));
	TAILQ_INIT(&a->unused);
	TAILQ_INIT(&a->waiting);
	TAILQ_INIT(&a->running);
	for (unsigned i = 0; i < limits->tests; i++) {
		LIST_INIT(&a->buckets[i]);
		TAILQ_INSERT_TAIL(&a->unused, &a->tests[i], link);
	}
	return a;
}

void admission_free(struct admission *a)
{
	quota_free(a->quota);
	free(a->buckets);
	free(a);
}

static const char digits[] = "0123456789abcdef";

bool test_id_is_valid(const char *test)
{
	return strlen(test) == TEST_ID_DIGITS && strspn(test, digits) == TEST_ID_DIGITS;
}

static bool parse_id(const char *id, uint64_t ret[2])
{
	if (!test_id_is_valid(id))
		return false;
	ret[0] = ret[1] = 0;
	for (int i = 0; i < TEST_ID_DIGITS; i++)
		ret[i / 16] = ret[i / 16] << 4 | (uint64_t)(strchr(digits, id[i]) - digits);
	return true;
}

static struct bucket *bucket_of(const struct admission *a, const uint64_t key[2])
{
	return &a->buckets[hash_words(a->seed, key) % a->limits.tests];
}

static struct test *find(const struct admission *a, const uint64_t key[2], bool named)
{
	struct test *t;

	LIST_FOREACH(t, bucket_of(a, key), chain)
	if (t->named == named && memcmp(t->key, key, sizeof(t->key)) == 0)
		return t;
	return NULL;
}

static struct test *find_visitor(const struct admission *a, struct visitor who)
{
	uint64_t key[2];
	bool named = parse_id(who.test, key);

	if (!named)
		addr_key(who.client, key);
	return find(a, key, named);
}

static struct prefix prefix_around(const struct addr *client)
{
	return prefix_of(client, addr_family(client) == AF_INET ? IPV4_BITS : IPV6_BITS);
}

static bool is_of(const struct test *t, const struct prefix *p)
{
	return addr_equal(&t->prefix.addr, &p->addr);
}

/* What is set aside for a test. An upload is rarely faster than the download was. */
static uint64_t need_bps(const struct admission *a, const struct test *t, enum direction d)
{
	const struct flow *f = &t->flows[d], *download = &t->flows[DOWNLOAD];
	uint64_t assumed_bps = a->limits.assumed_bps;

	if (flow_is_known(f))
		return f->rate_bps;
	if (flow_is_known(download) && download->rate_bps < assumed_bps)
		assumed_bps = download->rate_bps;
	return f->rate_bps > assumed_bps ? f->rate_bps : assumed_bps;
}

static bool has_room(const struct admission *a)
{
	for (int d = 0; d < DIRECTIONS; d++)
		if (a->used_bps[d] + a->limits.assumed_bps > a->limits.capacity_bps[d])
			return false;
	return true;
}

static unsigned n_of_prefix(const struct admission *a, const struct prefix *p)
{
	const struct test *t;
	unsigned n = 0;

	TAILQ_FOREACH(t, &a->running, link)
	n += is_of(t, p);
	TAILQ_FOREACH(t, &a->waiting, link)
	n += is_of(t, p);
	return n;
}

/* Put a test that does not run yet among those that do. */
static void start(struct admission *a, struct test *t, uint64_t now_ms)
{
	TAILQ_INSERT_TAIL(&a->running, t, link);
	a->n_running++;
	t->running = true;
	t->begun_ms = t->bulk_ms = now_ms;
	for (enum direction d = 0; d < DIRECTIONS; d++)
		a->used_bps[d] += need_bps(a, t, d);
}

static struct test *take_unused(struct admission *a, struct visitor who)
{
	struct test *t = TAILQ_FIRST(&a->unused);

	TAILQ_REMOVE(&a->unused, t, link);
	*t = (struct test){.prefix = prefix_around(who.client)};
	for (enum direction d = 0; d < DIRECTIONS; d++)
		t->flows[d].test = t;
	t->named = parse_id(who.test, t->key);
	if (!t->named)
		addr_key(who.client, t->key);
	LIST_INSERT_HEAD(bucket_of(a, t->key), t, chain);
	return t;
}

static void forget(struct admission *a, struct test *t)
{
	TAILQ_REMOVE(t->running ? &a->running : &a->waiting, t, link);
	*(t->running ? &a->n_running : &a->n_waiting) -= 1;
	LIST_REMOVE(t, chain);
	TAILQ_INSERT_TAIL(&a->unused, t, link);
}

/* Others wait, and this one had its time. */
static bool is_overdue(const struct admission *a, const struct test *t, uint64_t now_ms)
{
	return a->n_waiting > 0 && now_ms - t->begun_ms > ADMISSION_LONGEST_MS;
}

static bool is_over(const struct admission *a, const struct test *t, uint64_t now_ms)
{
	for (enum direction d = 0; d < DIRECTIONS; d++)
		if (t->flows[d].n_requests > 0)
			return false;
	return now_ms > t->ends_ms || is_overdue(a, t, now_ms);
}

static void end(struct admission *a, struct test *t, uint64_t now_ms)
{
	a->usual_ms = (a->usual_ms * 7 + now_ms - t->begun_ms) / 8;
	forget(a, t);
}

static void measure(struct admission *a, struct test *t, struct moment now)
{
	for (enum direction d = 0; d < DIRECTIONS; d++) {
		flow_measure(&t->flows[d], now.ms);
		uint64_t bytes = flow_take(&t->flows[d]);
		a->bytes[d] += bytes;
		if (bytes > 0)
			quota_add(a->quota, &t->prefix, bytes, now.unix_s);
	}
}

static void look_at_running(struct admission *a, struct moment now)
{
	struct test *t = TAILQ_FIRST(&a->running);

	memset(a->used_bps, 0, sizeof(a->used_bps));
	while (t != NULL) {
		struct test *next = TAILQ_NEXT(t, link);
		measure(a, t, now);
		if (is_over(a, t, now.ms))
			end(a, t, now.ms);
		else
			for (enum direction d = 0; d < DIRECTIONS; d++)
				a->used_bps[d] += need_bps(a, t, d);
		t = next;
	}
}

/* In order: once there is no room for one, there is none for those behind it. */
static void look_at_waiting(struct admission *a, uint64_t now_ms)
{
	struct test *t = TAILQ_FIRST(&a->waiting);

	while (t != NULL) {
		struct test *next = TAILQ_NEXT(t, link);
		if (now_ms > t->ends_ms) {
			forget(a, t);
		} else if (has_room(a)) {
			TAILQ_REMOVE(&a->waiting, t, link);
			a->n_waiting--;
			start(a, t, now_ms);
		}
		t = next;
	}
}

/* Take note of what became of everyone. */
static void sweep(struct admission *a, struct moment now)
{
	a->swept_ms = now.ms;
	look_at_running(a, now);
	look_at_waiting(a, now.ms);
}

static void sweep_if_due(struct admission *a, struct moment now)
{
	if (now.ms >= a->swept_ms + ADMISSION_SWEEP_MS)
		sweep(a, now);
}

static uint32_t left_ms(const struct admission *a, const struct test *t, uint64_t now_ms)
{
	uint64_t age_ms = now_ms - t->begun_ms;

	return age_ms + WAIT_LEAST_MS < a->usual_ms ? (uint32_t)(a->usual_ms - age_ms) : WAIT_LEAST_MS;
}

/* Until @position tests have ended: the oldest first, then those that came in their place. */
static uint32_t wait_ms(const struct admission *a, unsigned position, uint64_t now_ms)
{
	const struct test *t = TAILQ_FIRST(&a->running);

	if (t == NULL)
		return WAIT_LEAST_MS;
	unsigned rounds = (position - 1) / a->n_running;
	for (unsigned i = (position - 1) % a->n_running; i > 0; i--)
		t = TAILQ_NEXT(t, link);
	return left_ms(a, t, now_ms) + rounds * (uint32_t)a->usual_ms;
}

/* Until the prefix has a place again. */
static uint32_t prefix_wait_ms(const struct admission *a, const struct prefix *p, uint64_t now_ms)
{
	const struct test *t;

	TAILQ_FOREACH(t, &a->running, link)
	if (is_of(t, p))
		return left_ms(a, t, now_ms);
	return (uint32_t)a->usual_ms;
}

static struct admission_answer refuse(struct admission *a, enum admission_reason reason,
                                      uint32_t delay_ms)
{
	a->refused[reason]++;
	return (struct admission_answer){
		.state = ADMISSION_REFUSED, .reason = reason, .wait_ms = delay_ms};
}

static struct admission_answer refuse_full(struct admission *a, uint64_t now_ms)
{
	return refuse(a, ADMISSION_FULL, wait_ms(a, a->n_waiting + 1, now_ms));
}

static struct admission_answer refuse_day(struct admission *a, struct moment now)
{
	return refuse(a, ADMISSION_DAY, quota_wait_ms(now.unix_s));
}

static struct admission_answer running_answer(void)
{
	return (struct admission_answer){.state = ADMISSION_RUNNING};
}

static struct admission_answer waiting_answer(const struct admission *a, const struct test *t,
                                              uint64_t now_ms)
{
	unsigned position = 1;

	for (const struct test *w = TAILQ_FIRST(&a->waiting); w != t; w = TAILQ_NEXT(w, link))
		position++;
	return (struct admission_answer){
		.state = ADMISSION_WAITING, .position = position, .wait_ms = wait_ms(a, position, now_ms)};
}

/* Whether a new test may run, may wait, or neither. */
static struct admission_answer judge(struct admission *a, struct visitor who, bool can_wait,
                                     struct moment now)
{
	struct prefix p = prefix_around(who.client);

	if (quota_is_spent(a->quota, &p, now.unix_s))
		return refuse_day(a, now);
	if (n_of_prefix(a, &p) >= a->limits.tests_per_prefix)
		return refuse(a, ADMISSION_PREFIX, prefix_wait_ms(a, &p, now.ms));
	if (TAILQ_EMPTY(&a->unused))
		return refuse_full(a, now.ms);
	assert(a->n_waiting == 0 || !has_room(a)); /* what sweep() leaves: nobody can overtake */
	if (has_room(a))
		return running_answer();
	if (can_wait && a->n_waiting < a->limits.queue_length)
		return (struct admission_answer){.state = ADMISSION_WAITING};
	return refuse_full(a, now.ms);
}

static void extend(struct test *t, uint64_t ends_ms)
{
	if (ends_ms > t->ends_ms)
		t->ends_ms = ends_ms;
}

struct flow *admission_enter(struct admission *a, struct visitor who, enum direction d,
                             struct moment now, struct admission_answer *reterr)
{
	sweep_if_due(a, now);
	struct test *t = find_visitor(a, who);
	if (t == NULL) {
		struct admission_answer answer = judge(a, who, false, now);
		if (answer.state != ADMISSION_RUNNING) {
			*reterr = answer;
			return NULL;
		}
		t = take_unused(a, who);
		start(a, t, now.ms);
	} else if (!t->running || is_overdue(a, t, now.ms)) {
		*reterr = refuse_full(a, now.ms);
		return NULL;
	} else if (quota_is_spent(a->quota, &t->prefix, now.unix_s)) {
		*reterr = refuse_day(a, now);
		return NULL;
	}
	t->bulk_ms = now.ms;
	flow_begin_request(&t->flows[d], now.ms);
	return &t->flows[d];
}

void admission_leave(struct admission *a, struct flow *f, struct moment now)
{
	struct test *t = f->test;

	sweep_if_due(a, now);
	flow_end_request(f, now.ms);
	t->bulk_ms = now.ms;
	extend(t, now.ms + ADMISSION_IDLE_MS);
}

struct admission_answer admission_ask(struct admission *a, struct visitor who, struct moment now)
{
	sweep_if_due(a, now);
	struct test *t = find_visitor(a, who);
	if (t != NULL && quota_is_spent(a->quota, &t->prefix, now.unix_s))
		return refuse_day(a, now);
	if (t == NULL) {
		struct admission_answer answer = judge(a, who, true, now);
		if (answer.state == ADMISSION_REFUSED)
			return answer;
		t = take_unused(a, who);
		if (answer.state == ADMISSION_RUNNING) {
			start(a, t, now.ms);
		} else {
			TAILQ_INSERT_TAIL(&a->waiting, t, link);
			a->n_waiting++;
			t->begun_ms = now.ms;
		}
	}
	uint64_t ends_ms = now.ms + ADMISSION_POLL_MS;
	if (t->running && ends_ms > t->bulk_ms + ADMISSION_HOLD_MS)
		ends_ms = t->bulk_ms + ADMISSION_HOLD_MS;
	extend(t, ends_ms);
	return t->running ? running_answer() : waiting_answer(a, t, now.ms);
}

const struct flow *admission_flow(const struct admission *a, const char *test, enum direction d)
{
	uint64_t key[2];
	const struct test *t = parse_id(test, key) ? find(a, key, true) : NULL;

	return t != NULL && t->running ? &t->flows[d] : NULL;
}

struct admission_figures admission_read(struct admission *a, struct moment now)
{
	struct admission_figures f = {0};

	sweep(a, now);
	f.running = a->n_running;
	f.waiting = a->n_waiting;
	memcpy(f.refused, a->refused, sizeof(f.refused));
	memcpy(f.bytes, a->bytes, sizeof(f.bytes));
	memcpy(f.used_bps, a->used_bps, sizeof(f.used_bps));
	return f;
}
