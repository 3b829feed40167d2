/* SPDX-License-Identifier: MIT */
#include "net/dns_match.h"

enum {
	HEADER_BYTES = 12,
	FLAG_ANSWER = 0x80, /* in the third byte */
};

/** An error may leave the question out (RFC 1035, 4.1.1 allows it; servers that cannot read EDNS do it). */
static bool is_to_question(const ldns_rr *asked, const ldns_pkt *p)
{
	ldns_pkt_rcode rcode = ldns_pkt_get_rcode(p);

	if (ldns_pkt_get_opcode(p) != LDNS_PACKET_QUERY)
		return false;
	if (ldns_pkt_qdcount(p) == 0)
		return rcode != LDNS_RCODE_NOERROR && rcode != LDNS_RCODE_NXDOMAIN;
	if (ldns_pkt_qdcount(p) != 1)
		return false;
	const ldns_rr *repeated = ldns_rr_list_rr(ldns_pkt_question(p), 0);
	return ldns_rr_get_type(repeated) == ldns_rr_get_type(asked) &&
	       ldns_rr_get_class(repeated) == LDNS_RR_CLASS_IN &&
	       ldns_dname_compare(ldns_rr_owner(repeated), ldns_rr_owner(asked)) == 0;
}

ldns_pkt *dns_match(const ldns_rr *asked, uint16_t id, const uint8_t *bytes, size_t len)
{
	ldns_pkt *p;

	if (len < HEADER_BYTES || (bytes[0] << 8 | bytes[1]) != id || (bytes[2] & FLAG_ANSWER) == 0)
		return NULL;
	if (ldns_wire2pkt(&p, bytes, len) != LDNS_STATUS_OK)
		return NULL;
	if (is_to_question(asked, p))
		return p;
	ldns_pkt_free(p);
	return NULL;
}
