/* SPDX-License-Identifier: MIT */
#include "net/ws_handshake.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455, 1.3 */

enum {
	KEY_CHARS = 24, /* 16 bytes in base64: 22 digits, "==" */
	KEY_DIGITS = 22,
	SHA1_BYTES = 20,
};

static bool is_key(const char *key)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	return strlen(key) == KEY_CHARS && strspn(key, digits) == KEY_DIGITS &&
	       strchr("AQgw", key[KEY_DIGITS - 1]) != NULL && strcmp(key + KEY_DIGITS, "==") == 0;
}

int ws_accept(const char *key, char ret[WS_ACCEPT_MAX])
{
	char text[KEY_CHARS + sizeof(GUID)];
	unsigned char digest[SHA1_BYTES];

	if (!is_key(key))
		return -EINVAL;
	int n = snprintf(text, sizeof(text), "%s" GUID, key);
	int rc = EVP_Digest(text, (size_t)n, digest, NULL, EVP_sha1(), NULL);
	assert(rc == 1); /* fails only when OpenSSL has no SHA-1 */
	(void)rc;
	(void)EVP_EncodeBlock((unsigned char *)ret, digest, sizeof(digest));
	return 0;
}

/* Whether the comma-separated @list has @token. */
static bool list_has(const char *list, const char *token)
{
	static const char gaps[] = " \t,";
	size_t len = strlen(token);

	for (list += strspn(list, gaps); *list != '\0'; list += strspn(list, gaps)) {
		size_t item = strcspn(list, gaps);
		if (item == len && strncasecmp(list, token, len) == 0)
			return true;
		list += item;
	}
	return false;
}

/* A list may go over several header lines (RFC 9110, 5.3). */
static bool header_has(const struct http_request *r, const char *name, const char *token)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (strcasecmp(r->headers[i].name, name) == 0 && list_has(r->headers[i].value, token))
			return true;
	return false;
}

int ws_handshake(const struct http_request *r, const char *protocol, char ret[WS_HEADERS_MAX])
{
	const char *version = http_request_header(r, "Sec-WebSocket-Version");
	const char *key = http_request_header(r, "Sec-WebSocket-Key");
	char accept[WS_ACCEPT_MAX];

	if (r->method != HTTP_METHOD_GET || !header_has(r, "Upgrade", "websocket") ||
	    !header_has(r, "Connection", "Upgrade"))
		return 400;
	if (version == NULL || strcmp(version, "13") != 0) {
		(void)snprintf(ret, WS_HEADERS_MAX, "Sec-WebSocket-Version: 13\r\n");
		return 426; /* 4.2.2 */
	}
	if (key == NULL || ws_accept(key, accept) < 0 || !header_has(r, "Sec-WebSocket-Protocol", protocol))
		return 400;
	int n = snprintf(ret, WS_HEADERS_MAX, "Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: %s\r\n", accept,
	                 protocol);
	assert(n < WS_HEADERS_MAX);
	(void)n;
	return 0;
}
