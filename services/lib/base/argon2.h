/*
 * Argon2id (RFC 9106) by OpenSSL, as the text that other programs store too:
 * "$argon2id$v=19$m=19456,t=2,p=1$salt$hash", salt and hash in base64 without padding.
 * One takes some 20 MiB and tens of milliseconds: not for the loop's thread.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_ARGON2_H
#define FONTAINE_BASE_ARGON2_H

#include <stddef.h>

enum { ARGON2_TEXT_MAX = 208 };

/** Hash @len bytes of @secret with a new salt. Return: 0, or -EIO when OpenSSL does not. */
int argon2_hash(const void *secret, size_t len, char ret[ARGON2_TEXT_MAX]);

/**
 * Whether @text was made from @secret, with whatever cost it says, up to 256 MiB and 16 passes.
 * Return: 0; -EACCES when it was not; -EINVAL when it is no such text; -EIO.
 */
int argon2_check(const void *secret, size_t len, const char *text);

#endif
