/* SPDX-License-Identifier: MIT */
#include "ipv6test/dns_query.h"

#include <errno.h>
#include <string.h>

enum {
	FLAG_QR = 0x8000,
	FLAG_RD = 0x0100,
	EDNS_DO = 0x8000,
	OPTION_CLIENT_SUBNET = 8,
	RECORD_FIXED_BYTES = 10, /* type, class, TTL, length */
};

/* What is left to read. */
struct cursor {
	const uint8_t *at, *end;
};

static size_t left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

static uint16_t u16_at(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* The caller has seen that they are there. */
static uint16_t take_u16(struct cursor *c)
{
	c->at += 2;
	return u16_at(c->at - 2);
}

/* Copy a label in lower case. Return: bit 0 when it has small letters, bit 1 when it has capitals. */
static unsigned copy_label(uint8_t *to, const uint8_t *from, size_t len)
{
	unsigned cases = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned small = from[i] - (unsigned)'a' < 26, capital = from[i] - (unsigned)'A' < 26;
		to[i] = (uint8_t)(from[i] | capital << 5);
		cases |= small | capital << 1;
	}
	return cases;
}

static int add_label(struct dns_name *n, const uint8_t *label, size_t len, unsigned *cases)
{
	if (len > DNS_LABEL_MAX_BYTES || n->len + len + 2 > DNS_NAME_MAX_BYTES)
		return -EINVAL;
	n->label_at[n->n_labels++] = n->len;
	n->bytes[n->len++] = (uint8_t)len;
	*cases |= copy_label(&n->bytes[n->len], label, len);
	n->len = (uint8_t)(n->len + len);
	return 0;
}

/* A question has nothing before it to point to: a compressed name in it is an error. */
static int take_name(struct cursor *c, struct dns_name *ret, unsigned *cases)
{
	ret->len = ret->n_labels = 0;
	for (;;) {
		if (left(c) == 0)
			return -EINVAL;
		size_t len = *c->at++;
		if (len == 0)
			break;
		if (left(c) < len || add_label(ret, c->at, len, cases) < 0)
			return -EINVAL;
		c->at += len;
	}
	ret->bytes[ret->len++] = 0;
	return 0;
}

static int take_question(struct cursor *c, struct dns_query *q)
{
	unsigned cases = 0;

	if (take_name(c, &q->name, &cases) < 0 || left(c) < 4)
		return -EINVAL;
	q->type = take_u16(c);
	q->class = take_u16(c);
	q->mixed_case = cases == 3;
	q->has_question = true;
	return 0;
}

/* Of a record whose owner nobody looks at; a pointer ends it. Return: whether it is the root, or -EINVAL. */
static int skip_name(struct cursor *c)
{
	const uint8_t *start = c->at;

	while (left(c) > 0) {
		unsigned first = *c->at;
		bool is_pointer = first >= 0xc0;
		size_t n = is_pointer ? 2 : first + 1;
		if ((!is_pointer && first > DNS_LABEL_MAX_BYTES) || left(c) < n)
			return -EINVAL;
		c->at += n;
		if (is_pointer || first == 0)
			return c->at - start == 1;
	}
	return -EINVAL;
}

/* RFC 7871, 6: as many address bytes as the prefix has, the rest of the last one zero, and no scope. */
static int read_subnet(const uint8_t *p, size_t len, struct dns_client_subnet *ret)
{
	if (len < 4)
		return -EINVAL;
	unsigned family = u16_at(p), prefix_len = p[2], n_bytes = (prefix_len + 7) / 8;

	if (family == 0 && prefix_len == 0 && len == 4) /* dig(1) says so that it gives none */
		return 0;
	if (family != 1 && family != 2)
		return -EINVAL;
	if (prefix_len > (family == 1 ? 32u : 128u) || p[3] != 0 || len != 4 + n_bytes)
		return -EINVAL;
	if (prefix_len % 8 != 0 && (p[len - 1] & (0xffu >> prefix_len % 8)) != 0)
		return -EINVAL;
	*ret = (struct dns_client_subnet){.family = (uint8_t)family, .prefix_len = (uint8_t)prefix_len};
	memcpy(ret->address, p + 4, n_bytes);
	return 0;
}

