/* What the POP's pages and its TLS ports say of themselves. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/audit.h"

#include "probe/dns.h"
#include "probe/exchange.h"
#include "probe/ntp.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>
#include <time.h>

enum { LIMIT_MS = 3000 };

static const char question[] = "GET / HTTP/1.1\r\nHost: audit.invalid\r\nConnection: close\r\n\r\n";

static bool is_any(const uint8_t *answer, size_t len)
{
	(void)answer;
	return len > 0;
}

/** Whether @e speaks TLS over TCP. */
static bool is_tls(const struct pop_endpoint *e)
{
	static const char *const protocols[] = {"https", "rpm", "dot", "doh", "nts", "mtu-https"};

	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++)
		if (strcmp(e->protocol, protocols[i]) == 0)
			return true;
	return false;
}

/** Have @judge see the front page by each socket of @protocol. */
static void see_pages(const struct audit *a, const char *protocol,
                      void (*judge)(const char *reply, struct audit_finding *f), struct audit_finding *ret)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct pop_endpoint *e = &a->all[i];
		struct exchange x = {.to = &e->addr, .limit_ms = LIMIT_MS, .tls = a->tls};
		if (strcmp(e->service, "pages") != 0 || strcmp(e->protocol, protocol) != 0)
			continue;
		x.question = question;
		x.question_len = strlen(question);
		if ((strcmp(protocol, "https") == 0 ? exchange_tls(&x) : exchange_tcp(&x)) < 0)
			x.answer[0] = 0;
		judge((const char *)x.answer, ret);
	}
}

void audit_pages_head(const struct audit *a, struct audit_finding *ret)
{
	see_pages(a, "http", audit_judge_head, ret);
	see_pages(a, "https", audit_judge_head, ret);
}

void audit_pages_hsts(const struct audit *a, struct audit_finding *ret)
{
	see_pages(a, "https", audit_judge_hsts, ret);
}

/** What comes of a handshake with @tls at @e. Return: as exchange_tls(). */
static int shake_hands(const struct pop_endpoint *e, SSL_CTX *tls)
{
	struct exchange x = {.to = &e->addr, .limit_ms = LIMIT_MS, .tls = tls, .is_whole = is_any};
	uint8_t dns[2 + DNS_QUESTION_MAX_BYTES] = {0}, nts[NTS_QUESTION_BYTES];

	nts_question(nts);
	dns[1] = (uint8_t)dns_question(1, "", false, dns + 2);
	x.question = question; /* whoever does not understand it hangs up */
	x.question_len = strlen(question);
	if (strcmp(e->protocol, "dot") == 0) {
		x.question = dns;
		x.question_len = 2U + dns[1];
	} else if (strcmp(e->protocol, "nts") == 0) {
		x.question = nts;
		x.question_len = sizeof(nts);
		x.alpn = "ntske/1";
	}
	return exchange_tls(&x);
}

/** Nobody may fall back to a version that is given up (RFC 8996). */
void audit_tls_versions(const struct audit *a, struct audit_finding *ret)
{
	char text[ADDR_PORT_TEXT_MAX];
	SSL_CTX *old = SSL_CTX_new(TLS_client_method());

	if (old == NULL || SSL_CTX_set_max_proto_version(old, TLS1_1_VERSION) != 1) {
		audit_set(ret, AUDIT_UNKNOWN, "TLS 1.1 cannot be tried");
		SSL_CTX_free(old);
		return;
	}
	SSL_CTX_set_security_level(old, 0);
	for (size_t i = 0; i < a->n && ret->state == AUDIT_PASS; i++) {
		int rc = is_tls(&a->all[i]) ? shake_hands(&a->all[i], old) : -EPROTO;
		if (rc == 0)
			audit_set(ret, AUDIT_FAIL, "%s: TLS 1.1 is taken", addr_port_text(&a->all[i].addr, text));
		else if (rc == -ECONNREFUSED)
			audit_set(ret, AUDIT_UNKNOWN, "%s: nobody listens", addr_port_text(&a->all[i].addr, text));
	}
	if (ret->state == AUDIT_PASS)
		audit_set(ret, AUDIT_PASS, "TLS 1.1 is taken nowhere");
	SSL_CTX_free(old);
}

struct shown {
	int64_t ends_s;
	const char *distrust;
	bool is_there;
};

/** Note how the server's certificate is, and go on. */
static int on_certificate(X509_STORE_CTX *store, void *arg)
{
	struct shown *s = arg;
	struct tm ends = {0};

	s->is_there = X509_STORE_CTX_get0_cert(store) != NULL;
	if (X509_verify_cert(store) != 1)
		s->distrust = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
	if (s->is_there && ASN1_TIME_to_tm(X509_get0_notAfter(X509_STORE_CTX_get0_cert(store)), &ends) == 1)
		s->ends_s = timegm(&ends);
	return 1;
}

void audit_tls_certificate(const struct audit *a, struct audit_finding *ret)
{
	const char *ca = a->pop->certificates != NULL ? a->pop->certificates->ca_file : NULL;
	char text[ADDR_PORT_TEXT_MAX];
	struct shown s = {0};
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	if (tls == NULL)
		return;
	if ((ca != NULL ? SSL_CTX_load_verify_locations(tls, ca, NULL) : SSL_CTX_set_default_verify_paths(tls)) != 1)
		audit_set(ret, AUDIT_UNKNOWN, "the certificates of CAs cannot be read");
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(tls, on_certificate, &s);
	for (size_t i = 0; i < a->n && ret->state == AUDIT_PASS; i++) {
		if (!is_tls(&a->all[i]))
			continue;
		s = (struct shown){0};
		(void)shake_hands(&a->all[i], tls);
		if (s.is_there)
			audit_judge_certificate(time(NULL), s.ends_s, s.distrust, ret);
		else
			audit_set(ret, AUDIT_UNKNOWN, "%s: no certificate was shown",
			          addr_port_text(&a->all[i].addr, text));
	}
	SSL_CTX_free(tls);
}
