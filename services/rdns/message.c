/* SPDX-License-Identifier: MIT */
#include "rdns/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEADER_BYTES = 12,
	TSIG_TIME_RDF = 1, /* of a TSIG record (RFC 8945, 4.2) */
	TSIG_FUDGE_RDF = 2,
	TSIG_MAC_RDF = 3,
	TSIG_ERROR_RDF = 5,
	TSIG_RDFS = 7,
	TSIG_TIME_BYTES = 6,
};

/** ldns knows these, and leaks when it cannot sign. */
static bool can_sign(const struct tsig_key *key)
{
	static const char *const algorithms[] = {"hmac-sha256.", "hmac-sha512."};
	ldns_rdf *secret = NULL;
	bool is_known = false;

	for (size_t i = 0; i < sizeof(algorithms) / sizeof(*algorithms); i++)
		is_known = is_known || strcmp(key->algorithm, algorithms[i]) == 0;
	bool is_secret = ldns_str2rdf_b64(&secret, key->secret) == LDNS_STATUS_OK && ldns_rdf_size(secret) > 0;
	ldns_rdf_deep_free(secret);
	return is_known && is_secret;
}

/** Sign and write; frees @p. */
static int write_signed(struct message *m, ldns_pkt *p, const struct tsig_key *key)
{
	int rc = 0;

	*m = (struct message){.key = key, .id = (uint16_t)arc4random(), .opcode = ldns_pkt_get_opcode(p)};
	ldns_pkt_set_id(p, m->id);
	if (!can_sign(key) ||
	    ldns_pkt_tsig_sign(p, key->name, key->secret, MESSAGE_FUDGE_S, key->algorithm, NULL) != LDNS_STATUS_OK)
		rc = -EKEYREJECTED;
	if (rc == 0 && ldns_pkt2wire(&m->bytes, p, &m->len) != LDNS_STATUS_OK)
		rc = -EMSGSIZE;
	if (rc == 0)
		m->mac = ldns_rdf_clone(ldns_rr_rdf(ldns_pkt_tsig(p), TSIG_MAC_RDF));
	else
		message_done(m);
	ldns_pkt_free(p);
	return rc;
}

int message_update(struct message *m, const ldns_rdf *origin, const ldns_rr_list *records, const struct tsig_key *key)
{
	size_t bytes = 0;

	for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++)
		bytes += ldns_rr_uncompressed_size(ldns_rr_list_rr(records, i));
	if (bytes > MESSAGE_RECORDS_MAX_BYTES) /* ldns aborts past 64 KiB */
		return -EMSGSIZE;
	return write_signed(m, ldns_update_pkt_new(ldns_rdf_clone(origin), LDNS_RR_CLASS_IN, NULL, records, NULL), key);
}

int message_transfer(struct message *m, const ldns_rdf *origin, const struct tsig_key *key)
{
	return write_signed(m, ldns_pkt_query_new(ldns_rdf_clone(origin), LDNS_RR_TYPE_AXFR, LDNS_RR_CLASS_IN, 0), key);
}

void message_done(struct message *m)
{
	LDNS_FREE(m->bytes);
	ldns_rdf_deep_free(m->mac);
	m->mac = NULL;
}

static bool is_in_time(const ldns_rr *tsig)
{
	const uint8_t *bytes = ldns_rdf_data(ldns_rr_rdf(tsig, TSIG_TIME_RDF));
	int64_t signed_s = 0, now_s = (int64_t)time(NULL);

	for (size_t i = 0; i < TSIG_TIME_BYTES; i++)
		signed_s = signed_s << 8 | bytes[i];
	return llabs(now_s - signed_s) <= ldns_rdf2native_int16(ldns_rr_rdf(tsig, TSIG_FUDGE_RDF));
}

/** The messages after the first sign what came before, and the time (RFC 8945, 5.3.1). */
static int check_signature(struct message *m, ldns_pkt *p, const uint8_t *bytes, size_t len)
{
	const ldns_rr *tsig = ldns_pkt_tsig(p);

	if (tsig == NULL || ldns_rr_rd_count(tsig) != TSIG_RDFS ||
	    ldns_rdf_size(ldns_rr_rdf(tsig, TSIG_TIME_RDF)) != TSIG_TIME_BYTES)
		return -EKEYREJECTED;
	ldns_rdf *name = ldns_dname_new_frm_str(m->key->name);
	bool is_ours = ldns_dname_compare(ldns_rr_owner(tsig), name) == 0;
	ldns_rdf_deep_free(name);
	if (!is_ours || ldns_rdf2native_int16(ldns_rr_rdf(tsig, TSIG_ERROR_RDF)) != 0 || !is_in_time(tsig))
		return -EKEYREJECTED;
	ldns_rdf *mac = ldns_rdf_clone(ldns_rr_rdf(tsig, TSIG_MAC_RDF)); /* checking takes the record away */
	if (!ldns_pkt_tsig_verify_next(p, bytes, len, m->key->name, m->key->secret, m->mac, m->n_answers > 0)) {
		ldns_rdf_deep_free(mac);
		return -EKEYREJECTED;
	}
	ldns_rdf_deep_free(m->mac);
	m->mac = mac;
	m->n_answers++;
	return 0;
}

int message_check(struct message *m, const uint8_t *bytes, size_t len, ldns_pkt **ret)
{
	ldns_pkt *p;

	if (len < HEADER_BYTES || ldns_wire2pkt(&p, bytes, len) != LDNS_STATUS_OK)
		return -EBADMSG;
	int rc = ldns_pkt_id(p) == m->id && ldns_pkt_qr(p) && ldns_pkt_get_opcode(p) == m->opcode ? 0 : -EBADMSG;
	if (rc == 0)
		rc = check_signature(m, p, bytes, len);
	if (rc == 0)
		*ret = p;
	else
		ldns_pkt_free(p);
	return rc;
}

void transfer_init(struct transfer *t)
{
	*t = (struct transfer){.records = ldns_rr_list_new()};
}

void transfer_done(struct transfer *t)
{
	ldns_rr_list_deep_free(t->records);
}

int transfer_add(struct transfer *t, const ldns_pkt *p)
{
	const ldns_rr_list *answer = ldns_pkt_answer(p);

	if (ldns_pkt_get_rcode(p) != LDNS_RCODE_NOERROR || ldns_rr_list_rr_count(answer) == 0)
		return -EBADMSG;
	for (size_t i = 0; i < ldns_rr_list_rr_count(answer); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(answer, i), *first = ldns_rr_list_rr(t->records, 0);
		bool is_soa = ldns_rr_get_type(rr) == LDNS_RR_TYPE_SOA;
		if (t->is_whole || (first == NULL && !is_soa) ||
		    (first != NULL && is_soa && ldns_rr_compare(rr, first) != 0))
			return -EBADMSG;
		t->is_whole = first != NULL && is_soa;
		if (!t->is_whole)
			(void)ldns_rr_list_push_rr(t->records, ldns_rr_clone(rr));
	}
	return 0;
}
