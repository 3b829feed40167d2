/* SPDX-License-Identifier: MIT */
#include "speedtest/gate.h"

#include "base/mem.h"
#include "base/metrics.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TESTS_MAX = 4096 }; /* with its queue */

struct gate {
	pthread_mutex_t lock;
	struct admission *admission;
	struct admission_limits limits;
};

struct gate *gate_new(const struct pop_speedtest *limits)
{
	struct gate *g = mem_new(sizeof(*g));

	(void)pthread_mutex_init(&g->lock, NULL);
	g->limits = (struct admission_limits){
		.capacity_bps = {[DOWNLOAD] = limits->download_mbps * UINT64_C(1000000),
	                         [UPLOAD] = limits->upload_mbps * UINT64_C(1000000)},
		.assumed_bps = limits->test_mbps * UINT64_C(1000000),
		.tests_per_prefix = limits->tests_per_prefix,
		.queue_length = limits->queue_length,
		.tests = TESTS_MAX,
		.daily_bytes = (uint64_t)limits->daily_gib << 30,
	};
	g->admission = admission_new(&g->limits);
	return g;
}

void gate_free(struct gate *g)
{
	admission_free(g->admission);
	(void)pthread_mutex_destroy(&g->lock);
	free(g);
}

static struct moment now(void)
{
	struct timespec monotonic, real;

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &monotonic);
	(void)clock_gettime(CLOCK_REALTIME_COARSE, &real);
	return (struct moment){.ms = (uint64_t)monotonic.tv_sec * 1000 + (uint64_t)monotonic.tv_nsec / 1000000,
	                       .unix_s = real.tv_sec};
}

struct flow *gate_enter(struct gate *g, struct visitor who, enum direction d,
                        struct admission_answer *reterr)
{
	(void)pthread_mutex_lock(&g->lock);
	struct flow *f = admission_enter(g->admission, who, d, now(), reterr);
	(void)pthread_mutex_unlock(&g->lock);
	return f;
}

void gate_leave(struct gate *g, struct flow *f)
{
	(void)pthread_mutex_lock(&g->lock);
	admission_leave(g->admission, f, now());
	(void)pthread_mutex_unlock(&g->lock);
}

struct admission_answer gate_ask(struct gate *g, struct visitor who)
{
	(void)pthread_mutex_lock(&g->lock);
	struct admission_answer answer = admission_ask(g->admission, who, now());
	(void)pthread_mutex_unlock(&g->lock);
	return answer;
}

int gate_read(struct gate *g, const char *test, struct gate_reading *ret)
{
	struct gate_reading reading = {0};
	bool found = true;

	(void)pthread_mutex_lock(&g->lock);
	for (enum direction d = 0; d < DIRECTIONS && found; d++) {
		const struct flow *f = admission_flow(g->admission, test, d);
		found = f != NULL;
		if (found && d == UPLOAD)
			reading.uploaded_bytes = atomic_load_explicit(&f->bytes, memory_order_relaxed);
		if (found)
			tcp_tally_read(&f->tcp, &reading.tcp);
	}
	(void)pthread_mutex_unlock(&g->lock);
	if (!found)
		return -ENOENT;
	*ret = reading;
	return 0;
}

static const char *const direction_labels[DIRECTIONS] = {
	[DOWNLOAD] = "direction=\"download\"",
	[UPLOAD] = "direction=\"upload\"",
};

static void write_by_direction(struct buf *text, const char *name, const uint64_t values[DIRECTIONS])
{
	for (int d = 0; d < DIRECTIONS; d++)
		metrics_u64(text, name, direction_labels[d], values[d]);
}

/** @bits_per_second, as bytes. */
static void write_rates(struct buf *text, const char *name, const uint64_t bits_per_second[DIRECTIONS])
{
	write_by_direction(text, name, (const uint64_t[]){bits_per_second[DOWNLOAD] / 8, bits_per_second[UPLOAD] / 8});
}

void gate_metrics(struct gate *g, struct buf *text)
{
	static const char *const reason_labels[ADMISSION_REASONS] = {
		[ADMISSION_FULL] = "reason=\"full\"",
		[ADMISSION_PREFIX] = "reason=\"prefix\"",
		[ADMISSION_DAY] = "reason=\"day\"",
	};

	(void)pthread_mutex_lock(&g->lock);
	struct admission_figures f = admission_read(g->admission, now());
	(void)pthread_mutex_unlock(&g->lock);

	metrics_family(text, "speedtestd_tests_running", METRICS_GAUGE, "Tests that run now.");
	metrics_u64(text, "speedtestd_tests_running", "", f.running);
	metrics_family(text, "speedtestd_tests_waiting", METRICS_GAUGE, "Tests in the queue now.");
	metrics_u64(text, "speedtestd_tests_waiting", "", f.waiting);
	metrics_family(text, "speedtestd_tests_refused_total", METRICS_COUNTER,
	               "Requests for a test that were refused: the POP was full, the client's prefix had its "
	               "share of tests, or had used up its bytes of the day.");
	for (int i = 0; i < ADMISSION_REASONS; i++)
		metrics_u64(text, "speedtestd_tests_refused_total", reason_labels[i], f.refused[i]);
	metrics_family(text, "speedtestd_tests_bytes_total", METRICS_COUNTER, "Bytes that tests moved.");
	write_by_direction(text, "speedtestd_tests_bytes_total", f.bytes);
	metrics_family(text, "speedtestd_budget_used_bytes_per_second", METRICS_GAUGE,
	               "What is set aside for the tests that run.");
	write_rates(text, "speedtestd_budget_used_bytes_per_second", f.used_bps);
	metrics_family(text, "speedtestd_budget_bytes_per_second", METRICS_GAUGE, "What the POP file allows.");
	write_rates(text, "speedtestd_budget_bytes_per_second", g->limits.capacity_bps);
}
