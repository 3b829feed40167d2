/* SPDX-License-Identifier: MIT */
#include "rdns/cookie.h"

#include <stdio.h>
#include <string.h>

/* "__Host-": the browser takes it from this very host over TLS only, for all of its paths. */
#define COOKIE "__Host-rdns"

void cookie_write(const char *secret, char ret[COOKIE_MAX])
{
	(void)snprintf(ret, COOKIE_MAX, COOKIE "=%s; Path=/; Max-Age=%d; Secure; HttpOnly; SameSite=Strict",
	               secret == NULL ? "" : secret, secret == NULL ? 0 : SESSION_COOKIE_LASTS_S);
}

const char *cookie_find(const char *header)
{
	const char *at = header;

	while (at != NULL && *at != '\0') {
		at += strspn(at, "; ");
		size_t len = strcspn(at, ";");
		bool is_ours = strncmp(at, COOKIE "=", strlen(COOKIE "=")) == 0;
		if (is_ours && len == strlen(COOKIE "=") + SESSION_SECRET_LEN)
			return at + strlen(COOKIE "=");
		at += len;
	}
	return NULL;
}
