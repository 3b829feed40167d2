/* SPDX-License-Identifier: MIT */
#include "net/limit.h"

#include "base/hash.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>

enum { WAYS = 4 }; /* clients that share one hash value */

/* Tokens are counted in thousandths, so that one millisecond earns per_second of them. */
enum { TOKEN = 1000 };

struct bucket {
	struct prefix client; /* len 0: free */
	uint64_t seen_ms;
	uint64_t tokens;
};

struct limit {
	struct limit_rate rate;
	uint64_t seed;
	uint32_t n_sets;
	struct bucket buckets[];
};

struct limit *limit_new(struct limit_rate rate, uint32_t clients)
{
	uint32_t n_sets = (clients + WAYS - 1) / WAYS;
	struct limit *l = mem_new(sizeof(*l) + (size_t)n_sets * WAYS * sizeof(l->buckets[0]));

	l->rate = rate;
	l->n_sets = n_sets;
	l->seed = hash_seed();
	return l;
}

void limit_free(struct limit *l)
{
	free(l);
}

/* The client's bucket; for a new client the one of its set unused for longest. */
static struct bucket *find(struct limit *l, const struct prefix *client, uint64_t now_ms)
{
	uint64_t key[2];

	addr_key(&client->addr, key);
	struct bucket *set = &l->buckets[hash_words(l->seed, key) % l->n_sets * WAYS];
	struct bucket *oldest = set;

	for (struct bucket *b = set; b < set + WAYS; b++) {
		if (b->client.len == client->len && addr_equal(&b->client.addr, &client->addr))
			return b;
		if (b->seen_ms < oldest->seen_ms)
			oldest = b;
	}
	*oldest = (struct bucket){
		.client = *client, .seen_ms = now_ms, .tokens = (uint64_t)l->rate.burst * TOKEN};
	return oldest;
}

int limit_take(struct limit *l, const struct addr *client, uint64_t now_ms,
               uint32_t *reterr_wait_ms)
{
	if (l->rate.per_second == 0)
		return 0;

	bool ipv4 = addr_family(client) == AF_INET;
	struct prefix p = prefix_of(client, ipv4 ? LIMIT_IPV4_BITS : LIMIT_IPV6_BITS);
	struct bucket *b = find(l, &p, now_ms);

	uint64_t full = (uint64_t)l->rate.burst * TOKEN;
	uint64_t earned = (now_ms - b->seen_ms) * l->rate.per_second;
	b->tokens = earned > full - b->tokens ? full : b->tokens + earned;
	b->seen_ms = now_ms;
	if (b->tokens >= TOKEN) {
		b->tokens -= TOKEN;
		return 0;
	}
	*reterr_wait_ms = (uint32_t)((TOKEN - b->tokens + l->rate.per_second - 1) / l->rate.per_second);
	return -EAGAIN;
}
