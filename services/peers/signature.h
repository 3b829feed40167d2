/* By which whoever is told by a webhook knows that it was us: https://www.standardwebhooks.com. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_SIGNATURE_H
#define FONTAINE_PEERS_SIGNATURE_H

#include <stdint.h>

enum { SIGNATURE_MAX = 64 };

/**
 * Sign a message: HMAC-SHA256 of "ID.TIME.BODY" by @secret, "whsec_" and the key in base64.
 * Return: 0 and @ret = "v1,BASE64", or -EINVAL: that is no such secret.
 */
int signature_write(const char *secret, const char *id, int64_t time_s, const char *body, char ret[SIGNATURE_MAX]);

#endif
