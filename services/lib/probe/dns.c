/* A question to a name server. */
/* SPDX-License-Identifier: MIT */
#include "probe/dns.h"

#include <stdbool.h>
#include <string.h>

enum {
	HEADER_BYTES = 12,
	TYPE_SOA = 6,
	TYPE_OPT = 41,
	TYPE_RRSIG = 46,
	UDP_BYTES = 1232,
	DNSSEC_OK = 0x80, /* (RFC 3225) */
	CLASS_IN = 1,
	FLAG_ANSWER = 0x8000,
	FLAG_RECURSE = 0x0100,
	FLAG_VALIDATED = 0x0020,
	RCODE_MASK = 0x000f,
};

static void put_16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/** An OPT record, which asks for signatures (RFC 6891, 6.1.2). */
static uint8_t *put_opt(uint8_t *at)
{
	memset(at, 0, DNS_OPT_BYTES);
	put_16(at + 1, TYPE_OPT);
	put_16(at + 3, UDP_BYTES);
	at[7] = DNSSEC_OK;
	return at + DNS_OPT_BYTES;
}

size_t dns_question(uint16_t id, const char *zone, bool signatures, uint8_t out[DNS_QUESTION_MAX_BYTES])
{
	uint8_t *at = out + HEADER_BYTES;

	memset(out, 0, HEADER_BYTES);
	put_16(out, id);
	put_16(out + 2, FLAG_RECURSE);
	put_16(out + 4, 1); /* one question */
	while (*zone != '\0') {
		size_t len = strcspn(zone, ".");
		*at++ = (uint8_t)len;
		memcpy(at, zone, len);
		at += len;
		zone += len + (zone[len] == '.');
	}
	*at++ = 0;
	put_16(at, TYPE_SOA);
	put_16(at + 2, CLASS_IN);
	at += 4;
	out[HEADER_BYTES - 1] = signatures; /* one additional record */
	return (size_t)((signatures ? put_opt(at) : at) - out);
}

/** A message as it is read; once it is too short, every further reading gives 0. */
struct reader {
	const uint8_t *at, *end;
	bool is_short;
};

static bool has(struct reader *r, size_t len)
{
	if ((size_t)(r->end - r->at) < len)
		r->is_short = true;
	return !r->is_short;
}

static void skip(struct reader *r, size_t len)
{
	if (has(r, len))
		r->at += len;
}

static uint32_t get(struct reader *r, size_t len)
{
	uint32_t value = 0;

	if (!has(r, len))
		return 0;
	while (len-- > 0)
		value = value << 8 | *r->at++;
	return value;
}

/** A name ends with an empty label, or with a pointer to another name (RFC 1035, 4.1.4). */
static void skip_name(struct reader *r)
{
	for (;;) {
		uint32_t len = get(r, 1);
		if (r->is_short || len == 0)
			return;
		if (len >= 0xc0) {
			skip(r, 1);
			return;
		}
		skip(r, len);
	}
}

static const char *rcode_text(unsigned rcode)
{
	static const char *const texts[] = {
		[1] = "it answers FORMERR",
		[2] = "it answers SERVFAIL",
		[3] = "it answers NXDOMAIN",
		[4] = "it answers NOTIMP",
		[5] = "it answers REFUSED",
	};

	return rcode < sizeof(texts) / sizeof(*texts) ? texts[rcode] : "it answers with an error";
}

/** An RRSIG's data (RFC 4034, 3.1); of several over the SOA, the one that lasts longest counts. */
static void read_signature(struct reader *r, struct dns_found *f)
{
	uint32_t covers = get(r, 2);
	skip(r, 1 + 1 + 4); /* algorithm, labels, TTL */
	uint32_t expires = get(r, 4), begins = get(r, 4);

	if (r->is_short || covers != TYPE_SOA || (f->is_signed && (int32_t)(expires - f->expires) < 0))
		return;
	f->is_signed = true;
	f->begins = begins;
	f->expires = expires;
}

static void read_record(struct reader *r, struct dns_found *f, bool *ret_has_soa)
{
	skip_name(r);
	uint32_t type = get(r, 2);
	skip(r, 2 + 4); /* class, TTL */
	uint32_t len = get(r, 2);
	if (!has(r, len))
		return;
	const uint8_t *end = r->at + len;
	if (type == TYPE_SOA) {
		skip_name(r);
		skip_name(r);
		f->serial = get(r, 4);
		*ret_has_soa = true;
	} else if (type == TYPE_RRSIG) {
		read_signature(r, f);
	}
	if (r->at > end)
		r->is_short = true;
	r->at = end;
}

static const char *read_records(struct reader *r, uint32_t n, struct dns_found *ret)
{
	bool has_soa = false;

	for (uint32_t i = 0; i < n && !r->is_short; i++)
		read_record(r, ret, &has_soa);
	if (r->is_short)
		return "the answer is cut short";
	return has_soa ? NULL : "it answers with another record";
}

const char *dns_answer(const uint8_t *message, size_t len, uint16_t id, struct dns_found *ret)
{
	struct reader r = {.at = message, .end = message + len};
	struct dns_found f = {0};
	uint32_t answer_id = get(&r, 2);
	uint32_t flags = get(&r, 2);
	uint32_t n_questions = get(&r, 2);
	uint32_t n_answers = get(&r, 2);

	skip(&r, 4); /* how many records in the other sections */
	if (r.is_short)
		return "the answer is cut short";
	if (answer_id != id || (flags & FLAG_ANSWER) == 0)
		return "the answer is not to our question";
	f.rcode = flags & RCODE_MASK;
	f.is_validated = (flags & FLAG_VALIDATED) != 0;
	*ret = f;
	if (f.rcode != 0)
		return rcode_text(f.rcode);
	if (n_answers == 0)
		return "it answers without a record";
	for (uint32_t i = 0; i < n_questions && !r.is_short; i++) {
		skip_name(&r);
		skip(&r, 4);
	}
	const char *wrong = read_records(&r, n_answers, &f);
	if (wrong == NULL)
		*ret = f;
	return wrong;
}

const char *dns_judge_signature(const struct dns_found *f, uint32_t now)
{
	if (!f->is_signed)
		return "its zone is not signed";
	if ((int32_t)(f->expires - now) < 0)
		return "its zone's signature has expired";
	return (int32_t)(now - f->begins) < 0 ? "its zone's signature is of the future" : NULL;
}

const char *dns_judge_resolver(enum dns_trust name, const char *wrong, const struct dns_found *f)
{
	if (name == DNS_BOGUS && wrong == NULL)
		return "it believes a wrong signature";
	if (name == DNS_BOGUS && f->rcode == DNS_SERVFAIL)
		return NULL;
	if (name == DNS_SECURE && wrong == NULL && !f->is_validated)
		return "it does not validate";
	return wrong;
}
