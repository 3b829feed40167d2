/* gpgv(1), run for one file: signature.h says what is asked and read. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_GPGV_H
#define FONTAINE_MIRROR_GPGV_H

#include "mirror/signature.h"

#include <stdatomic.h>

enum { GPGV_LIMIT_MS = 60000 };

/**
 * Check the clear-signed file @path when @text is NULL, else that @path is a signature of the file @text. Blocking,
 * on a loop of its own: for a thread of its own, beside which other loops may have children too.
 * Return: as signature_verdict(); -ECANCELED once *@is_cancelled (may be NULL); -ETIMEDOUT past the limit; or a
 * negative errno of starting it; then *ret says so.
 */
int gpgv_check(const char *keyring, const char *path, const char *text, const atomic_bool *is_cancelled,
               char ret[SIGNATURE_TEXT_MAX]);

#endif
