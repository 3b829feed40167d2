/* fontaine audit: whether the POP that runs keeps to what is agreed on for such servers. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/audit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/name.h"
#include "base/pop_json.h"
#include "fontaine/child.h"
#include "fontaine/command.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SET_LIMIT_MS = 10000,
       UDP_TRIES = 3 };

/** Why a POP may fail a check. */
enum excuse {
	NEVER,
	OWN_CA,        /* its POP file names no CA */
	ON_LOOPBACK,   /* nobody else reaches it */
	OTHERS_TIME,   /* it leaves the clock alone: a demonstration */
	NO_DELEGATION, /* its domain is one that is never delegated (RFC 6761) */
};

static const struct check {
	const char *id;
	const char *service; /* in the POP file; NULL: always */
	const char *severity;
	audit_check run;
	enum excuse excuse;
	const char *reference, *remedy;
} checks[] = {
	{"resolver-strangers", "resolver", "high", audit_resolver_strangers, NEVER, "BCP 140 (RFC 5358), KINDNS",
         "have access-control refuse whoever is no member"},
	{"resolver-size", "resolver", "medium", audit_resolver_size, NEVER, "RFC 9715, section 3.1",
         "set max-udp-size to 1232"},
	{"resolver-identity", "resolver", "low", audit_resolver_identity, NEVER, "RIPE-823, KINDNS",
         "set hide-version and hide-identity"},
	{"resolver-cookies", "resolver", "medium", audit_resolver_cookies, NEVER, "RFC 7873, RFC 9018",
         "set answer-cookie"},
	{"resolver-bogus", "resolver", "high", audit_resolver_bogus, NO_DELEGATION, "RFC 4035, section 5.5, KINDNS",
         "have a trust anchor, and the module validator"},
	{"resolver-privacy", "resolver", "low", audit_resolver_privacy, NEVER, "RFC 9156, KINDNS, RFC 8932",
         "set qname-minimisation"},
	{"zones-recursion", "authoritative", "high", audit_zones_recursion, NEVER, "BCP 140 (RFC 5358), KINDNS",
         "serve zones alone, and no recursion"},
	{"zones-size", "authoritative", "medium", audit_zones_size, NEVER, "RFC 9715, section 3.1",
         "set udp-max-payload to 1232"},
	{"zones-identity", "authoritative", "low", audit_zones_identity, NEVER, "KINDNS",
         "set identity and version to \"\""},
	{"zones-cookies", "authoritative", "medium", audit_zones_cookies, NEVER, "RFC 7873, RFC 9018",
         "load mod-cookies for the zone"},
	{"zones-transfer", "authoritative", "medium", audit_zones_transfer, NEVER, "RFC 5936, section 5, KINDNS",
         "have an acl give zones to keys alone"},
	{"zones-rate", "authoritative", "medium", audit_zones_rate, NEVER, "KINDNS, BCP 140 (RFC 5358)",
         "load mod-rrl for the zone"},
	{"zones-apart", "authoritative", "medium", audit_zones_apart, ON_LOOPBACK, "KINDNS",
         "give services.resolver addresses of its own"},
	{"time-answer", "ntp", "high", audit_time_answer, NEVER, "BCP 223 (RFC 8633), section 3.7",
         "see chronyc tracking: whether it follows its sources"},
	{"time-control", "ntp", "high", audit_time_control, NEVER, "BCP 223 (RFC 8633), section 5.3",
         "answer no control messages: chronyd does not, another server listens there"},
	{"time-rate", "ntp", "medium", audit_time_rate, NEVER, "BCP 223 (RFC 8633), section 5.3", "set ratelimit"},
	{"time-sources", "ntp", "medium", audit_time_sources, OTHERS_TIME, "BCP 223 (RFC 8633), sections 3.2 and 4.1",
         "name at least four in services.ntp, some in nts_sources"},
	{"pages-head", "pages", "medium", audit_pages_head, NEVER, "RFC 9110, section 10.2.4",
         "set server_tokens off, and the headers of the front page"},
	{"pages-hsts", "pages", "low", audit_pages_hsts, OWN_CA, "RFC 6797",
         "name a CA in the section certificates: browsers are then told"},
	{"tls-versions", NULL, "medium", audit_tls_versions, NEVER, "BCP 195 (RFC 9325), section 3.1.1, RFC 8996",
         "allow TLS 1.2 and 1.3 alone"},
	{"tls-certificate", NULL, "high", audit_tls_certificate, OWN_CA, "RFC 9325, section 7.4, RFC 9525",
         "name a CA in the section certificates; see fontaine certificates"},
	{"host-secrets", NULL, "high", audit_host_secrets, NEVER, "RIPE-823", "chmod o= FILE"},
	{"host-exposure", NULL, "medium", audit_host_exposure, NEVER, "systemd-analyze(1), security",
         "see systemd-analyze security UNIT, and the drop-ins of that unit"},
	{"host-sockets", NULL, "high", audit_host_sockets, NEVER, "RIPE-823, KINDNS",
         "stop whatever listens there: see ss -lntup"},
};

