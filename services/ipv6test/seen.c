/*
 * Each shard is a ring of entries, the oldest of which makes room for the newest, and chains of
 * them by nonce, oldest first: so an entry that has to go is the head of its chain.
 */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/seen.h"

#include "base/hash.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum {
	SHARDS = 16, /* each with a lock of its own */
	NONE = 0,    /* entries count from 1 */
};

struct entry {
	char nonce[NONCE_LEN];
	struct seen_query query;
	uint32_t next; /* in the chain */
	uint32_t count;
	uint64_t first_ms;
};

struct chain {
	uint32_t first, last;
};

struct shard {
	uv_mutex_t lock;
	struct entry *entries; /* [0] is unused */
	struct chain *chains;
	uint32_t n_entries, n_chains;
	uint32_t newest;
	uint64_t n_used;
};

struct seen {
	uint64_t seed;
	struct shard shards[SHARDS];
};

struct seen *seen_new(unsigned nonces)
{
	struct seen *s = mem_new(sizeof(*s));
	uint32_t n_chains = nonces / SHARDS + 1;

	s->seed = hash_seed();
	for (struct shard *h = s->shards; h < s->shards + SHARDS; h++) {
		(void)uv_mutex_init(&h->lock);
		h->n_chains = n_chains;
		h->n_entries = n_chains * SEEN_MEAN_QUERIES;
		h->chains = mem_new(h->n_chains * sizeof(*h->chains));
		h->entries = mem_new((h->n_entries + 1ul) * sizeof(*h->entries));
	}
	return s;
}

void seen_free(struct seen *s)
{
	for (struct shard *h = s->shards; h < s->shards + SHARDS; h++) {
		uv_mutex_destroy(&h->lock);
		free(h->entries);
		free(h->chains);
	}
	free(s);
}

static uint64_t hash(const struct seen *s, const char *nonce)
{
	uint64_t key[2];

	memcpy(key, nonce, sizeof(key)); /* its chance, and more */
	return hash_words(s->seed, key);
}

static struct chain *chain_of(const struct shard *h, uint64_t hashed)
{
	return &h->chains[hashed / SHARDS % h->n_chains];
}

static bool is_alike(const struct seen_query *a, const struct seen_query *b)
{
	return a->type == b->type && a->tcp == b->tcp && a->minimised == b->minimised &&
	       a->edns == b->edns && a->dnssec_ok == b->dnssec_ok && a->mixed_case == b->mixed_case &&
	       a->buffer_bytes == b->buffer_bytes && strcmp(a->test, b->test) == 0 &&
	       memcmp(&a->subnet, &b->subnet, sizeof(a->subnet)) == 0 && addr_equal(&a->resolver, &b->resolver);
}

/* Take the oldest entry, which no chain has any more. */
static struct entry *take_oldest(const struct seen *s, struct shard *h)
{
	h->newest = h->newest % h->n_entries + 1;
	struct entry *e = &h->entries[h->newest];

	if (e->count == 0) {
		h->n_used++;
		return e;
	}
	struct chain *c = chain_of(h, hash(s, e->nonce));
	assert(c->first == h->newest);
	c->first = e->next;
	if (c->first == NONE)
		c->last = NONE;
	return e;
}

static void append(struct shard *h, struct chain *c)
{
	if (c->last == NONE)
		c->first = h->newest;
	else
		h->entries[c->last].next = h->newest;
	c->last = h->newest;
}

/* The entry that @query counts to; NULL when there is none yet. *ret_n: how many the nonce has. */
static struct entry *find(struct shard *h, const struct chain *c, const char *nonce,
                          const struct seen_query *query, unsigned *ret_n)
{
	*ret_n = 0;
	for (uint32_t i = c->first; i != NONE; i = h->entries[i].next) {
		struct entry *e = &h->entries[i];
		if (memcmp(e->nonce, nonce, NONCE_LEN) != 0)
			continue;
		if (is_alike(&e->query, query))
			return e;
		(*ret_n)++;
	}
	return NULL;
}

