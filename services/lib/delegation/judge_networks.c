/* Where the servers are: how many, at which addresses, in whose networks. */
/* SPDX-License-Identifier: MIT */
#include "delegation/judge.h"

#include "base/origin.h"

#include <stdio.h>
#include <string.h>

static const int families[] = {AF_INET, AF_INET6};

static size_t servers_with(const struct observed *o, int family)
{
	size_t n = 0;

	for (size_t s = 0; s < o->d->n_servers; s++) {
		bool has_one = false;
		for (size_t i = 0; i < o->n_targets; i++)
			has_one = has_one || (o->targets[i].server == &o->d->servers[s] &&
			                      addr_family(&o->targets[i].addr) == family);
		n += has_one;
	}
	return n;
}

static void judge_two(struct verdict *v, const struct observed *o)
{
	static const enum problem_id none[] = {PROBLEM_NO_IPV4, PROBLEM_NO_IPV6};
	static const enum problem_id one[] = {PROBLEM_ONE_IPV4, PROBLEM_ONE_IPV6};

	for (size_t f = 0; f < FAMILIES; f++) {
		size_t n = servers_with(o, families[f]);
		if (n == 0)
			(void)verdict_find(v, none[f]);
		for (size_t i = 0; n == 1 && i < o->n_targets; i++)
			if (addr_family(&o->targets[i].addr) == families[f])
				verdict_see(v, one[f], &o->targets[i], NULL, NULL);
	}
}

static void judge_distinct(struct verdict *v, const struct observed *o)
{
	for (size_t i = 0; i < o->n_targets; i++)
		for (size_t k = 0; k < o->n_targets; k++)
			if (k != i && addr_equal(&o->targets[i].addr, &o->targets[k].addr)) {
				verdict_see(v, PROBLEM_SAME_ADDRESS, &o->targets[i], NULL, NULL);
				break;
			}
}

/** What is known of the addresses of one family. */
struct spread {
	size_t n; /* addresses whose origin is known */
	bool is_one_as, is_one_prefix;
	struct origin_match first;
};

static bool is_same_prefix(const struct prefix *a, const struct prefix *b)
{
	return a->len == b->len && addr_equal(&a->addr, &b->addr);
}

static bool is_same_as(const struct origin_match *a, const struct origin_match *b)
{
	return a->n_asns == b->n_asns && memcmp(a->asns, b->asns, a->n_asns * sizeof(*a->asns)) == 0;
}

static struct spread spread_of(const struct observed *o, const struct prefix_table *origins, int family)
{
	struct spread s = {.is_one_as = true, .is_one_prefix = true};

	for (size_t i = 0; i < o->n_targets; i++) {
		struct origin_match m;
		if (addr_family(&o->targets[i].addr) != family ||
		    origin_find(origins, &o->targets[i].addr, &m) < 0)
			continue;
		if (s.n++ == 0)
			s.first = m;
		s.is_one_as = s.is_one_as && is_same_as(&m, &s.first);
		s.is_one_prefix = s.is_one_prefix && is_same_prefix(&m.prefix, &s.first.prefix);
	}
	return s;
}

static void see_family(struct verdict *v, enum problem_id problem, const struct observed *o, int family,
                       const char *detail)
{
	for (size_t i = 0; i < o->n_targets; i++)
		if (addr_family(&o->targets[i].addr) == family)
			verdict_see(v, problem, &o->targets[i], NULL, detail);
}

static void judge_diversity(struct verdict *v, const struct observed *o, const struct prefix_table *origins)
{
	bool is_known = false;

	for (size_t f = 0; f < FAMILIES; f++) {
		struct spread s = spread_of(o, origins, families[f]);
		char text[PREFIX_TEXT_MAX];
		if (s.n < 2)
			continue;
		is_known = true;
		(void)snprintf(text, sizeof(text), "AS%u", s.first.asns[0]);
		if (s.is_one_as)
			see_family(v, PROBLEM_ONE_AS, o, families[f], text);
		if (s.is_one_prefix)
			see_family(v, PROBLEM_ONE_PREFIX, o, families[f], prefix_text(&s.first.prefix, text));
	}
	if (!is_known) {
		verdict_untested(v, CHECK_AS, UNTESTED_FEW_ADDRESSES);
		verdict_untested(v, CHECK_PREFIX, UNTESTED_FEW_ADDRESSES);
	}
}

void judge_networks(struct verdict *v, const struct observed *o, const struct prefix_table *origins)
{
	judge_two(v, o);
	judge_distinct(v, o);
	if (origins != NULL) {
		judge_diversity(v, o, origins);
	} else {
		verdict_untested(v, CHECK_AS, UNTESTED_NO_ORIGINS);
		verdict_untested(v, CHECK_PREFIX, UNTESTED_NO_ORIGINS);
	}
}