static const char *const state_words[] = {"pass", "fail", "unknown", "excused"};

static bool is_excused(const struct audit *a, enum excuse e, const char **ret_why)
{
	bool is_loopback = true;

	for (size_t i = 0; i < a->n; i++)
		is_loopback = is_loopback && addr_is_loopback(&a->all[i].addr);
	switch (e) {
	case NEVER:
		return false;
	case OWN_CA:
		*ret_why = "a test CA of the POP's own, as the POP file names no other";
		return a->pop->certificates == NULL;
	case ON_LOOPBACK:
		*ret_why = "all is on this machine's loopback";
		return is_loopback;
	case OTHERS_TIME:
		*ret_why = "set_clock is false: a demonstration";
		return a->pop->services->ntp != NULL && !a->pop->services->ntp->set_clock;
	case NO_DELEGATION:
		*ret_why = "no chain of trust leads to such a domain";
		return name_is_set_aside(a->pop->site->domain);
	}
	return false;
}

int audit_exchange_udp(struct exchange *x)
{
	int rc = exchange_udp(x);

	for (unsigned tried = 1; rc == -ETIMEDOUT && tried < UDP_TRIES; tried++)
		rc = exchange_udp(x);
	return rc;
}

const struct addr *audit_stranger(const struct audit *a, const struct addr *to, struct audit_finding *f)
{
	if (a->has_strangers)
		return &a->strangers[addr_family(to) == AF_INET6];
	audit_set(f, AUDIT_UNKNOWN, "no address of a stranger could be had: run it as root, on the POP");
	return NULL;
}

/** Whether @x is an address of members, who are no strangers. */
static bool is_members(const struct pop *p, const struct addr *x)
{
	struct prefix one;

	for (unsigned i = 0; i < p->n_members; i++)
		for (unsigned k = 0; k < p->members[i].n_prefixes; k++)
			if (prefix_parse(p->members[i].prefixes[k], &one) == 0 && prefix_contains(&one, x))
				return true;
	return false;
}

/** Give this machine a stranger's address, of those for documentation (RFC 5737, RFC 3849), or take it away. */
static int set_address(const char *how, const struct addr *x)
{
	char text[ADDR_TEXT_MAX];
	char *prefix = mem_printf("%s/%d", addr_text(x, text), addr_family(x) == AF_INET ? 32 : 128);
	const char *argv[] = {"ip", "address", how, prefix, "dev", "lo", NULL};
	struct buf said;

	buf_init(&said, 1 << 12);
	int status = child_run(argv, SET_LIMIT_MS, &said);
	buf_done(&said);
	free(prefix);
	return status == 0 ? 0 : -EPERM;
}

