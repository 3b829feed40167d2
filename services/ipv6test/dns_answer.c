/* SPDX-License-Identifier: MIT */
#include "ipv6test/dns_answer.h"

#include <string.h>

enum {
	BITMAP_BYTES = 17,                                      /* types up to DNS_NXNAME */
	NSEC_MAX_BYTES = DNS_NAME_MAX_BYTES + 2 + BITMAP_BYTES, /* next name, window, length, bitmap */
};

/* An answer on its way. */
struct work {
	const struct dns_answerer *from;
	const struct zone *zone;
	const struct dns_query *query;
	struct dns_reply *reply;
	bool exists;
	bool at_apex;
	bool is_challenge;
	bool secure; /* signatures are wanted, and the zone has them */
	bool cannot_sign;
	uint8_t nsec[NSEC_MAX_BYTES];
};

/* Types of records that no name has, and that ask for nothing else either. */
static bool is_meta(uint16_t type)
{
	return type == DNS_OPT || type == DNS_NXNAME || type == DNS_TKEY || type == DNS_TSIG;
}

const struct zone *dns_answer_zone(const struct zones *zones, const struct dns_query *q)
{
	if (q->class != DNS_IN || q->type == DNS_AXFR || q->type == DNS_IXFR)
		return NULL;
	return zones_find(zones, &q->name);
}

bool dns_answer_is_late(const struct zone *zone, const struct dns_query *q)
{
	return zone->test->late && q->type == DNS_AAAA && zone_nonce(zone, &q->name) != NULL;
}

/* The name right after @name: with a label more or, where that has no room, with a greater first label. */
static size_t put_next_name(uint8_t *p, const struct dns_name *name)
{
	if (name->len + 2 <= DNS_NAME_MAX_BYTES) {
		p[0] = 1;
		p[1] = 0;
		memcpy(p + 2, name->bytes, name->len);
		return name->len + 2u;
	}
	memcpy(p, name->bytes, name->len);
	uint8_t *last = &p[p[0]];
	*last = *last == '@' ? '[' : (uint8_t)(*last + 1); /* capitals are no greater than small letters */
	return *last == 0 ? 0 : name->len;
}

static void set_bit(uint8_t *bitmap, unsigned type)
{
	bitmap[type / 8] |= (uint8_t)(0x80 >> type % 8);
}

static void set_addresses(uint8_t *bitmap, const struct zone *z)
{
	if (z->a.len > 0)
		set_bit(bitmap, DNS_A);
	if (z->aaaa.len > 0)
		set_bit(bitmap, DNS_AAAA);
}

/* The NSEC of the query's name (RFC 4034, 4.1; RFC 9824, 3). Return: length; 0 when it has none. */
static size_t make_nsec(struct work *w)
{
	size_t len = put_next_name(w->nsec, &w->query->name);
	uint8_t *bitmap = &w->nsec[len + 2];

	if (len == 0)
		return 0;
	bitmap[-2] = 0; /* the first window */
	bitmap[-1] = BITMAP_BYTES;
	memset(bitmap, 0, BITMAP_BYTES);
	set_bit(bitmap, DNS_RRSIG);
	set_bit(bitmap, DNS_NSEC);
	if (w->at_apex) {
		set_bit(bitmap, DNS_NS);
		set_bit(bitmap, DNS_SOA);
		set_bit(bitmap, DNS_DNSKEY);
	} else if (!w->exists) {
		set_bit(bitmap, DNS_NXNAME);
	} else if (w->is_challenge) {
		set_bit(bitmap, DNS_CNAME);
	} else {
		set_addresses(bitmap, w->zone);
	}
	while (bitmap[bitmap[-1] - 1] == 0) /* no trailing zeros */
		bitmap[-1]--;
	return len + 2 + bitmap[-1];
}

static struct dns_record from_zone(uint16_t type, uint32_t ttl_s, const struct zone_data *data)
{
	return (struct dns_record){.type = type, .ttl_s = ttl_s, .data = data->bytes, .len = data->len};
}

static struct dns_record find_nsec(struct work *w)
{
	struct dns_record r = {.type = DNS_NSEC, .ttl_s = ZONE_NEGATIVE_TTL_S, .data = w->nsec};

	if (signer_key(w->from->signer, w->zone) == NULL)
		return r;
	r.len = make_nsec(w);
	w->cannot_sign |= r.len == 0;
	return r;
}

static struct dns_record find_dnskey(const struct work *w)
{
	const struct sign_key *key = signer_key(w->from->signer, w->zone);
	struct dns_record r = {.type = DNS_DNSKEY, .ttl_s = ZONE_TTL_S};

