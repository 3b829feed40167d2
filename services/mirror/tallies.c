/* SPDX-License-Identifier: MIT */
#include "mirror/tallies.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Twice as many places as tallies, so that one is free near every key. Each has a number from 1; 0: it is free. */
static size_t n_places(const struct tallies *t)
{
	return 2 * t->max;
}

void tallies_init(struct tallies *t, size_t max)
{
	*t = (struct tallies){.max = max, .seed = hash_seed()};
	t->all = mem_new(max * sizeof(*t->all));
	t->places = mem_new(n_places(t) * sizeof(*t->places));
}

void tallies_done(struct tallies *t)
{
	free(t->all);
	free(t->places);
}

void tallies_clear(struct tallies *t)
{
	memset(t->places, 0, n_places(t) * sizeof(*t->places));
	t->n = 0;
}

struct tally *tallies_find(struct tallies *t, uint64_t key)
{
	size_t place = hash_words(t->seed, (uint64_t[2]){key, 0}) % n_places(t);

	while (t->places[place] != 0) {
		struct tally *found = &t->all[t->places[place] - 1];
		if (found->key == key)
			return found;
		place = (place + 1) % n_places(t);
	}
	if (t->n == t->max)
		return NULL;
	t->all[t->n] = (struct tally){.key = key};
	t->places[place] = (uint32_t)++t->n;
	return &t->all[t->n - 1];
}
