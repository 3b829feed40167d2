/* SPDX-License-Identifier: MIT */
#include "fontaine/distribution.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const unsigned quantile_percents[QUANTILES] = {10, 25, 50, 75, 90};

/* Samples of one group, picked from all. */
struct picked {
	const struct sample **samples;
	size_t n;
};

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of @n numbers in order, interpolated between the nearest two. */
static double quantile(const double *numbers, size_t n, unsigned percent)
{
	double place = (double)(n - 1) * percent / 100;
	size_t below = (size_t)place;

	if (below + 1 >= n)
		return numbers[n - 1];
	return numbers[below] + (numbers[below + 1] - numbers[below]) * (place - (double)below);
}

static struct distribution distribution_of(const struct picked *p, enum measure m)
{
	double *numbers = mem_new(p->n * sizeof(*numbers));
	struct distribution d = {0};
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (!isnan(p->samples[i]->figures[m]))
			numbers[n++] = p->samples[i]->figures[m];
	if (n >= DISTRIBUTION_MIN_TESTS) {
		qsort(numbers, n, sizeof(*numbers), compare_doubles);
		d.is_known = true;
		for (size_t i = 0; i < QUANTILES; i++)
			d.quantiles[i] = quantile(numbers, n, quantile_percents[i]);
	}
	free(numbers);
	return d;
}

static struct group group_of(const struct picked *p, bool is_others)
{
	const struct sample *last = p->samples[p->n - 1];
	struct group g = {.family = last->family, .n_tests = p->n, .is_others = is_others};

	if (!is_others) {
		g.asn = last->asn;
		g.name = last->name;
	}
	for (enum measure m = 0; m < MEASURES; m++)
		g.measures[m] = distribution_of(p, m);
	return g;
}

/* Most tests first, others last. */
static int compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->is_others != y->is_others)
		return x->is_others ? 1 : -1;
	if (x->n_tests != y->n_tests)
		return x->n_tests > y->n_tests ? -1 : 1;
	return (x->asn > y->asn) - (x->asn < y->asn);
}

/* How many samples from @s on, up to @end, have its family, and its AS when @same_asn. */
static size_t run_length(const struct sample *s, const struct sample *end, bool same_asn)
{
	const struct sample *next = s + 1;

	while (next < end && strcmp(next->family, s->family) == 0 && (!same_asn || next->asn == s->asn))
		next++;
	return (size_t)(next - s);
}

struct groups {
	struct group *list;
	size_t n;
};

static void add(struct groups *groups, const struct picked *p, bool is_others)
{
	groups->list = mem_resize(groups->list, groups->n + 1, sizeof(groups->list[0]));
	groups->list[groups->n++] = group_of(p, is_others);
}

/* Add the groups of one family's samples. */
static void add_family(struct groups *groups, const struct sample *samples, size_t n)
{
	struct picked run = {(const struct sample **)mem_new(n * sizeof(void *)), 0};
	struct picked others = {(const struct sample **)mem_new(n * sizeof(void *)), 0};
	size_t first = groups->n;

	for (size_t i = 0; i < n; i += run.n) {
		run.n = run_length(&samples[i], samples + n, true);
		bool is_few = run.n < DISTRIBUTION_MIN_TESTS;
		for (size_t j = 0; j < run.n; j++)
			*(is_few ? &others.samples[others.n++] : &run.samples[j]) = &samples[i + j];
		if (!is_few)
			add(groups, &run, false);
	}
	if (others.n > 0)
		add(groups, &others, true);
	if (groups->n > first)
		qsort(groups->list + first, groups->n - first, sizeof(groups->list[0]), compare_groups);
	free((void *)run.samples);
	free((void *)others.samples);
}

size_t distribution_groups(const struct sample *samples, size_t n, struct group **ret)
{
	struct groups groups = {0};
	size_t family;

	for (size_t i = 0; i < n; i += family) {
		family = run_length(&samples[i], samples + n, false);
		add_family(&groups, &samples[i], family);
	}
	*ret = groups.list;
	return groups.n;
}
