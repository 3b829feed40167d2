/* SPDX-License-Identifier: MIT */
#include "ipv6test/dns_reply.h"

#include <assert.h>
#include <string.h>

enum {
	FLAGS_QR = 0x8000,
	FLAGS_AA = 0x0400,
	FLAGS_TC = 0x0200,
	FLAGS_RD = 0x0100,
	EDNS_DO = 0x8000,
	OPTION_CLIENT_SUBNET = 8,
	OPT_BYTES = 11,
	SUBNET_OPTION_BYTES = 8, /* and its address */
	RECORD_FIXED_BYTES = 12, /* pointer to the owner, type, class, TTL, length */
};

static uint8_t *put_u16(uint8_t *p, unsigned value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
	return p + 2;
}

static size_t question_bytes(const struct dns_query *q)
{
	return q->has_question ? q->name.len + 4u : 0;
}

static size_t subnet_bytes(const struct dns_client_subnet *s)
{
	return s->family == 0 ? 0 : SUBNET_OPTION_BYTES + (s->prefix_len + 7u) / 8;
}

static size_t opt_bytes(const struct dns_query *q)
{
	return q->edns ? OPT_BYTES + subnet_bytes(&q->subnet) : 0;
}

/* RFC 6891, 6.2.3: less than 512 counts as 512. */
static size_t udp_max_bytes(const struct dns_query *q)
{
	size_t takes = q->edns && q->buffer_bytes > DNS_PLAIN_UDP_BYTES ? q->buffer_bytes : DNS_PLAIN_UDP_BYTES;

	return takes < DNS_UDP_MAX_BYTES ? takes : DNS_UDP_MAX_BYTES;
}

void dns_reply_begin(struct dns_reply *r, const struct dns_query *query, const uint8_t *message,
                     uint8_t *bytes, bool udp)
{
	size_t n = question_bytes(query);

	*r = (struct dns_reply){.query = query, .bytes = bytes, .len = DNS_HEADER_BYTES + n};
	r->max_bytes = (udp ? udp_max_bytes(query) : DNS_REPLY_MAX_BYTES) - opt_bytes(query);
	memcpy(bytes + DNS_HEADER_BYTES, message + DNS_HEADER_BYTES, n); /* as it was written: 0x20 */
}

void dns_reply_clear(struct dns_reply *r)
{
	r->truncated = false;
	r->counts[DNS_ANSWER] = r->counts[DNS_AUTHORITY] = 0;
	r->len = DNS_HEADER_BYTES + question_bytes(r->query);
}

void dns_reply_truncate(struct dns_reply *r)
{
	dns_reply_clear(r);
	r->truncated = true;
}

void dns_reply_add(struct dns_reply *r, enum dns_section section, const struct dns_record *record)
{
	assert(section == DNS_AUTHORITY || r->counts[DNS_AUTHORITY] == 0);
	if (r->truncated)
		return;
	if (r->len + RECORD_FIXED_BYTES + record->len > r->max_bytes) {
		dns_reply_truncate(r);
		return;
	}
	uint8_t *p = r->bytes + r->len;
	p = put_u16(p, 0xc000u + DNS_HEADER_BYTES + record->owner_at);
	p = put_u16(p, record->type);
	p = put_u16(p, DNS_IN);
	p = put_u16(p, record->ttl_s >> 16);
	p = put_u16(p, record->ttl_s & 0xffff);
	p = put_u16(p, (unsigned)record->len);
	memcpy(p, record->data, record->len);
	r->len += RECORD_FIXED_BYTES + record->len;
	r->counts[section]++;
}

/* What the client may send us, and its subnet again: of no consequence for the answer (RFC 7871, 7.2.1). */
static void add_opt(struct dns_reply *r, unsigned rcode)
{
	const struct dns_query *q = r->query;
	const struct dns_client_subnet *s = &q->subnet;
	size_t options = subnet_bytes(s);
	uint8_t *p = r->bytes + r->len;

	*p++ = 0; /* the root */
	p = put_u16(p, DNS_OPT);
	p = put_u16(p, DNS_UDP_MAX_BYTES);
	p = put_u16(p, (rcode >> 4) << 8); /* and our version, 0 */
	p = put_u16(p, q->dnssec_ok ? EDNS_DO : 0);
	p = put_u16(p, (unsigned)options);
	if (options > 0) {
		p = put_u16(p, OPTION_CLIENT_SUBNET);
		p = put_u16(p, (unsigned)options - 4);
		p = put_u16(p, s->family);
		p = put_u16(p, s->prefix_len * 256u); /* and the scope, 0 */
		memcpy(p, s->address, options - SUBNET_OPTION_BYTES);
	}
	r->len += OPT_BYTES + options;
}

void dns_reply_end(struct dns_reply *r, enum dns_rcode rcode, bool authoritative)
{
	const struct dns_query *q = r->query;
	unsigned flags = FLAGS_QR | (unsigned)q->opcode << 11 | ((unsigned)rcode & 0xf);

	flags |= (authoritative ? FLAGS_AA : 0) | (r->truncated ? FLAGS_TC : 0);
	flags |= q->recursion_desired ? FLAGS_RD : 0;
	uint8_t *p = put_u16(r->bytes, q->id);
	p = put_u16(p, flags);
	p = put_u16(p, q->has_question);
	p = put_u16(p, r->counts[DNS_ANSWER]);
	p = put_u16(p, r->counts[DNS_AUTHORITY]);
	(void)put_u16(p, q->edns);
	if (q->edns)
		add_opt(r, rcode);
}
