/* A client of the fixture's server over TLS, on OpenSSL: it blocks, with a limit on every wait. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_TLS_CLIENT_H
#define FONTAINE_TESTS_TLS_CLIENT_H

#include "http_client.h"

#include <openssl/ssl.h>

struct client {
	int fd;
	SSL_CTX *context;
	SSL *ssl;
};

static inline struct client client_on(const struct fixture *f, int version)
{
	struct client c = {.fd = dial(f), .context = SSL_CTX_new(TLS_client_method())};

	(void)SSL_CTX_set_min_proto_version(c.context, version);
	(void)SSL_CTX_set_max_proto_version(c.context, version);
	c.ssl = SSL_new(c.context);
	(void)SSL_set_fd(c.ssl, c.fd);
	return c;
}

/* A call of OpenSSL that a signal interrupted wants to be made again. */
static inline bool again(SSL *ssl, int rc)
{
	int error = SSL_get_error(ssl, rc);

	return rc != 1 && (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE);
}

static inline int connect_in(SSL *ssl)
{
	int rc;

	do
		rc = SSL_connect(ssl);
	while (again(ssl, rc));
	return rc;
}

static inline struct client client_open(const struct fixture *f, int version)
{
	struct client c = client_on(f, version);

	assert_int_equal(connect_in(c.ssl), 1);
	return c;
}

static inline void client_close(struct client *c)
{
	SSL_free(c->ssl);
	SSL_CTX_free(c->context);
	(void)close(c->fd);
}

static inline void send_in(SSL *ssl, const char *data, size_t len)
{
	size_t n;
	int rc;

	do
		rc = SSL_write_ex(ssl, data, len, &n);
	while (again(ssl, rc));
	assert_int_equal(rc, 1);
	assert_int_equal(n, len);
}

static inline void say_in(SSL *ssl, const char *text)
{
	send_in(ssl, text, strlen(text));
}

/* Return: bytes, or 0 at the end, which SSL_get_error() tells of. */
static inline size_t receive_in(SSL *ssl, char *ret, size_t size)
{
	size_t n = 0;
	int rc;

	do
		rc = SSL_read_ex(ssl, ret, size, &n);
	while (again(ssl, rc));
	return rc == 1 ? n : 0;
}

/* Read until the end, or @enough bytes. Return: a static text. */
static inline const char *hear_in(SSL *ssl, size_t enough)
{
	static char text[64 * 1024];
	size_t len = 0, n;

	while (len < enough && len + 1 < sizeof(text)) {
		size_t wanted = enough - len < sizeof(text) - 1 - len ? enough - len : sizeof(text) - 1 - len;
		n = receive_in(ssl, text + len, wanted);
		if (n == 0)
			break;
		len += n;
	}
	text[len] = '\0';
	return text;
}

#endif
