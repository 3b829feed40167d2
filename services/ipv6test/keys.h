/*
 * The files of the IPv6 test's zones: one key for each algorithm, made once and kept, and what
 * Knot's zone of the POP has to say about them: delegations with DS records. Both come from
 * here, so that they always match.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_KEYS_H
#define FONTAINE_IPV6TEST_KEYS_H

#include "ipv6test/signer.h"

/** By the number of their algorithm; NULL where there is none. Start with all NULL. */
struct keys {
	struct sign_key *by_algorithm[SIGNER_ALGORITHMS];
};

/**
 * Read the keys of the zones from the folder @dir, and make those that are missing if @make.
 * Return: 0, or a negative errno, logged with the file and the remedy.
 */
int keys_open(struct keys *k, const char *dir, const struct zones *zones, bool make);
void keys_close(struct keys *k);

/** Write the delegations of the zones below @domain to @path, whole or not at all. Return: as keys_open(). */
int keys_write_delegations(const struct keys *k, const char *domain, const struct zones *zones, const char *path);

#endif
