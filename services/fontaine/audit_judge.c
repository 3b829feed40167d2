/* What the answers of a POP's servers say of how they are set up. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/audit_judge.h"

#include "base/pop_management.h"
#include "base/utf8.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <ldns/ldns.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DNS_HEAD_BYTES = 12,
	DNS_UDP_MAX_BYTES = 1232,
	SERVFAIL = 2,
	REFUSED = 5,
	NOTAUTH = 9,
	WHY_MAX_BYTES = 32, /* an OPT record that says why (RFC 8914) */
	COOKIE_OPTION = 10,
	COOKIE_OPTION_MIN_BYTES = 4 + 8 + 8, /* its head, the client's part, the least of the server's */
	NTP_BYTES = 48,
	DAY_S = 86400,
	DAYS_MIN = 14,
	BGP_PORT = 179,
	BFD_PORT = 3784,
	SSH_PORT = 22,
};

#define EXPOSURE_MAX 2.0          /* of 10 */
#define RELAY        "127.3.4.78" /* what coturn relays between, inside the machine: fontaine-pop(5) */

void audit_set(struct audit_finding *f, enum audit_state state, const char *format, ...)
{
	char seen[AUDIT_SEEN_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(seen, sizeof(seen), format, args);
	va_end(args);
	utf8_escape(seen, f->seen, sizeof(f->seen)); /* a server may say anything */
	f->state = state;
}

/** Whether it can be read at all; what was found before stays. */
static bool is_answer(size_t len, struct audit_finding *f)
{
	if (f->state != AUDIT_PASS)
		return false;
	if (len < DNS_HEAD_BYTES)
		audit_set(f, AUDIT_UNKNOWN, "no answer of DNS came");
	return len >= DNS_HEAD_BYTES;
}

static unsigned rcode_of(const uint8_t *answer)
{
	return answer[3] & 0xf;
}

static unsigned answers_of(const uint8_t *answer)
{
	return (unsigned)answer[6] << 8 | answer[7];
}

void audit_judge_refusal(const uint8_t *answer, size_t len, size_t asked, struct audit_finding *f)
{
	if (!is_answer(len, f))
		return;
	if (rcode_of(answer) != REFUSED || answers_of(answer) > 0)
		audit_set(f, AUDIT_FAIL, "a stranger was answered with code %u and %u records", rcode_of(answer),
		          answers_of(answer));
	else if (len > asked + WHY_MAX_BYTES)
		audit_set(f, AUDIT_FAIL, "%zu bytes were answered to %zu", len, asked);
	else
		audit_set(f, AUDIT_PASS, "a stranger is REFUSED, in %zu bytes to %zu", len, asked);
}

void audit_judge_size(const uint8_t *answer, size_t len, struct audit_finding *f)
{
	(void)answer;
	if (!is_answer(len, f))
		return;
	audit_set(f, len <= DNS_UDP_MAX_BYTES ? AUDIT_PASS : AUDIT_FAIL, "an answer over UDP had %zu bytes", len);
}

void audit_judge_bogus(const uint8_t *answer, size_t len, struct audit_finding *f)
{
	if (!is_answer(len, f))
		return;
	audit_set(f, rcode_of(answer) == SERVFAIL ? AUDIT_PASS : AUDIT_FAIL,
	          "a name with a wrong signature was answered with code %u", rcode_of(answer));
}

void audit_judge_identity(const uint8_t *answer, size_t len, const char *name, struct audit_finding *f)
{
	ldns_pkt *p = NULL;

	if (!is_answer(len, f))
		return;
	if (ldns_wire2pkt(&p, answer, len) != LDNS_STATUS_OK) {
		audit_set(f, AUDIT_UNKNOWN, "%s: an answer that cannot be read", name);
		return;
	}
	ldns_rr_list *texts = ldns_pkt_rr_list_by_type(p, LDNS_RR_TYPE_TXT, LDNS_SECTION_ANSWER);
	ldns_rdf *text = texts == NULL ? NULL : ldns_rr_rdf(ldns_rr_list_rr(texts, 0), 0);
	if (text != NULL && ldns_rdf_size(text) > 1) {
		char *told = ldns_rdf2str(text);
		audit_set(f, AUDIT_FAIL, "%s is told: %s", name, told);
		free(told);
	} else {
		audit_set(f, AUDIT_PASS, "%s is not told", name);
	}
	ldns_rr_list_deep_free(texts);
	ldns_pkt_free(p);
}

/** Find the option @code among those of an OPT record. Return: bytes with its head; 0 when it is not there. */
static size_t option_bytes(const uint8_t *data, size_t len, unsigned code)
{
	for (size_t at = 0; at + 4 <= len;) {
		size_t bytes = 4 + ((size_t)data[at + 2] << 8 | data[at + 3]);
		if (((unsigned)data[at] << 8 | data[at + 1]) == code)
			return bytes;
		at += bytes;
	}
	return 0;
}

void audit_judge_cookie(const uint8_t *answer, size_t len, struct audit_finding *f)
{
	ldns_pkt *p = NULL;

	if (!is_answer(len, f))
		return;
	if (ldns_wire2pkt(&p, answer, len) != LDNS_STATUS_OK) {
		audit_set(f, AUDIT_UNKNOWN, "an answer that cannot be read");
		return;
	}
	ldns_rdf *data = ldns_pkt_edns_data(p);
	size_t bytes = data == NULL ? 0 : option_bytes(ldns_rdf_data(data), ldns_rdf_size(data), COOKIE_OPTION);
	if (bytes >= COOKIE_OPTION_MIN_BYTES)
		audit_set(f, AUDIT_PASS, "a cookie of the server came");
	else
		audit_set(f, AUDIT_FAIL, "no cookie of the server came");
	ldns_pkt_free(p);
}

void audit_judge_transfer(const uint8_t *answer, size_t len, struct audit_finding *f)
{
	if (!is_answer(len, f))
		return;
	bool is_refused = rcode_of(answer) == REFUSED || rcode_of(answer) == NOTAUTH;
	if (!is_refused || answers_of(answer) > 0)
		audit_set(f, AUDIT_FAIL, "a stranger who wanted the zone was answered with code %u and %u records",
		          rcode_of(answer), answers_of(answer));
	else
		audit_set(f, AUDIT_PASS, "a stranger who wanted the zone was refused");
}

void audit_judge_slips(unsigned asked, unsigned answered, unsigned cut, struct audit_finding *f)
{
	if (answered == 0)
		audit_set(f, AUDIT_UNKNOWN, "no answer came to %u questions at once", asked);
	else /* those that do not come may be lost for any reason */
		audit_set(f, cut > 0 ? AUDIT_PASS : AUDIT_FAIL,
		          "of %u questions at once %u were answered, %u of them cut short", asked, answered, cut);
}

void audit_judge_rate(unsigned asked, unsigned answered, struct audit_finding *f)
{
	if (answered == 0)
		audit_set(f, AUDIT_UNKNOWN, "no answer came to %u questions at once", asked);
	else
		audit_set(f, answered < asked - asked / 4 ? AUDIT_PASS : AUDIT_FAIL,
		          "of %u questions at once %u were answered", asked, answered);
}

void audit_judge_time(const uint8_t *answer, size_t len, size_t asked, struct audit_finding *f)
{
	if (f->state != AUDIT_PASS)
		return;
	if (len < NTP_BYTES)
		audit_set(f, AUDIT_UNKNOWN, "no answer of NTP came");
	else if (len > asked)
		audit_set(f, AUDIT_FAIL, "%zu bytes were answered to %zu", len, asked);
	else if (answer[0] >> 6 == 3)
		audit_set(f, AUDIT_FAIL, "it says that it does not know the time");
	else
		audit_set(f, AUDIT_PASS, "%zu bytes were answered to %zu; leap indicator %u, stratum %u", len, asked,
		          answer[0] >> 6, answer[1]);
}

/** The value of the header @name in @reply; NULL when it is not there. */
static const char *header(const char *reply, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = strstr(reply, "\r\n"); line != NULL && strncmp(line, "\r\n\r\n", 4) != 0;
	     line = strstr(line + 2, "\r\n"))
		if (strncasecmp(line + 2, name, len) == 0 && line[2 + len] == ':')
			return line + 3 + len;
	return NULL;
}