static int read_options(struct cursor c, struct dns_query *q)
{
	while (left(&c) > 0) {
		if (left(&c) < 4)
			return -EINVAL;
		unsigned code = take_u16(&c), len = take_u16(&c);
		if (left(&c) < len)
			return -EINVAL;
		if (code == OPTION_CLIENT_SUBNET && read_subnet(c.at, len, &q->subnet) < 0)
			return -EINVAL;
		c.at += len;
	}
	return 0;
}

/* @fixed: of the OPT record, at its type; @options: its data. */
static int read_opt(const uint8_t *fixed, struct cursor options, struct dns_query *q)
{
	if (q->edns)
		return -EINVAL; /* there may be one (RFC 6891, 6.1.1) */
	q->edns = true;
	q->buffer_bytes = u16_at(fixed + 2);
	q->edns_version = fixed[5];
	q->dnssec_ok = u16_at(fixed + 6) & EDNS_DO;
	return q->edns_version == 0 ? read_options(options, q) : 0;
}

static int take_record(struct cursor *c, bool additional, struct dns_query *q)
{
	int is_root = skip_name(c);

	if (is_root < 0 || left(c) < RECORD_FIXED_BYTES)
		return -EINVAL;
	const uint8_t *fixed = c->at;
	size_t len = u16_at(fixed + 8);
	c->at += RECORD_FIXED_BYTES;
	if (left(c) < len)
		return -EINVAL;
	struct cursor data = {c->at, c->at + len};
	c->at += len;
	if (u16_at(fixed) != DNS_OPT)
		return 0;
	return additional && is_root ? read_opt(fixed, data, q) : -EINVAL;
}

/* Question first, so that what follows may be wrong and the refusal still repeats it. */
static int take_sections(struct cursor *c, const uint8_t *header, struct dns_query *q)
{
	unsigned others = u16_at(header + 6) + u16_at(header + 8), additional = u16_at(header + 10);

	if (u16_at(header + 4) != 1 || take_question(c, q) < 0) /* RFC 9619: exactly one */
		return -EINVAL;
	for (; others > 0; others--)
		if (take_record(c, false, q) < 0)
			return -EINVAL;
	for (; additional > 0; additional--)
		if (take_record(c, true, q) < 0)
			return -EINVAL;
	return left(c) == 0 ? 0 : -EINVAL;
}

int dns_query_parse(const uint8_t *message, size_t len, struct dns_query *ret)
{
	if (len < DNS_HEADER_BYTES || (u16_at(message + 2) & FLAG_QR))
		return -EBADMSG;

	unsigned flags = u16_at(message + 2);
	struct cursor c = {message + DNS_HEADER_BYTES, message + len};

	ret->id = u16_at(message);
	ret->opcode = flags >> 11 & 0xf;
	ret->recursion_desired = flags & FLAG_RD;
	ret->has_question = ret->edns = ret->dnssec_ok = false;
	ret->subnet.family = 0;
	if (ret->opcode != 0)
		return DNS_NOTIMP;
	if (take_sections(&c, message, ret) < 0)
		return DNS_FORMERR;
	return ret->edns && ret->edns_version != 0 ? DNS_BADVERS : DNS_NOERROR;
}

int dns_name_parse(const char *text, struct dns_name *ret)
{
	unsigned cases = 0;

	ret->len = ret->n_labels = 0;
	while (*text != '\0') {
		size_t len = strcspn(text, ".");
		if (len == 0 || add_label(ret, (const uint8_t *)text, len, &cases) < 0)
			return -EINVAL;
		text += len;
		text += *text == '.';
	}
	ret->bytes[ret->len++] = 0;
	return 0;
}

bool dns_name_ends_with(const struct dns_name *name, const struct dns_name *tail)
{
	if (tail->n_labels > name->n_labels || tail->len > name->len)
		return false;
	size_t at = (size_t)(name->len - tail->len);
	if (tail->n_labels > 0 && name->label_at[name->n_labels - tail->n_labels] != at)
		return false;
	return memcmp(&name->bytes[at], tail->bytes, tail->len) == 0;
}
