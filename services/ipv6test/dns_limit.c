/* SPDX-License-Identifier: MIT */
#include "ipv6test/dns_limit.h"

#include "base/hash.h"
#include "base/mem.h"
#include "net/limit.h"

#include <stdlib.h>
#include <uv.h>

enum {
	SHARDS = 16, /* each with a lock of its own */
	NETWORKS_OF_SHARD = 4096,
};

struct shard {
	uv_mutex_t lock;
	struct limit *limit;
	uint64_t now_ms; /* the latest of the workers' clocks */
	unsigned n_over;
};

struct dns_limit {
	uint64_t seed;
	struct shard shards[SHARDS];
};

struct dns_limit *dns_limit_new(uint32_t answers_per_second)
{
	struct dns_limit *l = mem_new(sizeof(*l));

	l->seed = hash_seed();
	for (struct shard *s = l->shards; s < l->shards + SHARDS; s++) {
		(void)uv_mutex_init(&s->lock);
		s->limit = limit_new((struct limit_rate){answers_per_second, answers_per_second}, NETWORKS_OF_SHARD);
	}
	return l;
}

void dns_limit_free(struct dns_limit *l)
{
	for (struct shard *s = l->shards; s < l->shards + SHARDS; s++) {
		limit_free(s->limit);
		uv_mutex_destroy(&s->lock);
	}
	free(l);
}

enum dns_verdict dns_limit_take(struct dns_limit *l, const struct addr *client, uint64_t now_ms)
{
	bool ipv4 = addr_family(client) == AF_INET;
	struct prefix network = prefix_of(client, ipv4 ? DNS_LIMIT_IPV4_BITS : LIMIT_IPV6_BITS);
	enum dns_verdict verdict = DNS_PASS;
	uint64_t key[2];
	uint32_t wait_ms;

	addr_key(&network.addr, key);
	struct shard *s = &l->shards[hash_words(l->seed, key) % SHARDS];
	uv_mutex_lock(&s->lock);
	s->now_ms = now_ms > s->now_ms ? now_ms : s->now_ms;
	if (limit_take(s->limit, &network.addr, s->now_ms, &wait_ms) < 0)
		verdict = s->n_over++ % 2 == 0 ? DNS_SLIP : DNS_DROP;
	uv_mutex_unlock(&s->lock);
	return verdict;
}
