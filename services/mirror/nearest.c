/* SPDX-License-Identifier: MIT */
#include "mirror/nearest.h"

#include "base/mem.h"
#include "base/origin.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *const nearest_whys[] = {"prefix", "network", "routing", "order"};

static const struct prefix_table_kind kind = {.name = "POPs"};

struct nearest {
	const struct pop *pop;
	struct prefix_table *prefixes; /* one word: the place of the POP, this one's first */
};

static void add(struct prefix_table *t, char *const *prefixes, unsigned n, uint32_t place)
{
	struct prefix p;

	for (unsigned i = 0; i < n; i++)
		if (prefix_parse(prefixes[i], &p) == 0)
			prefix_table_add(t, &p, UINT32_MAX - place, &place, 1); /* of two, the one listed first */
}

struct nearest *nearest_new(const struct pop *p)
{
	struct nearest *n = mem_new(sizeof(*n));

	n->pop = p;
	n->prefixes = prefix_table_new(&kind);
	for (unsigned i = 0; i < p->n_members; i++)
		add(n->prefixes, p->members[i].prefixes, p->members[i].n_prefixes, 0);
	for (unsigned i = 0; i < p->n_neighbours; i++)
		if (p->neighbours[i].mirror != NULL)
			add(n->prefixes, p->neighbours[i].prefixes, p->neighbours[i].n_prefixes, i + 1);
	(void)prefix_table_seal(n->prefixes);
	return n;
}

void nearest_free(struct nearest *n)
{
	prefix_table_release(n->prefixes);
	free(n);
}

struct order {
	struct nearest_place *places;
	size_t n;
};

static void put(struct order *o, int neighbour, enum nearest_why why)
{
	assert(o->n < NEAREST_MAX);
	for (size_t i = 0; i < o->n; i++)
		if (o->places[i].neighbour == neighbour)
			return;
	o->places[o->n++] = (struct nearest_place){neighbour, why};
}

static bool has_asn(const struct pop *p, int place, uint32_t asn)
{
	if (place != NEAREST_HERE) {
		const struct pop_neighbour *o = &p->neighbours[place];
		for (unsigned i = 0; o->mirror != NULL && i < o->n_asns; i++)
			if (o->asns[i] == asn)
				return true;
		return false;
	}
	for (unsigned i = 0; i < p->n_members; i++)
		if (p->members[i].asn == asn)
			return true;
	return false;
}

/** The POP of the network that announces @a: this one, of its members'. */
static void put_network(struct order *o, const struct pop *p, const struct addr *a, const struct prefix_table *origins)
{
	struct origin_match m;

	if (origins == NULL || origin_find(origins, a, &m) < 0)
		return;
	for (int place = NEAREST_HERE; place < (int)p->n_neighbours; place++)
		if (has_asn(p, place, m.asns[0])) {
			put(o, place, NEAREST_BY_NETWORK);
			return;
		}
}

size_t nearest_order(const struct nearest *n, const struct addr *a, const struct prefix_table *origins,
                     struct nearest_place ret[NEAREST_MAX])
{
	const struct pop *p = n->pop;
	struct order o = {ret, 0};
	struct prefix_found found;

	if (prefix_table_find(n->prefixes, a, &found))
		put(&o, (int)found.words[0] - 1, NEAREST_BY_PREFIX);
	else
		put_network(&o, p, a, origins);
	put(&o, NEAREST_HERE, NEAREST_BY_ROUTING);
	for (int same = 1; same >= 0; same--)
		for (unsigned i = 0; i < p->n_neighbours; i++) {
			const struct pop_neighbour *other = &p->neighbours[i];
			if (other->mirror != NULL && (strcmp(other->country, p->site->country) == 0) == same)
				put(&o, (int)i, NEAREST_BY_ORDER);
		}
	return o.n;
}
