/* SPDX-License-Identifier: MIT */
#include "net/session.h"

#include "base/mem.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

enum {
	KEY_BYTES = 32,
	MAC_BYTES = 32,
	MACED_MAX_BYTES = 96, /* the kind, and the longest secret */
	FOR_CSRF = 'c',
};

struct session {
	uint8_t mac[MAC_BYTES]; /* of the kind and the secret */
	char id[TOKEN_ID_LEN + 1];
	uint64_t ends_s; /* 0: the place is free */
};

struct sessions {
	uint8_t key[KEY_BYTES];
	size_t max;
	struct session all[];
};

struct sessions *sessions_new(size_t max)
{
	struct sessions *s = mem_new(sizeof(*s) + max * sizeof(s->all[0]));

	assert(max > 0);
	s->max = max;
	arc4random_buf(s->key, sizeof(s->key));
	return s;
}

void sessions_free(struct sessions *s)
{
	if (s != NULL)
		OPENSSL_cleanse(s->key, sizeof(s->key));
	free(s);
}

void session_secret_make(char ret[SESSION_SECRET_LEN + 1])
{
	uint8_t bytes[SESSION_SECRET_BYTES];

	arc4random_buf(bytes, sizeof(bytes));
	base32_encode(bytes, sizeof(bytes), ret);
}

/** HMAC-SHA256 of a letter and a secret; one too long to be ours gets that of nothing. Return: false then. */
static bool mac_of(const struct sessions *s, char letter, const char *secret, size_t len, uint8_t ret[MAC_BYTES])
{
	uint8_t text[MACED_MAX_BYTES] = {(uint8_t)letter};
	bool fits = len < sizeof(text);

	if (fits)
		memcpy(text + 1, secret, len);
	if (HMAC(EVP_sha256(), s->key, KEY_BYTES, text, fits ? len + 1 : 0, ret, NULL) == NULL)
		mem_exhausted();
	OPENSSL_cleanse(text, sizeof(text));
	return fits;
}

static bool mac_of_kind(const struct sessions *s, enum session_kind kind, const char *secret, size_t len,
                        uint8_t ret[MAC_BYTES])
{
	return mac_of(s, kind == SESSION_COOKIE ? 'b' : 't', secret, len, ret);
}

/** The place of the session with @mac, or of none. */
static size_t place_of(const struct sessions *s, const uint8_t mac[MAC_BYTES])
{
	size_t i = 0;

	while (i < s->max && (s->all[i].ends_s == 0 || CRYPTO_memcmp(s->all[i].mac, mac, MAC_BYTES) != 0))
		i++;
	return i;
}

static size_t place_that_ends_first(const struct sessions *s)
{
	size_t first = 0;

	for (size_t i = 1; i < s->max; i++)
		if (s->all[i].ends_s < s->all[first].ends_s)
			first = i;
	return first;
}

void sessions_start(struct sessions *s, enum session_kind kind, const char *secret, size_t len,
                    const char id[TOKEN_ID_LEN + 1], uint64_t now_s)
{
	unsigned lasts_s = kind == SESSION_COOKIE ? SESSION_COOKIE_LASTS_S : SESSION_TOKEN_LASTS_S;
	struct session one = {.ends_s = now_s + lasts_s};
	bool fits = mac_of_kind(s, kind, secret, len, one.mac);

	assert(fits); /* made by us, or checked */
	(void)fits;
	memcpy(one.id, id, sizeof(one.id));
	size_t place = place_of(s, one.mac);
	s->all[place < s->max ? place : place_that_ends_first(s)] = one;
}

const char *sessions_find(const struct sessions *s, enum session_kind kind, const char *secret, size_t len,
                          uint64_t now_s)
{
	uint8_t mac[MAC_BYTES];

	if (!mac_of_kind(s, kind, secret, len, mac))
		return NULL;
	size_t place = place_of(s, mac);
	return place < s->max && s->all[place].ends_s > now_s ? s->all[place].id : NULL;
}

void sessions_end(struct sessions *s, const char *secret, size_t len)
{
	uint8_t mac[MAC_BYTES];

	if (!mac_of_kind(s, SESSION_COOKIE, secret, len, mac))
		return;
	size_t place = place_of(s, mac);
	if (place < s->max)
		s->all[place] = (struct session){0};
}

void sessions_end_token(struct sessions *s, const char *id)
{
	for (size_t i = 0; i < s->max; i++)
		if (strcmp(s->all[i].id, id) == 0)
			s->all[i] = (struct session){0};
}

void sessions_csrf(const struct sessions *s, const char *secret, size_t len, char ret[SESSION_CSRF_LEN + 1])
{
	uint8_t mac[MAC_BYTES];

	(void)mac_of(s, FOR_CSRF, secret, len, mac);
	base32_encode(mac, SESSION_SECRET_BYTES, ret);
}

bool sessions_csrf_holds(const struct sessions *s, const char *secret, size_t len, const char *csrf)
{
	char right[SESSION_CSRF_LEN + 1];

	sessions_csrf(s, secret, len, right);
	return csrf != NULL && strlen(csrf) == SESSION_CSRF_LEN && CRYPTO_memcmp(csrf, right, SESSION_CSRF_LEN) == 0;
}
