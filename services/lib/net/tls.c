/*
 * Happy path: a context is made of the files, and every connection holds the one
 * that it began with. When the files change, a new one takes its place.
 *
 * Failures: files that cannot be used leave the context alone. While a renewal has
 * replaced one of the two, they do not match; the next look finds the other one.
 */
/* SPDX-License-Identifier: MIT */
#include "net/tls.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/watch.h"

#include <errno.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* AES-128 first, which most processors have in hardware; a client that has not puts ChaCha20 first, and is heard. */
#define SUITES_TLS_1_3 "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"
#define SUITES_TLS_1_2 \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:" \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:" \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"

/*
 * Only elliptic curves: the hybrid with ML-KEM keeps 6 KiB more with each connection, and costs every handshake,
 * for bytes that are random or public.
 */
#define GROUPS "X25519:P-256:P-384"

struct tls {
	char *certificate, *key;
	const char *paths[2]; /* the same, to watch */
	bool h2;
	struct watch watch;
	pthread_mutex_t lock; /* guards what follows */
	SSL_CTX *context;
};

/* The first cause of OpenSSL's last failure. */
static const char *why(void)
{
	unsigned long error = ERR_peek_error();

	if (ERR_SYSTEM_ERROR(error))
		return strerror(ERR_GET_REASON(error));
	const char *reason = ERR_reason_error_string(error);
	return reason != NULL ? reason : "no reason given";
}

static int on_alpn(SSL *ssl, const unsigned char **ret, unsigned char *ret_len,
                   const unsigned char *wanted, unsigned wanted_len, void *data)
{
	static const unsigned char offers[] = "\x02h2\x08http/1.1";
	const struct tls *t = data;
	const size_t skipped = t->h2 ? 0 : 3;
	unsigned char *chosen;
	(void)ssl;

	if (SSL_select_next_proto(&chosen, ret_len, offers + skipped, (unsigned)(sizeof(offers) - 1 - skipped),
	                          wanted, wanted_len) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*ret = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static bool load(const struct tls *t, SSL_CTX *context)
{
	ERR_clear_error();
	if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set1_groups_list(context, GROUPS) != 1 ||
	    SSL_CTX_set_ciphersuites(context, SUITES_TLS_1_3) != 1 ||
	    SSL_CTX_set_cipher_list(context, SUITES_TLS_1_2) != 1)
		log_error("tls: %s", why());
	else if (SSL_CTX_use_certificate_chain_file(context, t->certificate) != 1)
		log_error("%s: %s", t->certificate, why());
	else if (SSL_CTX_use_PrivateKey_file(context, t->key, SSL_FILETYPE_PEM) != 1)
		log_error("%s: %s", t->key, why());
	else
		return true;
	return false;
}

/* Tickets are the context's: every loop takes those of all, and the server keeps no session. */
static SSL_CTX *make_context(struct tls *t)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	if (context == NULL || !load(t, context)) {
		SSL_CTX_free(context);
		return NULL;
	}
	(void)SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
	                                       SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF |
	                                       SSL_OP_ENABLE_KTLS);
	(void)SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	(void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_alpn_select_cb(context, on_alpn, t);
	return context;
}

static void on_change(void *data)
{
	struct tls *t = data;
	SSL_CTX *context = make_context(t);

	if (context == NULL) {
		log_warn("%s: the certificate stays as it was", t->certificate);
		return;
	}
	(void)pthread_mutex_lock(&t->lock);
	SSL_CTX *old = t->context;
	t->context = context;
	(void)pthread_mutex_unlock(&t->lock);
	SSL_CTX_free(old);
	log_info("%s: new certificate", t->certificate);
}

int tls_open(const char *certificate, const char *key, bool h2, struct tls **ret)
{
	struct tls *t = mem_new(sizeof(*t));

	t->certificate = mem_printf("%s", certificate);
	t->key = mem_printf("%s", key);
	t->paths[0] = t->certificate;
	t->paths[1] = t->key;
	t->h2 = h2;
	(void)pthread_mutex_init(&t->lock, NULL);
	watch_init(&t->watch, t->paths, 2, on_change, t);
	(void)watch_look(&t->watch);
	t->context = make_context(t);
	if (t->context == NULL) {
		tls_free(t);
		return -EINVAL;
	}
	*ret = t;
	return 0;
}

void tls_free(struct tls *t)
{
	watch_done(&t->watch);
	SSL_CTX_free(t->context);
	(void)pthread_mutex_destroy(&t->lock);
	free(t->certificate);
	free(t->key);
	free(t);
}

void tls_watch(struct tls *t, uv_loop_t *loop, uint64_t every_ms)
{
	watch_start(&t->watch, loop, every_ms);
}

void tls_unwatch(struct tls *t)
{
	watch_stop(&t->watch);
}

int64_t tls_expires_s(struct tls *t)
{
	struct tm tm = {0};

	(void)pthread_mutex_lock(&t->lock);
	int rc = ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(t->context)), &tm);
	(void)pthread_mutex_unlock(&t->lock);
	return rc == 1 ? (int64_t)timegm(&tm) : 0;
}

SSL *tls_session(struct tls *t)
{
	(void)pthread_mutex_lock(&t->lock);
	SSL *ssl = SSL_new(t->context);
	(void)pthread_mutex_unlock(&t->lock);
	if (ssl != NULL)
		SSL_set_accept_state(ssl);
	return ssl;
}
