/* SPDX-License-Identifier: MIT */
#include "rdns/notify.h"

#include <ctype.h>
#include <string.h>

enum {
	HEAD_BYTES = 12,
	QUESTION_TAIL_BYTES = 4, /* type and class */
	LABEL_MAX_BYTES = 63,
	FLAG_QR = 0x80,
	OPCODE_MASK = 0x78,
	OPCODE_NOTIFY = LDNS_PACKET_NOTIFY << 3,
};

static unsigned number_at(const uint8_t *bytes)
{
	return (unsigned)bytes[0] << 8 | bytes[1];
}

/** Whether a label's byte may be written as it is. */
static bool is_plain(uint8_t byte)
{
	return isalnum(byte) || byte == '-' || byte == '_' || byte == '/';
}

/**
 * Read the name at the beginning of the question, in lower case, "" when it has bytes that no zone's here has.
 * Return: how long it is in the message; 0: it is none.
 */
static size_t read_name(const uint8_t *bytes, size_t len, char zone[DELEGATION_NAME_MAX])
{
	size_t at = 0, n = 0;
	bool is_ours = true;

	while (at < len && bytes[at] != 0) {
		size_t label = bytes[at++];
		if (label > LABEL_MAX_BYTES || label > len - at || n + label + 2 > DELEGATION_NAME_MAX)
			return 0;
		for (size_t i = 0; i < label; i++) {
			is_ours = is_ours && is_plain(bytes[at + i]);
			zone[n++] = (char)tolower(bytes[at + i]);
		}
		zone[n++] = '.';
		at += label;
	}
	zone[n > 0 ? n - 1 : 0] = '\0';
	if (!is_ours)
		zone[0] = '\0';
	return at < len ? at + 1 : 0;
}

static bool is_followed(const struct allocations *a, const char *zone, unsigned type)
{
	struct prefix p;

	return (type == LDNS_RR_TYPE_CDS || type == LDNS_RR_TYPE_CSYNC) && reverse_parse(zone, &p) == 0 &&
	       allocations_find(a, &p) != NULL;
}

/** The head of @bytes as the answer's, with @question_bytes of the question. */
static void answer(const uint8_t *bytes, ldns_pkt_rcode rcode, size_t question_bytes, uint8_t *out, size_t *ret_len)
{
	memcpy(out, bytes, HEAD_BYTES + question_bytes);
	out[2] = (uint8_t)(FLAG_QR | (bytes[2] & OPCODE_MASK));
	out[3] = (uint8_t)rcode;
	memset(out + 4, 0, HEAD_BYTES - 4);
	out[5] = question_bytes > 0;
	*ret_len = HEAD_BYTES + question_bytes;
}

enum notify_result notify_read(const struct allocations *a, const uint8_t *bytes, size_t len,
                               char zone[DELEGATION_NAME_MAX], uint8_t *out, size_t *ret_len)
{
	*ret_len = 0;
	if (len < HEAD_BYTES || (bytes[2] & FLAG_QR) != 0)
		return NOTIFY_DROPPED;
	if ((bytes[2] & OPCODE_MASK) != OPCODE_NOTIFY) {
		answer(bytes, LDNS_RCODE_NOTIMPL, 0, out, ret_len);
		return NOTIFY_REFUSED;
	}
	size_t name = number_at(bytes + 4) == 1 ? read_name(bytes + HEAD_BYTES, len - HEAD_BYTES, zone) : 0;
	if (name == 0 || len - HEAD_BYTES - name < QUESTION_TAIL_BYTES) {
		answer(bytes, LDNS_RCODE_FORMERR, 0, out, ret_len);
		return NOTIFY_MALFORMED;
	}
	const uint8_t *tail = bytes + HEAD_BYTES + name;
	bool is_taken = number_at(tail + 2) == LDNS_RR_CLASS_IN && is_followed(a, zone, number_at(tail));
	answer(bytes, is_taken ? LDNS_RCODE_NOERROR : LDNS_RCODE_REFUSED, name + QUESTION_TAIL_BYTES, out, ret_len);
	return is_taken ? NOTIFY_TAKEN : NOTIFY_REFUSED;
}
