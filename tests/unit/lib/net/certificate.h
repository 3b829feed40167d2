/* A certificate of a moment's making, in files. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_CERTIFICATE_H
#define FONTAINE_TESTS_CERTIFICATE_H

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct certificate_files {
	char directory[32];
	char certificate[64], key[64];
};

/* As a renewal does it: a whole file takes the place of the other. */
static inline void put_file(const char *path, void (*write)(FILE *f, void *data), void *data)
{
	char new[80];

	(void)snprintf(new, sizeof(new), "%s.new", path);
	FILE *f = fopen(new, "w");
	assert_non_null(f);
	write(f, data);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(rename(new, path), 0);
}

static inline void write_certificate(FILE *f, void *data)
{
	assert_int_equal(PEM_write_X509(f, data), 1);
}

static inline void write_key(FILE *f, void *data)
{
	assert_int_equal(PEM_write_PrivateKey(f, data, NULL, NULL, 0, NULL, NULL), 1);
}

/* For 127.0.0.1, signed by itself. */
static inline void renew_certificate(const struct certificate_files *files, long serial)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();

	assert_non_null(key);
	(void)X509_set_version(x, X509_VERSION_3);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	(void)X509_gmtime_adj(X509_getm_notBefore(x), 0);
	(void)X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	(void)X509_set_pubkey(x, key);
	X509_EXTENSION *name = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
	(void)X509_add_ext(x, name, -1);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	put_file(files->certificate, write_certificate, x);
	put_file(files->key, write_key, key);
	X509_EXTENSION_free(name);
	X509_free(x);
	EVP_PKEY_free(key);
}

static inline void make_certificate(struct certificate_files *ret)
{
	(void)snprintf(ret->directory, sizeof(ret->directory), "/tmp/tls-XXXXXX");
	assert_non_null(mkdtemp(ret->directory));
	(void)snprintf(ret->certificate, sizeof(ret->certificate), "%s/server.crt", ret->directory);
	(void)snprintf(ret->key, sizeof(ret->key), "%s/server.key", ret->directory);
	renew_certificate(ret, 1);
}

static inline void remove_certificate(const struct certificate_files *files)
{
	(void)unlink(files->certificate);
	(void)unlink(files->key);
	assert_int_equal(rmdir(files->directory), 0);
}

#endif