	if (key != NULL)
		r.data = sign_key_data(key, &r.len);
	return r;
}

/* RFC 8482, 4.1: of all there is one will do, and of all signatures too. */
static uint16_t type_to_find(const struct work *w)
{
	uint16_t type = w->query->type;

	if (type != DNS_ANY && type != DNS_RRSIG)
		return type;
	if (w->at_apex)
		return DNS_SOA;
	return w->zone->a.len > 0 ? DNS_A : DNS_AAAA;
}

/* What the query asks for; its length is 0 when there is none. */
static struct dns_record find(struct work *w)
{
	const struct zone *z = w->zone;
	uint16_t type = type_to_find(w);

	if (type == DNS_NSEC)
		return find_nsec(w);
	if (w->is_challenge) /* of whatever type is asked for (RFC 1034, 3.6.2) */
		return from_zone(DNS_CNAME, ZONE_TTL_S, &z->challenge);
	if (w->at_apex && type == DNS_SOA)
		return from_zone(type, ZONE_NEGATIVE_TTL_S, &z->soa);
	if (w->at_apex && type == DNS_NS)
		return from_zone(type, ZONE_TTL_S, &z->ns);
	if (w->at_apex && type == DNS_DNSKEY)
		return find_dnskey(w);
	if (!w->at_apex && w->exists && type == DNS_A)
		return from_zone(type, ZONE_ADDRESS_TTL_S, &z->a);
	if (!w->at_apex && w->exists && type == DNS_AAAA)
		return from_zone(type, ZONE_ADDRESS_TTL_S, &z->aaaa);
	return (struct dns_record){.len = 0};
}

static void add_signature(struct work *w, enum dns_section section, const struct dns_record *r)
{
	struct sign_record record = {
		.owner = r->owner_at == 0 ? &w->query->name : &w->zone->apex,
		.type = r->type,
		.ttl_s = r->ttl_s,
		.data = r->data,
		.len = r->len,
	};
	struct dns_record rrsig = {.owner_at = r->owner_at, .type = DNS_RRSIG, .ttl_s = r->ttl_s};

	int len = signer_sign(w->from->signer, w->zone, &record, w->from->now_s, &rrsig.data);
	w->cannot_sign |= len < 0;
	rrsig.len = len > 0 ? (size_t)len : 0;
	if (len > 0)
		dns_reply_add(w->reply, section, &rrsig);
}

static void add(struct work *w, enum dns_section section, const struct dns_record *r)
{
	if (section != DNS_ANSWER || w->query->type != DNS_RRSIG)
		dns_reply_add(w->reply, section, r);
	if (w->secure)
		add_signature(w, section, r);
}

/* RFC 2308, 2; an NSEC of NXNAME says that the name does not exist, and the code then does not. */
static enum dns_rcode deny(struct work *w)
{
	struct dns_record soa = from_zone(DNS_SOA, ZONE_NEGATIVE_TTL_S, &w->zone->soa);

	soa.owner_at = (uint8_t)(w->query->name.len - w->zone->apex.len);
	add(w, DNS_AUTHORITY, &soa);
	if (w->secure) {
		struct dns_record nsec = find_nsec(w);
		add(w, DNS_AUTHORITY, &nsec);
	}
	return w->exists || w->secure ? DNS_NOERROR : DNS_NXDOMAIN;
}

enum dns_rcode dns_answer(const struct dns_answerer *a, const struct zone *zone, struct dns_reply *reply)
{
	const struct dns_query *q = reply->query;
	struct work w = {
		.from = a,
		.zone = zone,
		.query = q,
		.reply = reply,
		.exists = zone_has(zone, &q->name),
		.at_apex = zone_depth(zone, &q->name) == 0,
		.is_challenge = zone_is_challenge(zone, &q->name),
		.secure = (q->dnssec_ok || q->type == DNS_RRSIG) && signer_key(a->signer, zone) != NULL,
	};
	enum dns_rcode rcode = DNS_NOERROR;

	if (is_meta(q->type)) {
		dns_reply_end(reply, DNS_FORMERR, false);
		return DNS_FORMERR;
	}
	if (zone->test->tcp_only && a->udp && !w.at_apex)
		dns_reply_truncate(reply);
	struct dns_record found = find(&w);
	if (found.len > 0)
		add(&w, DNS_ANSWER, &found);
	else
		rcode = deny(&w);
	if (w.cannot_sign) {
		dns_reply_clear(reply);
		rcode = DNS_SERVFAIL;
	}
	dns_reply_end(reply, rcode, rcode != DNS_SERVFAIL);
	return rcode;
}
