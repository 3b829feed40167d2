/*
 * What a primary server answers to updates and transfers (rdns/message.h), one message after another: nothing is
 * believed that is not signed with our key. The records of a transfer are put together from unsigned ones here.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/message.h"

#include "../dns_messages.h"

#include "rdns/difference.h"
#include "rdns/records.h"

static const struct tsig_key key = {"rdnsd.", "hmac-sha256.", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="};

static void check(const ldns_rdf *origin, struct messages m)
{
	const uint8_t *bytes;
	struct message question;
	size_t len;

	assert(message_transfer(&question, origin, &key) == 0);
	while (messages_next(&m, &bytes, &len)) {
		uint8_t *copy = (uint8_t *)fuzz_bytes(bytes, len);
		ldns_pkt *p = NULL;
		if (len >= 2) {
			copy[0] = (uint8_t)(question.id >> 8);
			copy[1] = (uint8_t)question.id;
		}
		int rc = message_check(&question, copy, len, &p);
		assert(rc == -EBADMSG || rc == -EKEYREJECTED); /* nobody guesses 256 bits */
		free(copy);
	}
	message_done(&question);
}

/* What would be made of the zone, had it been signed. */
static void compare(struct transfer *t)
{
	ldns_rr_list *wanted = ldns_rr_list_new(), *updates = ldns_rr_list_new();
	struct addr a;

	assert(addr_parse("192.0.2.1", 0, &a) == 0);
	assert(records_add_ptr(wanted, &a, "host.example.net", "2.0.192.in-addr.arpa") == 0);
	(void)difference_of(t->records, wanted, updates);
	for (size_t at = 0, n; (n = difference_part(updates, at, 4096)) > 0; at += n)
		assert(at + n <= ldns_rr_list_rr_count(updates));
	ldns_rr_list_deep_free(updates);
	ldns_rr_list_deep_free(wanted);
}

static void transfer(struct messages m)
{
	const uint8_t *bytes;
	struct transfer t;
	size_t len;
	int rc = 0;

	transfer_init(&t);
	while (rc == 0 && !t.is_whole && messages_next(&m, &bytes, &len)) {
		uint8_t *copy = (uint8_t *)fuzz_bytes(bytes, len);
		ldns_pkt *p;
		rc = ldns_wire2pkt(&p, copy, len) == LDNS_STATUS_OK ? 0 : -EBADMSG;
		free(copy);
		if (rc < 0)
			break;
		rc = transfer_add(&t, p);
		ldns_pkt_free(p);
	}
	if (t.is_whole)
		compare(&t);
	transfer_done(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct messages m = {data, size};
	ldns_rdf *origin = ldns_dname_new_frm_str("2.0.192.in-addr.arpa.");

	check(origin, m);
	transfer(m);
	ldns_rdf_deep_free(origin);
	return 0;
}
