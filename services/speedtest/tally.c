/* SPDX-License-Identifier: MIT */
#include "speedtest/tally.h"

#include "base/mem.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { WAYS = 8 }; /* tests that share one place; the rest of their random name tells them apart */

struct tally_entry {
	char id[TALLY_ID_DIGITS]; /* the first byte is 0 while the entry was never used */
	unsigned n_users;         /* between get and put; guarded by the lock, as all but bytes */
	uint64_t used_ms;
	_Atomic uint64_t bytes;
};

struct tally {
	pthread_mutex_t lock;
	size_t n_sets;
	struct tally_entry entries[];
};

struct tally *tally_new(size_t tests)
{
	size_t n_sets = (tests + WAYS - 1) / WAYS;
	struct tally *t = mem_new(sizeof(*t) + n_sets * WAYS * sizeof(t->entries[0]));

	(void)pthread_mutex_init(&t->lock, NULL);
	t->n_sets = n_sets;
	return t;
}

void tally_free(struct tally *t)
{
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
}

/* The places where @id may stand, or NULL when it is no name of a test. */
static struct tally_entry *set_of(struct tally *t, const char *id)
{
	uint64_t place = 0;

	if (strlen(id) != TALLY_ID_DIGITS || strspn(id, "0123456789abcdef") != TALLY_ID_DIGITS)
		return NULL;
	for (int i = 0; i < 16; i++)
		place = place << 4 | (uint64_t)(id[i] <= '9' ? id[i] - '0' : id[i] - 'a' + 10);
	return &t->entries[place % t->n_sets * WAYS];
}

static struct tally_entry *find(struct tally_entry *set, const char *id)
{
	for (struct tally_entry *e = set; set != NULL && e < set + WAYS; e++)
		if (memcmp(e->id, id, TALLY_ID_DIGITS) == 0)
			return e;
	return NULL;
}

/* Take a place that is free or was left long enough ago. */
static struct tally_entry *start(struct tally_entry *set, const char *id, uint64_t now_ms)
{
	for (struct tally_entry *e = set; set != NULL && e < set + WAYS; e++) {
		bool left = e->n_users == 0 && now_ms > e->used_ms + TALLY_KEEP_MS;
		if (e->id[0] != '\0' && !left)
			continue;
		memcpy(e->id, id, TALLY_ID_DIGITS);
		atomic_store(&e->bytes, 0);
		return e;
	}
	return NULL;
}

struct tally_entry *tally_get(struct tally *t, const char *id, uint64_t now_ms)
{
	struct tally_entry *set = set_of(t, id);

	(void)pthread_mutex_lock(&t->lock);
	struct tally_entry *e = find(set, id);
	if (e == NULL)
		e = start(set, id, now_ms);
	if (e != NULL)
		e->n_users++;
	(void)pthread_mutex_unlock(&t->lock);
	return e;
}

void tally_put(struct tally *t, struct tally_entry *e, uint64_t now_ms)
{
	(void)pthread_mutex_lock(&t->lock);
	e->n_users--;
	e->used_ms = now_ms;
	(void)pthread_mutex_unlock(&t->lock);
}

void tally_add(struct tally_entry *e, size_t bytes)
{
	atomic_fetch_add_explicit(&e->bytes, bytes, memory_order_relaxed);
}

int tally_read(struct tally *t, const char *id, uint64_t *ret_bytes)
{
	struct tally_entry *set = set_of(t, id);

	(void)pthread_mutex_lock(&t->lock);
	const struct tally_entry *e = find(set, id);
	if (e != NULL)
		*ret_bytes = atomic_load(&e->bytes);
	(void)pthread_mutex_unlock(&t->lock);
	return e != NULL ? 0 : -ENOENT;
}
