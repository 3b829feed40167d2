/* SPDX-License-Identifier: MIT */
#include "speedtest/turn.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "net/limit.h"
#include "net/reply.h"
#include "speedtest/speedtest.h"
#include "sys/credential.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	SHA1_BYTES = 20, /* what coturn makes passwords with */
	HOUSEHOLD_BYTES = 8,
};

static_assert(TURN_PASSWORD_MAX > (SHA1_BYTES + 2) / 3 * 4, "a password in base64 fits");

static void sign(const char *secret, const char *text, uint8_t ret[SHA1_BYTES])
{
	if (HMAC(EVP_sha1(), secret, (int)strlen(secret), (const uint8_t *)text, strlen(text), ret, NULL) == NULL)
		mem_exhausted();
}

void turn_credential_make(const char *secret, const struct addr *client, int64_t expires_s,
                          struct turn_credential *ret)
{
	unsigned bits = addr_family(client) == AF_INET ? LIMIT_IPV4_BITS : LIMIT_IPV6_BITS;
	struct prefix household = prefix_of(client, bits);
	char text[PREFIX_TEXT_MAX];
	uint8_t digest[SHA1_BYTES];

	sign(secret, prefix_text(&household, text), digest);
	int n = snprintf(ret->name, sizeof(ret->name), "%" PRId64 ":", expires_s);
	for (int i = 0; i < HOUSEHOLD_BYTES; i++)
		n += snprintf(ret->name + n, sizeof(ret->name) - (size_t)n, "%02x", digest[i]);
	sign(secret, ret->name, digest);
	(void)EVP_EncodeBlock((uint8_t *)ret->password, digest, sizeof(digest));
}

/* Return: whether there is a secret. */
static bool read_secret(char ret[TURN_SECRET_MAX])
{
	char *secret = credential_read("turn-secret");
	bool fits = secret != NULL && strlen(secret) < TURN_SECRET_MAX;

	if (fits)
		(void)strcpy(ret, secret);
	free(secret);
	return fits;
}

void turn_init(struct turn *t, const struct pop *p)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);

	*t = (struct turn){.given = 0};
	if (p->services->turn == NULL)
		return;
	if (!read_secret(t->secret)) {
		log_warn("turn: no secret was passed: packet loss will not be measured");
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].service, "turn") == 0)
			*(addr_family(&all[i].addr) == AF_INET ? &t->ipv4 : &t->ipv6) = all[i].addr;
	turn_credential_make(t->secret, &all[0].addr, 0, &(struct turn_credential){0}); /* OpenSSL loads its digests */
}

/* Over the family that the page came by, where the relay has it. */
static const struct addr *relay_for(const struct turn *t, const struct addr *client)
{
	bool has_ipv4 = addr_family(&t->ipv4) == AF_INET, has_ipv6 = addr_family(&t->ipv6) == AF_INET6;

	return has_ipv4 && (addr_family(client) == AF_INET || !has_ipv6) ? &t->ipv4 : &t->ipv6;
}

static void on_turn(struct http_request *r, void *data)
{
	struct turn *t = &((struct speedtest *)data)->turn;
	char relay[ADDR_PORT_TEXT_MAX], body[256];
	struct turn_credential c;

	if (*t->secret == '\0') {
		http_reply_status(r, 404);
		return;
	}
	turn_credential_make(t->secret, &r->client, time(NULL) + TURN_TTL_S, &c);
	atomic_fetch_add_explicit(&t->given, 1, memory_order_relaxed);
	int n = snprintf(body, sizeof(body),
	                 "{\"urls\":[\"turn:%s?transport=udp\"],"
	                 "\"username\":\"%s\",\"credential\":\"%s\",\"ttl_s\":%d}",
	                 addr_port_text(relay_for(t, &r->client), relay), c.name, c.password, TURN_TTL_S);
	reply_json(r, body, (size_t)n);
}

void turn_metrics(const struct turn *t, struct buf *text)
{
	metrics_family(text, "speedtestd_turn_credentials_total", METRICS_COUNTER,
	               "Credentials given for the relay of the packet-loss test.");
	metrics_u64(text, "speedtestd_turn_credentials_total", "", atomic_load(&t->given));
}

const struct http_route turn_routes[] = {
	{.path = "/turn", .methods = HTTP_METHOD_GET, .on_request = on_turn},
	{.path = NULL},
};