void seen_add(struct seen *s, const char *nonce, const struct seen_query *query, uint64_t now_ms)
{
	struct seen_query q = *query;
	uint64_t hashed = hash(s, nonce);
	struct shard *h = &s->shards[hashed % SHARDS];
	unsigned n;

	q.resolver.in.sin_port = 0; /* the same in both families */
	uv_mutex_lock(&h->lock);
	struct chain *c = chain_of(h, hashed);
	struct entry *e = find(h, c, nonce, &q, &n);
	if (e != NULL) {
		e->count++;
	} else if (n < SEEN_PER_NONCE) {
		e = take_oldest(s, h);
		*e = (struct entry){.query = q, .count = 1, .first_ms = now_ms};
		memcpy(e->nonce, nonce, NONCE_LEN);
		append(h, c);
	}
	uv_mutex_unlock(&h->lock);
}

static void write_type(struct buf *out, uint16_t type)
{
	static const struct {
		uint16_t type;
		const char *name;
	} names[] = {
		{DNS_A, "A"},
		{DNS_NS, "NS"},
		{DNS_SOA, "SOA"},
		{DNS_AAAA, "AAAA"},
		{DNS_DS, "DS"},
		{DNS_NSEC, "NSEC"},
		{DNS_DNSKEY, "DNSKEY"},
		{DNS_HTTPS, "HTTPS"},
		{DNS_ANY, "ANY"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i].type != type)
			continue;
		(void)buf_printf(out, "\"%s\"", names[i].name);
		return;
	}
	(void)buf_printf(out, "\"TYPE%u\"", type); /* RFC 3597, 5 */
}

static void write_subnet(struct buf *out, const struct dns_client_subnet *s)
{
	char text[ADDR_TEXT_MAX];

	if (s->family == 0)
		(void)buf_printf(out, "null");
	else
		(void)buf_printf(out, "\"%s/%u\"",
		                 inet_ntop(s->family == 1 ? AF_INET : AF_INET6, s->address, text, sizeof(text)),
		                 s->prefix_len);
}

static const char *boolean(bool value)
{
	return value ? "true" : "false";
}

static void write_entry(struct buf *out, const struct entry *e, uint64_t since_ms)
{
	const struct seen_query *q = &e->query;
	char text[ADDR_TEXT_MAX];

	(void)buf_printf(out, "{\"test\":\"%s\",\"type\":", q->test);
	write_type(out, q->type);
	(void)buf_printf(out, ",\"resolver\":{\"address\":\"%s\",\"family\":\"%s\"},\"transport\":\"%s\"",
	                 addr_text(&q->resolver, text), addr_family(&q->resolver) == AF_INET ? "ipv4" : "ipv6",
	                 q->tcp ? "tcp" : "udp");
	(void)buf_printf(out, ",\"edns\":%s,\"do\":%s,\"buffer\":%u,\"ecs\":", boolean(q->edns),
	                 boolean(q->dnssec_ok), q->buffer_bytes);
	write_subnet(out, &q->subnet);
	(void)buf_printf(out, ",\"mixed_case\":%s,\"minimised\":%s,", boolean(q->mixed_case),
	                 boolean(q->minimised));
	(void)buf_printf(out, "\"count\":%" PRIu32 ",\"first_ms\":%" PRIu64 "}", e->count, e->first_ms - since_ms);
}

void seen_json(struct seen *s, const char nonce[NONCE_LEN + 1], struct buf *out)
{
	uint64_t hashed = hash(s, nonce), since_ms = 0;
	struct shard *h = &s->shards[hashed % SHARDS];
	bool is_first = true;

	(void)buf_printf(out, "{\"nonce\":\"%s\",\"queries\":[", nonce);
	uv_mutex_lock(&h->lock);
	for (uint32_t i = chain_of(h, hashed)->first; i != NONE; i = h->entries[i].next) {
		const struct entry *e = &h->entries[i];
		if (memcmp(e->nonce, nonce, NONCE_LEN) != 0)
			continue;
		since_ms = is_first ? e->first_ms : since_ms;
		(void)buf_printf(out, "%s", is_first ? "" : ",");
		write_entry(out, e, since_ms);
		is_first = false;
	}
	uv_mutex_unlock(&h->lock);
	(void)buf_printf(out, "]}\n");
}

uint64_t seen_count(struct seen *s)
{
	uint64_t n = 0;

	for (struct shard *h = s->shards; h < s->shards + SHARDS; h++) {
		uv_mutex_lock(&h->lock);
		n += h->n_used;
		uv_mutex_unlock(&h->lock);
	}
	return n;
}
