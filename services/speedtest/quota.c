/* SPDX-License-Identifier: MIT */
#include "speedtest/quota.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
	WAYS = 8, /* prefixes that share one place of the table */
	DAY_S = 86400,
};

struct share {
	uint64_t key[2];
	uint64_t bytes; /* 0: free */
	int64_t day;    /* of the bytes */
};

struct quota {
	uint64_t daily_bytes;
	uint64_t seed;
	uint32_t n_sets;
	struct share shares[];
};

struct quota *quota_new(uint64_t daily_bytes, uint32_t prefixes)
{
	uint32_t n_sets = (prefixes + WAYS - 1) / WAYS;
	struct quota *q = mem_new(sizeof(*q) + (size_t)n_sets * WAYS * sizeof(q->shares[0]));

	q->daily_bytes = daily_bytes;
	q->seed = hash_seed();
	q->n_sets = n_sets;
	return q;
}

void quota_free(struct quota *q)
{
	free(q);
}

static uint64_t bytes_on(const struct share *s, int64_t day)
{
	return s->day == day ? s->bytes : 0;
}

static bool is_of(const struct share *s, const uint64_t key[2])
{
	return memcmp(s->key, key, sizeof(s->key)) == 0;
}

/* Where the prefix stands, or else where it would. */
static size_t place_of(const struct quota *q, const uint64_t key[2], int64_t day)
{
	size_t first = hash_words(q->seed, key) % q->n_sets * WAYS, least = first;

	for (size_t i = first; i < first + WAYS; i++) {
		if (is_of(&q->shares[i], key))
			return i;
		if (bytes_on(&q->shares[i], day) < bytes_on(&q->shares[least], day))
			least = i;
	}
	return least;
}

void quota_add(struct quota *q, const struct prefix *prefix, uint64_t bytes, int64_t unix_s)
{
	int64_t day = unix_s / DAY_S;
	uint64_t key[2];

	addr_key(&prefix->addr, key);
	struct share *s = &q->shares[place_of(q, key, day)];
	if (!is_of(s, key) || s->day != day)
		*s = (struct share){.key = {key[0], key[1]}, .day = day};
	s->bytes += bytes;
}

bool quota_is_spent(const struct quota *q, const struct prefix *prefix, int64_t unix_s)
{
	int64_t day = unix_s / DAY_S;
	uint64_t key[2];

	addr_key(&prefix->addr, key);
	const struct share *s = &q->shares[place_of(q, key, day)];
	return is_of(s, key) && bytes_on(s, day) >= q->daily_bytes;
}

uint32_t quota_wait_ms(int64_t unix_s)
{
	return (uint32_t)(DAY_S - unix_s % DAY_S) * 1000;
}
