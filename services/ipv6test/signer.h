/*
 * Signatures as each test zone wants them: good, false, over, or none. What belongs to a zone
 * is signed once in a while and kept; what is asked of a nonce is signed live, so often a
 * second and no more. One for each worker.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_SIGNER_H
#define FONTAINE_IPV6TEST_SIGNER_H

#include "ipv6test/sign.h"
#include "ipv6test/zone.h"

enum {
	SIGNER_ALGORITHMS = 16,        /* their numbers are less */
	SIGNER_COST_PER_SECOND = 5000, /* units of some 25 us: an eighth of a core */
};

struct signer; /* opaque; release with signer_free() */

/** @keys: by their algorithm's number; all is borrowed. Never NULL. */
struct signer *signer_new(const struct zones *zones, struct sign_key *const keys[SIGNER_ALGORITHMS]);
void signer_free(struct signer *s);

/** The zone's key, or NULL: the zone is not signed. */
const struct sign_key *signer_key(const struct signer *s, const struct zone *z);

/**
 * Sign @record of the zone at @now_s (since 1970); its from, until and signer are the signer's to set.
 * Return: bytes of the RRSIG's data at *ret_data, valid until the next call; 0 when the zone
 * gives none; or -EAGAIN when this second has had its share.
 */
int signer_sign(struct signer *s, const struct zone *z, struct sign_record *record, int64_t now_s,
                const uint8_t **ret_data);

#endif
