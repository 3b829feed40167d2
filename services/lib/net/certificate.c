/* SPDX-License-Identifier: MIT */
#include "net/certificate.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHAIN_MAX = 16 };

struct certificate {
	X509 *own;
	STACK_OF(X509) * others; /* of its chain */
};

static int read_others(FILE *f, struct certificate *c)
{
	X509 *x;

	while (sk_X509_num(c->others) < CHAIN_MAX && (x = PEM_read_X509(f, NULL, NULL, NULL)) != NULL)
		if (sk_X509_push(c->others, x) == 0) {
			X509_free(x);
			return -ENOMEM;
		}
	bool is_at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	ERR_clear_error();
	return is_at_end ? 0 : -EINVAL;
}

int certificate_read(const char *path, struct certificate **ret)
{
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return -errno;
	struct certificate *c = mem_new(sizeof(*c));
	c->own = PEM_read_X509(f, NULL, NULL, NULL);
	c->others = sk_X509_new_null();
	int rc = c->own == NULL || c->others == NULL ? -EINVAL : read_others(f, c);
	(void)fclose(f);
	ERR_clear_error();
	if (rc == 0)
		*ret = c;
	else
		certificate_free(c);
	return rc;
}

void certificate_free(struct certificate *c)
{
	X509_free(c->own);
	sk_X509_pop_free(c->others, X509_free);
	free(c);
}

static int64_t seconds_of(const ASN1_TIME *time)
{
	struct tm tm = {0};

	return ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

int64_t certificate_begins_s(const struct certificate *c)
{
	return seconds_of(X509_get0_notBefore(c->own));
}

int64_t certificate_ends_s(const struct certificate *c)
{
	return seconds_of(X509_get0_notAfter(c->own));
}

const char *certificate_issuer(const struct certificate *c, char *out, size_t size)
{
	X509_NAME *issuer = X509_get_issuer_name(c->own);
	char organisation[128] = "", name[128] = "";

	(void)X509_NAME_get_text_by_NID(issuer, NID_organizationName, organisation, sizeof(organisation));
	(void)X509_NAME_get_text_by_NID(issuer, NID_commonName, name, sizeof(name));
	(void)snprintf(out, size, "%s%s%s", organisation, *organisation != '\0' && *name != '\0' ? " " : "", name);
	return out;
}

/** The address of @len bytes, as "IP:" has it. */
static const char *address_text(const uint8_t *bytes, int len, char out[INET6_ADDRSTRLEN])
{
	return inet_ntop(len == 4 ? AF_INET : AF_INET6, bytes, out, INET6_ADDRSTRLEN);
}

void certificate_names(const struct certificate *c, void (*add)(void *data, const char *name), void *data)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(c->own, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		int type = 0;
		const ASN1_STRING *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &type);
		char address[INET6_ADDRSTRLEN];
		char *text = NULL;
		if (type == GEN_DNS)
			text = mem_printf("DNS:%.*s", ASN1_STRING_length(value), ASN1_STRING_get0_data(value));
		else if (type == GEN_IPADD && (ASN1_STRING_length(value) == 4 || ASN1_STRING_length(value) == 16))
			text = mem_printf("IP:%s", address_text(ASN1_STRING_get0_data(value),
			                                        ASN1_STRING_length(value), address));
		if (text != NULL)
			add(data, text);
		free(text);
	}
	GENERAL_NAMES_free(names);
}

bool certificate_is_for(const struct certificate *c, const char *name)
{
	if (strncmp(name, "IP:", 3) == 0)
		return X509_check_ip_asc(c->own, name + 3, 0) == 1;
	if (strncmp(name, "DNS:", 4) != 0)
		return false;
	if (strncmp(name, "DNS:*.", 6) != 0)
		return X509_check_host(c->own, name + 4, 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1;
	char *any = mem_printf("any.%s", name + 6); /* as long as no name of ours is that one */
	bool is_for = X509_check_host(c->own, any, 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1;
	free(any);
	return is_for;
}

int certificate_check_key(const struct certificate *c, const char *path)
{
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return -errno;
	EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	bool has_key = key != NULL && X509_check_private_key(c->own, key) == 1;
	EVP_PKEY_free(key);
	(void)fclose(f);
	ERR_clear_error();
	return has_key ? 0 : -EINVAL;
}

const char *certificate_distrust(const struct certificate *c, const char *ca_path, int64_t now_s)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	const char *why = "no memory";

	if (store == NULL || context == NULL)
		goto out;
	why = "the CA certificates to trust cannot be read";
	if ((ca_path != NULL ? X509_STORE_load_file(store, ca_path) : X509_STORE_set_default_paths(store)) != 1 ||
	    X509_STORE_CTX_init(context, store, c->own, c->others) != 1)
		goto out;
	(void)X509_STORE_CTX_set_default(context, "ssl_server");
	X509_STORE_CTX_set_time(context, 0, (time_t)now_s);
	why = X509_verify_cert(context) == 1
	          ? NULL
	          : X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
out:
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	ERR_clear_error();
	return why;
}