static void have_strangers(struct audit *a)
{
	static const char *const candidates[2][3] = {
		{"192.0.2.1", "198.51.100.254", "203.0.113.254"},
		{"2001:db8::1", "2001:db8:ffff:ffff::1", "2001:db8:7fff::1"},
	};

	a->has_strangers = true;
	for (size_t family = 0; family < 2; family++) {
		size_t i = 0;
		while (i < 3 && (addr_parse(candidates[family][i], 0, &a->strangers[family]) < 0 ||
		                 is_members(a->pop, &a->strangers[family])))
			i++;
		a->has_strangers = a->has_strangers && i < 3 && set_address("replace", &a->strangers[family]) == 0;
	}
}

static bool is_on(const struct pop *p, const char *service)
{
	struct pop_service all[POP_SERVICES];

	pop_list_services(p, all);
	for (size_t i = 0; service != NULL && i < POP_SERVICES; i++)
		if (strcmp(all[i].name, service) == 0)
			return all[i].is_on;
	return service == NULL;
}

static void carry_out(const struct audit *a, const struct check *c, struct audit_finding *f, const char **ret_excuse)
{
	*f = (struct audit_finding){0};
	*ret_excuse = NULL;
	c->run(a, f);
	if (f->state == AUDIT_FAIL && is_excused(a, c->excuse, ret_excuse))
		f->state = AUDIT_EXCUSED;
	else
		*ret_excuse = NULL;
}

static void print_line(const struct check *c, const struct audit_finding *f, const char *excuse)
{
	(void)printf("%-8s %-19s %-7s %s\n", state_words[f->state], c->id, c->severity, f->seen);
	if (f->state == AUDIT_FAIL || f->state == AUDIT_UNKNOWN)
		(void)printf("         %s\n         %s\n", c->reference, c->remedy);
	if (excuse != NULL)
		(void)printf("         excused: %s\n", excuse);
}

static void add_json(yyjson_mut_doc *d, yyjson_mut_val *all, const struct check *c, const struct audit_finding *f,
                     const char *excuse)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, all);

	yyjson_mut_obj_add_str(d, o, "id", c->id);
	yyjson_mut_obj_add_str(d, o, "result", state_words[f->state]);
	yyjson_mut_obj_add_str(d, o, "severity", c->severity);
	yyjson_mut_obj_add_strcpy(d, o, "seen", f->seen);
	yyjson_mut_obj_add_str(d, o, "reference", c->reference);
	yyjson_mut_obj_add_str(d, o, "remedy", c->remedy);
	if (excuse != NULL)
		yyjson_mut_obj_add_str(d, o, "excuse", excuse);
}

/** Return: EXIT_FINE when all passes, or is excused. */
static int run_all(const struct audit *a, bool json)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *all = yyjson_mut_arr(d);
	int rc = EXIT_FINE;

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		struct audit_finding f;
		const char *excuse;
		if (!is_on(a->pop, checks[i].service))
			continue;
		carry_out(a, &checks[i], &f, &excuse);
		if (f.state == AUDIT_FAIL || f.state == AUDIT_UNKNOWN)
			rc = EXIT_FAILED;
		if (json)
			add_json(d, all, &checks[i], &f, excuse);
		else
			print_line(&checks[i], &f, excuse);
		(void)fflush(stdout);
	}
	char *text = pop_json_text(d, all);
	if (json)
		(void)fputs(text, stdout);
	free(text);
	yyjson_mut_doc_free(d);
	return rc;
}

int audit_run(const struct arguments *a)
{
	struct audit audit = {0};
	struct pop *p;

	int rc = command_load_pop(a->pop_path, &p);
	if (rc != EXIT_FINE)
		return rc;
	(void)signal(SIGPIPE, SIG_IGN); /* a server that hangs up is an answer too */
	audit.pop = p;
	audit.n = pop_endpoints(p, audit.all);
	audit.tls = SSL_CTX_new(TLS_client_method());
	if (audit.tls == NULL)
		mem_exhausted();
	have_strangers(&audit);
	rc = run_all(&audit, a->json);
	for (size_t i = 0; i < 2 && audit.has_strangers; i++)
		(void)set_address("delete", &audit.strangers[i]);
	SSL_CTX_free(audit.tls);
	pop_free(p);
	return rc;
}
