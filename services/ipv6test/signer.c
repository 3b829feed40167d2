/* SPDX-License-Identifier: MIT */
#include "ipv6test/signer.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>

enum {
	DAY_S = 86400,
	BEFORE_S = 3600,     /* for clocks that are slow */
	VALID_S = 2 * DAY_S, /* from now */
	OVER_S = 30 * DAY_S, /* since an expired one was over, longer than any validator forgives */
	KEPT_S = 3600,
	KEPT_TYPES = 4,
};

struct kept {
	int64_t until_s;
	int len;
	uint8_t data[SIGN_MAX_BYTES];
};

struct signer {
	struct sign_key *const *keys;
	int64_t second;
	unsigned cost; /* of this second's */
	uint8_t live[SIGN_MAX_BYTES];
	struct kept kept[][KEPT_TYPES]; /* by zone and type */
};

struct signer *signer_new(const struct zones *zones, struct sign_key *const keys[SIGNER_ALGORITHMS])
{
	struct signer *s = mem_new(sizeof(*s) + zones->n * sizeof(s->kept[0]));

	s->keys = keys;
	return s;
}

void signer_free(struct signer *s)
{
	free(s);
}

const struct sign_key *signer_key(const struct signer *s, const struct zone *z)
{
	return s->keys[z->test->algorithm];
}

/* Whether this second has that much left for algorithm @algorithm. */
static bool take_share(struct signer *s, uint8_t algorithm, int64_t now_s)
{
	unsigned cost = algorithm == SIGN_RSA_SHA256 ? 10 : 1;

	if (s->second != now_s) {
		s->second = now_s;
		s->cost = 0;
	}
	if (s->cost + cost > SIGNER_COST_PER_SECOND)
		return false;
	s->cost += cost;
	return true;
}

/* What the zone has of its own is always well signed: a delegation leads to it, and so to what is wrong below it. */
static enum zone_signatures wanted_of(const struct zone *z, const struct sign_record *record)
{
	return zone_nonce(z, record->owner) == NULL ? ZONE_SIGNED : z->test->signatures;
}

static int make(struct signer *s, const struct zone *z, struct sign_record *record, int64_t now_s, uint8_t *ret)
{
	enum zone_signatures wanted = wanted_of(z, record);
	int64_t end_s = wanted == ZONE_EXPIRED ? now_s - OVER_S : now_s + VALID_S;

	record->signer = &z->apex;
	record->until = (uint32_t)end_s;
	record->from = (uint32_t)(end_s - VALID_S - BEFORE_S);
	int len = sign_record(signer_key(s, z), record, ret);
	if (len > 0 && wanted == ZONE_BOGUS)
		ret[len - 1] ^= 1;
	return len;
}

/* Of the types at an apex. Return: -1 for another. */
static int kept_slot(uint16_t type)
{
	switch (type) {
	case DNS_SOA:
		return 0;
	case DNS_NS:
		return 1;
	case DNS_DNSKEY:
		return 2;
	case DNS_NSEC:
		return 3;
	default:
		return -1;
	}
}

int signer_sign(struct signer *s, const struct zone *z, struct sign_record *record, int64_t now_s,
                const uint8_t **ret_data)
{
	int slot = record->owner->len == z->apex.len ? kept_slot(record->type) : -1;

	if (wanted_of(z, record) == ZONE_NOSIG)
		return 0;
	if (slot < 0) {
		*ret_data = s->live;
		return take_share(s, z->test->algorithm, now_s) ? make(s, z, record, now_s, s->live) : -EAGAIN;
	}
	struct kept *k = &s->kept[z->index][slot];
	if (k->until_s <= now_s || k->until_s > now_s + KEPT_S) { /* or the clock was set */
		k->len = make(s, z, record, now_s, k->data);
		k->until_s = k->len > 0 ? now_s + KEPT_S : 0;
	}
	*ret_data = k->data;
	return k->len;
}
