/* SPDX-License-Identifier: MIT */
#include "peers/signature.h"

#include "base/mem.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char prefix[] = "whsec_";

enum { KEY_MIN_BYTES = 24,
       KEY_MAX_BYTES = 64 };

/** Return: how many bytes the key has, or -EINVAL. */
static int read_key(const char *secret, uint8_t key[KEY_MAX_BYTES + 3])
{
	if (strncmp(secret, prefix, strlen(prefix)) != 0)
		return -EINVAL;
	const char *digits = secret + strlen(prefix);
	size_t len = strlen(digits);
	if (len % 4 != 0 || len > (size_t)(KEY_MAX_BYTES + 2) / 3 * 4)
		return -EINVAL;
	int n = EVP_DecodeBlock(key, (const uint8_t *)digits, (int)len);
	for (size_t i = len; n > 0 && i > len - 2 && digits[i - 1] == '='; i--)
		n--;
	return n >= KEY_MIN_BYTES && n <= KEY_MAX_BYTES ? n : -EINVAL;
}

int signature_write(const char *secret, const char *id, int64_t time_s, const char *body, char ret[SIGNATURE_MAX])
{
	uint8_t key[KEY_MAX_BYTES + 3], digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	int n = read_key(secret, key);

	if (n < 0)
		return n;
	char *text = mem_printf("%s.%" PRId64 ".%s", id, time_s, body);
	if (HMAC(EVP_sha256(), key, n, (const uint8_t *)text, strlen(text), digest, &len) == NULL)
		mem_exhausted();
	free(text);
	(void)snprintf(ret, SIGNATURE_MAX, "v1,");
	(void)EVP_EncodeBlock((uint8_t *)ret + 3, digest, (int)len);
	return 0;
}
