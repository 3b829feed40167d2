/*
 * Messages to a primary server and what it answers, as bytes, signed with a key that both know (RFC 8945):
 * updates (RFC 2136) and zone transfers (RFC 5936).
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_MESSAGE_H
#define FONTAINE_RDNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ldns/ldns.h> /* after stdbool.h, or it makes a bool of its own */

enum {
	MESSAGE_FUDGE_S = 300,             /* what the clocks may differ (RFC 8945, 10) */
	MESSAGE_RECORDS_MAX_BYTES = 48000, /* of one update: leaves room for its head and signature */
};

struct tsig_key {
	const char *name;      /* with a dot at its end */
	const char *algorithm; /* "hmac-sha256." or "hmac-sha512." */
	const char *secret;    /* base64 */
};

/** A message of ours, and what its answers are checked against. */
struct message {
	const struct tsig_key *key; /* borrowed */
	uint8_t *bytes;
	size_t len;
	uint16_t id;
	ldns_pkt_opcode opcode;
	ldns_rdf *mac;      /* of our message, then of the last answer to it */
	unsigned n_answers; /* checked */
};

/**
 * Write an update of the zone @origin with the records of difference.h; or a question for the whole zone.
 * Release with message_done() if that succeeded. Return: 0, -EMSGSIZE when the records do not fit into one
 * message, or -EKEYREJECTED when @key is none that can sign.
 */
int message_update(struct message *m, const ldns_rdf *origin, const ldns_rr_list *records, const struct tsig_key *key);
int message_transfer(struct message *m, const ldns_rdf *origin, const struct tsig_key *key);
void message_done(struct message *m);

/**
 * Check the next message of the answer; a transfer may have many.
 * Return: 0 with *ret, yours, whatever its code; -EBADMSG: no answer to @m; -EKEYREJECTED: not signed with
 * our key, or the server does not know it. An error may come unsigned, when the server could not sign:
 * then it is told by -EKEYREJECTED too, whatever else it says.
 */
int message_check(struct message *m, const uint8_t *bytes, size_t len, ldns_pkt **ret);

/** The records of a zone as they come, between its SOA and the same SOA again (RFC 5936, 2.2). */
struct transfer {
	ldns_rr_list *records; /* owned; the first SOA among them */
	bool is_whole;
};

void transfer_init(struct transfer *t);
void transfer_done(struct transfer *t);

/** Take over one message's records. Return: 0 (t->is_whole: that was the last), or -EBADMSG. */
int transfer_add(struct transfer *t, const ldns_pkt *p);

#endif