/** Whether it is one at all; what was found before stays. */
static bool is_reply(const char *reply, struct audit_finding *f)
{
	bool is_one = strncmp(reply, "HTTP/1.", 7) == 0;

	if (f->state != AUDIT_PASS)
		return false;
	if (!is_one)
		audit_set(f, AUDIT_UNKNOWN, "no reply of HTTP came");
	return is_one;
}

void audit_judge_head(const char *reply, struct audit_finding *f)
{
	static const char *const wanted[] = {"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"};

	if (!is_reply(reply, f))
		return;
	const char *server = header(reply, "Server");
	if (server != NULL && strcspn(server, "0123456789") < strcspn(server, "\r")) {
		audit_set(f, AUDIT_FAIL, "Server:%.*s", (int)strcspn(server, "\r"), server);
		return;
	}
	audit_set(f, AUDIT_PASS, "no version is told, and the front page is kept to itself");
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (header(reply, wanted[i]) == NULL)
			audit_set(f, AUDIT_FAIL, "the front page comes without %s", wanted[i]);
}

void audit_judge_hsts(const char *reply, struct audit_finding *f)
{
	if (!is_reply(reply, f))
		return;
	if (header(reply, "Strict-Transport-Security") == NULL)
		audit_set(f, AUDIT_FAIL, "the front page comes over TLS without Strict-Transport-Security");
	else
		audit_set(f, AUDIT_PASS, "browsers are told to come over TLS again");
}

