/* SPDX-License-Identifier: MIT */
#include "ipv6test/sign.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

enum {
	RSA_BITS = 2048,
	FIXED_BYTES = 18,  /* of an RRSIG, before the signer's name (RFC 4034, 3.1) */
	RECORD_BYTES = 10, /* of a record, between its owner and its data */
	DATA_MAX_BYTES = 2 * DNS_NAME_MAX_BYTES + SIGN_KEY_MAX_BYTES,
	SIGNED_MAX_BYTES = FIXED_BYTES + 2 * DNS_NAME_MAX_BYTES + RECORD_BYTES + DATA_MAX_BYTES,
};

struct sign_key {
	ldns_key *key;
	uint16_t tag;
	uint8_t algorithm;
	uint8_t data[SIGN_KEY_MAX_BYTES];
	size_t len;
};

int sign_key_make(uint8_t algorithm, FILE *file)
{
	ldns_key *key = ldns_key_new_frm_algorithm((ldns_signing_algorithm)algorithm, RSA_BITS);
	if (key == NULL)
		return -EIO;

	ldns_key_print(file, key);
	ldns_key_deep_free(key);
	return ferror(file) != 0 || fflush(file) != 0 ? -EIO : 0;
}

/* Its DNSKEY as a record of zone @owner. Release with ldns_rr_free(). */
static ldns_rr *dnskey_new(ldns_key *key, const char *owner)
{
	ldns_key_set_pubkey_owner(key, ldns_dname_new_frm_str(owner));
	ldns_rr *rr = ldns_key2rr(key); /* with a copy of the owner */

	ldns_rdf_deep_free(ldns_key_pubkey_owner(key));
	ldns_key_set_pubkey_owner(key, NULL);
	return rr;
}

static struct sign_key *key_new(ldns_key *key, uint8_t algorithm)
{
	struct sign_key *k = mem_new(sizeof(*k));
	ldns_rr *rr = dnskey_new(key, ".");

	k->key = key;
	k->algorithm = algorithm;
	k->tag = ldns_calc_keytag(rr);
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *field = ldns_rr_rdf(rr, i);
		assert(k->len + ldns_rdf_size(field) <= sizeof(k->data));
		memcpy(k->data + k->len, ldns_rdf_data(field), ldns_rdf_size(field));
		k->len += ldns_rdf_size(field);
	}
	ldns_rr_free(rr);
	return k;
}

int sign_key_read(FILE *file, uint8_t algorithm, struct sign_key **ret)
{
	ldns_key *key = NULL;

	if (ldns_key_new_frm_fp(&key, file) != LDNS_STATUS_OK)
		return -EINVAL;
	if (ldns_key_algorithm(key) != (ldns_signing_algorithm)algorithm) {
		ldns_key_deep_free(key);
		return -EINVAL;
	}
	/* Zone key and secure entry point, for one key does both; its file does not say. */
	ldns_key_set_flags(key, LDNS_KEY_ZONE_KEY | LDNS_KEY_SEP_KEY);
	*ret = key_new(key, algorithm);
	return 0;
}

void sign_key_free(struct sign_key *k)
{
	ldns_key_deep_free(k->key);
	free(k);
}

const uint8_t *sign_key_data(const struct sign_key *k, size_t *ret_len)
{
	*ret_len = k->len;
	return k->data;
}

void sign_key_print_ds(const struct sign_key *k, const char *owner, FILE *file)
{
	ldns_rr *dnskey = dnskey_new(k->key, owner);
	ldns_rr *ds = ldns_key_rr2ds(dnskey, LDNS_SHA256);

	ldns_rr_print(file, ds);
	ldns_rr_free(ds);
	ldns_rr_free(dnskey);
}

static void put_u32(uint8_t *p, uint32_t value)
{
	value = htonl(value);
	memcpy(p, &value, sizeof(value));
}

/* RFC 4034, 3.1, as far as the signature. Return: length. */
static size_t put_rrsig(uint8_t *p, const struct sign_key *k, const struct sign_record *r)
{
	p[0] = (uint8_t)(r->type >> 8);
	p[1] = (uint8_t)r->type;
	p[2] = k->algorithm;
	p[3] = r->owner->n_labels;
	put_u32(p + 4, r->ttl_s);
	put_u32(p + 8, r->until);
	put_u32(p + 12, r->from);
	p[16] = (uint8_t)(k->tag >> 8);
	p[17] = (uint8_t)k->tag;
	memcpy(p + FIXED_BYTES, r->signer->bytes, r->signer->len);
	return FIXED_BYTES + r->signer->len;
}

/* What is signed: the RRSIG without its signature, then the record (RFC 4034, 3.1.8.1). */
static void write_signed(ldns_buffer *b, const uint8_t *rrsig, size_t rrsig_len, const struct sign_record *r)
{
	ldns_buffer_write(b, rrsig, rrsig_len);
	ldns_buffer_write(b, r->owner->bytes, r->owner->len);
	ldns_buffer_write_u16(b, r->type);
	ldns_buffer_write_u16(b, DNS_IN);
	ldns_buffer_write_u32(b, r->ttl_s);
	ldns_buffer_write_u16(b, (uint16_t)r->len);
	ldns_buffer_write(b, r->data, r->len);
}

int sign_record(const struct sign_key *k, const struct sign_record *record, uint8_t ret[SIGN_MAX_BYTES])
{
	size_t len = put_rrsig(ret, k, record);
	ldns_buffer *b = ldns_buffer_new(SIGNED_MAX_BYTES);

	write_signed(b, ret, len, record);
	ldns_rdf *signature = ldns_sign_public_buffer(b, k->key);
	ldns_buffer_free(b);
	if (signature == NULL)
		return -EIO;
	assert(len + ldns_rdf_size(signature) <= SIGN_MAX_BYTES);
	memcpy(ret + len, ldns_rdf_data(signature), ldns_rdf_size(signature));
	len += ldns_rdf_size(signature);
	ldns_rdf_deep_free(signature);
	return (int)len;
}
