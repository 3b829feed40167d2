/*
 * The name of one visitor's test, part of every host name that it asks for: 26 letters and
 * digits that nobody guesses, and that tell, without any memory of them, that we made them
 * and when. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_NONCE_H
#define FONTAINE_IPV6TEST_NONCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NONCE_LEN = 26,
	NONCE_MAX_AGE_S = 600,
};

/** Secret; the same for all workers. */
struct nonce_key {
	uint64_t words[2];
};

/** A key that no other start of the daemon has. */
struct nonce_key nonce_key_new(void);

/** Write a new nonce and a NUL. @now_s: any clock, the same for nonce_check(). */
void nonce_make(const struct nonce_key *key, uint64_t now_s, char ret[NONCE_LEN + 1]);

/** Whether @text (@len bytes, either case) is a nonce of ours and no older than NONCE_MAX_AGE_S. */
bool nonce_check(const struct nonce_key *key, const char *text, size_t len, uint64_t now_s);

#endif