void audit_judge_certificate(int64_t now_s, int64_t ends_s, const char *distrust, struct audit_finding *f)
{
	int64_t days = (ends_s - now_s) / DAY_S;

	if (f->state != AUDIT_PASS)
		return;
	if (distrust != NULL)
		audit_set(f, AUDIT_FAIL, "clients do not trust the certificate: %s; %" PRId64 " days left", distrust,
		          days);
	else if (days < DAYS_MIN)
		audit_set(f, AUDIT_FAIL, "the certificate ends in %" PRId64 " days", days);
	else
		audit_set(f, AUDIT_PASS, "the certificate is trusted and good for %" PRId64 " days", days);
}

void audit_judge_secret(const char *path, unsigned mode, bool is_reachable, struct audit_finding *f)
{
	if (f->state == AUDIT_PASS && is_reachable && (mode & 0007) != 0)
		audit_set(f, AUDIT_FAIL, "%.150s: mode %04o: everybody on the machine may use it", path, mode & 07777);
}

void audit_judge_exposure(const char *line, struct audit_finding *f)
{
	char unit[100];
	double exposure;

	if (f->state == AUDIT_PASS && sscanf(line, " %99s %lf", unit, &exposure) == 2 && exposure > EXPOSURE_MAX)
		audit_set(f, AUDIT_FAIL, "%s: exposure %.1f of 10", unit, exposure);
}

/** Where operators ask for metrics. */
static bool is_management(const struct pop *p, const struct addr *at)
{
	struct addr all[POP_MANAGEMENT_MAX];
	size_t n = p->management != NULL ? pop_management_endpoints(p, all) : 0;

	for (size_t i = 0; i < n; i++)
		if (addr_equal(&all[i], at))
			return true;
	return false;
}

/** Whether a port is one that the POP file asks for without naming it. */
static bool is_implied(const struct pop *p, const char *protocol, const struct addr *at)
{
	char text[ADDR_TEXT_MAX];
	bool is_tcp = strcmp(protocol, "tcp") == 0;

	if (strcmp(addr_text(at, text), RELAY) == 0)
		return p->services->turn != NULL;
	if (is_tcp && is_management(p, at))
		return true;
	if (is_tcp && addr_port(at) == SSH_PORT)
		return p->n_operators > 0 || (p->network != NULL && p->network->n_ssh_from > 0);
	return p->bgp != NULL && addr_port(at) == (is_tcp ? BGP_PORT : BFD_PORT);
}

/** What @protocol of an endpoint is made of. */
static const char *transport_of(const char *protocol)
{
	static const char *const datagrams[] = {"udp", "http3", "doq"};

	for (size_t i = 0; i < sizeof(datagrams) / sizeof(*datagrams); i++)
		if (strcmp(protocol, datagrams[i]) == 0)
			return "udp";
	return "tcp";
}

void audit_judge_socket(const struct pop *p, const char *protocol, const struct addr *at, struct audit_finding *f)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	char text[ADDR_PORT_TEXT_MAX];
	size_t n = pop_endpoints(p, all);

	if (f->state != AUDIT_PASS || is_implied(p, protocol, at))
		return;
	for (size_t i = 0; i < n; i++)
		if (addr_equal(&all[i].addr, at) && (strcmp(transport_of(all[i].protocol), protocol) == 0 ||
		                                     strcmp(all[i].service, "turn") == 0))
			return;
	audit_set(f, AUDIT_FAIL, "%s %s listens, and the POP file does not name it", protocol,
	          addr_port_text(at, text));
}

void audit_judge_addresses(const struct pop *p, struct audit_finding *f)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);
	char text[ADDR_TEXT_MAX];

	audit_set(f, AUDIT_PASS, "recursion and zones are at different addresses");
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			uint64_t one[2], other[2];
			addr_key(&all[i].addr, one);
			addr_key(&all[k].addr, other);
			if (strcmp(all[i].service, "resolver") == 0 && strcmp(all[k].service, "authoritative") == 0 &&
			    memcmp(one, other, sizeof(one)) == 0)
				audit_set(f, AUDIT_FAIL, "recursion and zones are both at %s",
				          addr_text(&all[i].addr, text));
		}
}

void audit_judge_sources(const struct pop_ntp *ntp, struct audit_finding *f)
{
	unsigned n = ntp->n_sources + ntp->n_nts_sources;

	audit_set(f, n >= 4 && ntp->n_nts_sources > 0 ? AUDIT_PASS : AUDIT_FAIL, "%u sources of time, %u with NTS", n,
	          ntp->n_nts_sources);
}
