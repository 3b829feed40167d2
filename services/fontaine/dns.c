/* A question to a name server. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/dns.h"

#include <stdbool.h>
#include <string.h>

enum {
	HEADER_BYTES = 12,
	TYPE_SOA = 6,
	CLASS_IN = 1,
	FLAG_ANSWER = 0x8000,
	FLAG_RECURSE = 0x0100,
	RCODE_MASK = 0x000f,
};

static void put_16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

size_t dns_question(uint16_t id, const char *zone, uint8_t out[DNS_QUESTION_MAX_BYTES])
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
	return (size_t)(at + 4 - out);
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

/** Read the first record of the answer, which must be an SOA. */
static const char *read_soa(struct reader *r, uint32_t *ret_serial)
{
	skip_name(r);
	uint32_t type = get(r, 2);
	skip(r, 2 + 4 + 2); /* class, TTL, length */
	if (!r->is_short && type != TYPE_SOA)
		return "it answers with another record";
	skip_name(r);
	skip_name(r);
	uint32_t serial = get(r, 4);
	if (r->is_short)
		return "the answer is cut short";
	*ret_serial = serial;
	return NULL;
}

const char *dns_answer(const uint8_t *message, size_t len, uint16_t id, uint32_t *ret_serial)
{
	struct reader r = {.at = message, .end = message + len};
	uint32_t answer_id = get(&r, 2);
	uint32_t flags = get(&r, 2);
	uint32_t n_questions = get(&r, 2);
	uint32_t n_answers = get(&r, 2);

	skip(&r, 4); /* how many records in the other sections */
	if (r.is_short)
		return "the answer is cut short";
	if (answer_id != id || (flags & FLAG_ANSWER) == 0)
		return "the answer is not to our question";
	if ((flags & RCODE_MASK) != 0)
		return rcode_text(flags & RCODE_MASK);
	if (n_answers == 0)
		return "it answers without a record";
	for (uint32_t i = 0; i < n_questions && !r.is_short; i++) {
		skip_name(&r);
		skip(&r, 4);
	}
	return read_soa(&r, ret_serial);
}
