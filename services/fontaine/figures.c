/* From what was timed and counted to the figures of a speed test. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/figures.h"

#include "base/mem.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	GROWTH = 64, /* a list grows by so many */
	LIVE_MS = 1000,
	BUSY_MIN_MS = 1000, /* with less to send, TCP has not found its speed */
};

static const double limit_share = 0.5;  /* of the busy time that names a limit */
static const double lossy_share = 0.01; /* of bytes sent again from which it is the network, whatever else waits */

void samples_add(struct samples *s, double value)
{
	if (s->n % GROWTH == 0)
		s->values = mem_resize(s->values, s->n + GROWTH, sizeof(*s->values));
	s->values[s->n++] = value;
}

void samples_done(struct samples *s)
{
	free(s->values);
	*s = (struct samples){.n = 0};
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double samples_median(const struct samples *s)
{
	if (s->n == 0)
		return NAN;
	double *sorted = mem_resize(NULL, s->n, sizeof(*sorted));
	memcpy(sorted, s->values, s->n * sizeof(*sorted));
	qsort(sorted, s->n, sizeof(*sorted), compare);
	double middle = (sorted[(s->n - 1) / 2] + sorted[s->n / 2]) / 2;
	free(sorted);
	return middle;
}

double samples_min(const struct samples *s)
{
	double min = NAN;

	for (size_t i = 0; i < s->n; i++)
		min = fmin(min, s->values[i]); /* which prefers a number to NAN */
	return min;
}

double samples_jitter(const struct samples *s)
{
	double sum = 0;

	for (size_t i = 1; i < s->n; i++)
		sum += fabs(s->values[i] - s->values[i - 1]);
	return s->n > 1 ? sum / (double)(s->n - 1) : NAN;
}

void meter_add(struct meter *m, double ms, uint64_t bytes)
{
	if (m->n % GROWTH == 0)
		m->readings = mem_resize(m->readings, m->n + GROWTH, sizeof(*m->readings));
	m->readings[m->n++] = (struct reading){ms, bytes};
}

void meter_done(struct meter *m)
{
	free(m->readings);
	m->readings = NULL;
	m->n = 0;
}

double meter_elapsed_ms(const struct meter *m)
{
	return m->n > 0 ? m->readings[m->n - 1].ms - m->readings[0].ms : 0;
}

static struct rate between(const struct reading *from, const struct reading *to)
{
	struct rate r = {.bytes = to->bytes - from->bytes, .ms = to->ms - from->ms};

	r.bits_per_second = r.ms > 0 ? (double)r.bytes * 8000 / r.ms : 0;
	return r;
}

double meter_live_bps(const struct meter *m)
{
	if (m->n == 0)
		return 0;
	const struct reading *last = &m->readings[m->n - 1], *from = last;
	while (from > m->readings && from->ms > last->ms - LIVE_MS)
		from--;
	return between(from, last).bits_per_second;
}

struct rate meter_measured(const struct meter *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->readings[i].ms - m->readings[0].ms >= m->ramp_ms)
			return between(&m->readings[i], &m->readings[m->n - 1]);
	return (struct rate){0};
}

const char *figures_grade(double added_ms)
{
	static const struct {
		double below_ms;
		const char *grade;
	} grades[] = {{5, "A+"}, {30, "A"}, {60, "B"}, {200, "C"}, {400, "D"}, {INFINITY, "F"}};
	size_t i = 0;

	if (isnan(added_ms))
		return NULL;
	while (added_ms >= grades[i].below_ms)
		i++;
	return grades[i].grade;
}

double figures_rpm(double ms)
{
	return ms > 0 ? 60000 / ms : NAN;
}

const char *figures_limit(const struct tcp_work *w)
{
	if (w->busy_ms < BUSY_MIN_MS)
		return "short";
	if (w->retransmitted_bytes >= lossy_share * w->sent_bytes)
		return "network";
	if (w->rwnd_limited_ms >= limit_share * w->busy_ms)
		return "receiver";
	return w->sndbuf_limited_ms >= limit_share * w->busy_ms ? "sender" : "network";
}
