/* SPDX-License-Identifier: MIT */
#include "ipv6test/counted.h"

#include "base/hash.h"
#include "base/mem.h"
#include "net/limit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { WAYS = 16 }; /* places that a prefix may take */

struct counted {
	pthread_mutex_t lock; /* guards what follows */
	int64_t day;
	uint64_t seed;
	size_t n_sets;
	uint64_t places[]; /* 0: free */
};

struct counted *counted_new(unsigned prefixes)
{
	size_t n_sets = (prefixes + WAYS - 1) / WAYS;
	struct counted *c = mem_new(sizeof(*c) + n_sets * WAYS * sizeof(c->places[0]));

	(void)pthread_mutex_init(&c->lock, NULL);
	c->seed = hash_seed();
	c->n_sets = n_sets;
	return c;
}

void counted_free(struct counted *c)
{
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}

static uint64_t hash_of(const struct counted *c, const struct addr *client)
{
	struct prefix p = prefix_of(client, addr_family(client) == AF_INET ? LIMIT_IPV4_BITS : LIMIT_IPV6_BITS);
	uint64_t key[2];

	addr_key(&p.addr, key);
	uint64_t hash = hash_words(c->seed, key);
	return hash != 0 ? hash : 1;
}

static bool take(struct counted *c, const struct addr *client)
{
	uint64_t hash = hash_of(c, client);
	uint64_t *set = &c->places[hash % c->n_sets * WAYS];

	for (uint64_t *place = set; place < set + WAYS; place++) {
		if (*place == hash)
			return false;
		if (*place == 0) {
			*place = hash;
			return true;
		}
	}
	return false;
}

bool counted_take(struct counted *c, const struct addr *client, int64_t day)
{
	(void)pthread_mutex_lock(&c->lock);
	if (day > c->day) {
		memset(c->places, 0, c->n_sets * WAYS * sizeof(c->places[0]));
		c->day = day;
	}
	bool taken = take(c, client);
	(void)pthread_mutex_unlock(&c->lock);
	return taken;
}
