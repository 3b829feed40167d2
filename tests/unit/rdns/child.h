/* A signed child zone of the test's own, as its two servers show it. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_CHILD_H
#define FONTAINE_TESTS_CHILD_H

#include "base/mem.h"
#include "delegation/observed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHILD_ZONE "2.0.192.in-addr.arpa"

enum {
	CHILD_KEYS = 4,
	CHILD_TTL_S = 300,
	CHILD_SIGNED_S = 1000, /* ago */
	CHILD_VALID_S = 86400,
};

/** Keys A and B of one algorithm, the tag of A below that of B, C of another, and Z, which has no SEP bit and no DS. */
struct child {
	ldns_key *keys[CHILD_KEYS];
	ldns_rr *public[CHILD_KEYS];
	struct delegation d;
	struct observed *o;
	time_t now;
};

static inline ldns_rr *child_rr(const char *text)
{
	ldns_rr *rr;

	assert_int_equal(ldns_rr_new_frm_str(&rr, text, CHILD_TTL_S, NULL, NULL), LDNS_STATUS_OK);
	return rr;
}

static inline bool child_may_ask(const struct addr *a, const void *data)
{
	(void)a;
	(void)data;
	return true;
}

static inline void child_make_key(struct child *c, unsigned i)
{
	c->keys[i] = ldns_key_new_frm_algorithm(i == 2 ? LDNS_SIGN_ECDSAP384SHA384 : LDNS_SIGN_ECDSAP256SHA256, 0);
	ldns_key_set_pubkey_owner(c->keys[i], ldns_dname_new_frm_str(CHILD_ZONE "."));
	ldns_key_set_flags(c->keys[i], i == CHILD_KEYS - 1 ? 256 : 257);
	c->public[i] = ldns_key2rr(c->keys[i]);
	ldns_rr_set_ttl(c->public[i], CHILD_TTL_S);
	ldns_key_set_keytag(c->keys[i], ldns_calc_keytag(c->public[i]));
}

static inline void child_init(struct child *c)
{
	*c = (struct child){.now = time(NULL)};
	for (unsigned i = 0; i < CHILD_KEYS; i++)
		child_make_key(c, i);
	while (ldns_key_keytag(c->keys[1]) <= ldns_key_keytag(c->keys[0])) {
		ldns_rr_free(c->public[1]);
		ldns_key_deep_free(c->keys[1]);
		child_make_key(c, 1);
	}
	assert_null(delegation_init(&c->d, CHILD_ZONE));
	assert_null(delegation_add_server(&c->d, "ns1.example.net=192.0.2.1"));
	assert_null(delegation_add_server(&c->d, "ns2.example.net=192.0.2.2"));
	c->o = observed_new(&c->d);
	observed_add_targets(c->o, child_may_ask, NULL);
}

static inline void child_done(struct child *c)
{
	observed_free(c->o);
	delegation_done(&c->d);
	for (unsigned i = 0; i < CHILD_KEYS; i++) {
		ldns_rr_free(c->public[i]);
		ldns_key_deep_free(c->keys[i]);
	}
}

/** The keys that @letters name: "AZ". */
static inline unsigned child_key(char letter)
{
	return letter == 'Z' ? CHILD_KEYS - 1 : (unsigned)(letter - 'A');
}

/** Answer @type of @name with @list (taken), signed by the keys @signers @age_s ago; nothing, when it is empty. */
static inline void child_answer(struct child *c, struct observed_answer *a, const char *name, ldns_rr_type type,
                                ldns_rr_list *list, const char *signers, int age_s)
{
	ldns_key_list *keys = ldns_key_list_new();

	ldns_pkt_free(a->packet);
	a->rc = 0;
	a->packet = ldns_pkt_query_new(ldns_dname_new_frm_str(name), type, LDNS_RR_CLASS_IN, LDNS_QR | LDNS_AA);
	for (const char *s = signers; *s != '\0'; s++) {
		ldns_key *key = c->keys[child_key(*s)];
		ldns_key_set_inception(key, (uint32_t)(c->now - age_s));
		ldns_key_set_expiration(key, (uint32_t)(c->now - age_s + CHILD_VALID_S));
		(void)ldns_key_list_push_key(keys, key);
	}
	if (ldns_rr_list_rr_count(list) > 0 && *signers != '\0') {
		ldns_rr_list *signatures = ldns_sign_public(list, keys);
		(void)ldns_pkt_push_rr_list(a->packet, LDNS_SECTION_ANSWER, signatures);
		ldns_rr_list_free(signatures);
	}
	(void)ldns_pkt_push_rr_list(a->packet, LDNS_SECTION_ANSWER, list);
	ldns_rr_list_free(list);
	ldns_key_list_set_key_count(keys, 0); /* they are ours */
	ldns_key_list_free(keys);
}

/** The public keys, as records of @type. */
static inline ldns_rr_list *child_public(const struct child *c, const char *letters, ldns_rr_type type)
{
	ldns_rr_list *list = ldns_rr_list_new();

	for (; *letters != '\0'; letters++) {
		ldns_rr *rr = ldns_rr_clone(c->public[child_key(*letters)]);
		ldns_rr_set_type(rr, type);
		(void)ldns_rr_list_push_rr(list, rr);
	}
	return list;
}

/** Records of @type, DS or CDS, of "A2,B4": a key and a digest type each; "1 2 3 44" stands for itself. */
static inline ldns_rr_list *child_digests(const struct child *c, const char *text, ldns_rr_type type)
{
	ldns_rr_list *list = ldns_rr_list_new();
	char *copy = mem_strdup(text), *rest = NULL;

	for (char *one = strtok_r(copy, ",", &rest); one != NULL; one = strtok_r(NULL, ",", &rest)) {
		ldns_rr *rr;
		if (strchr(one, ' ') == NULL) {
			rr = ldns_key_rr2ds(c->public[child_key(one[0])], (ldns_hash)(one[1] - '0'));
		} else {
			char *line = mem_printf(CHILD_ZONE ". IN DS %s", one);
			rr = child_rr(line);
			free(line);
		}
		ldns_rr_set_type(rr, type);
		ldns_rr_set_ttl(rr, CHILD_TTL_S);
		(void)ldns_rr_list_push_rr(list, rr);
	}
	free(copy);
	return list;
}

#endif
