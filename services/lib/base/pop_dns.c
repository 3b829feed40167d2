/* What the POP file's schema cannot say of DNS. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_dns.h"

#include "base/pop_rule.h"

#include <stdio.h>
#include <string.h>

enum {
	DNS_PORT = 53,
	TLS_PORT = 853,
	HTTPS_PORT = 443,
	HTTPS_PORT_SHARED = 4443, /* beside pages, which have the other one */
	QUERIES_PER_SECOND = 1000,
	PATH_MAX_BYTES = 96,
};

static void set_default_port(uint16_t *port, uint16_t value)
{
	if (*port == 0)
		*port = value;
}

static void fill_resolver(struct pop_doc *d, struct pop_resolver *r)
{
	set_default_port(&r->port, DNS_PORT);
	set_default_port(&r->tls_port, TLS_PORT);
	set_default_port(&r->https_port, r->addresses != NULL ? HTTPS_PORT : HTTPS_PORT_SHARED);
	if (r->queries_per_second == 0)
		r->queries_per_second = QUERIES_PER_SECOND;
	if (!pop_doc_has(d, "services.resolver.local_root"))
		r->local_root = true;
}

void pop_dns_fill(struct pop_doc *d, struct pop_services *s)
{
	if (s->resolver != NULL)
		fill_resolver(d, s->resolver);
	if (s->authoritative != NULL) {
		set_default_port(&s->authoritative->port, DNS_PORT);
		set_default_port(&s->authoritative->tls_port, TLS_PORT);
	}
}

int pop_dns_check_secondary(struct pop_doc *d, const struct pop_secondary *s, const char *path)
{
	int rc = pop_rule_check(d, &pop_rule_domain, s->name, "%s.name", path);

	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_address, s->address, "%s.address", path);
	return rc < 0 ? rc : pop_rule_check(d, &pop_rule_domain, s->key, "%s.key", path);
}

static int check_resolver(struct pop_doc *d, const struct pop_resolver *r)
{
	int rc = 0;

	if (r->n_root_servers > 0 && !r->local_root)
		return pop_doc_refuse(d, "services.resolver.root_servers", "keep one of the two",
		                      "without local_root, the root zone is taken from nobody");
	for (unsigned i = 0; i < r->n_root_servers && rc == 0; i++)
		rc = pop_rule_check(d, &pop_rule_address, r->root_servers[i], "services.resolver.root_servers[%u]", i);
	return rc;
}

static int check_primary(struct pop_doc *d, const struct pop_primary *p, const char *path)
{
	int rc = pop_rule_check(d, &pop_rule_address, p->address, "%s.address", path);

	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_domain, p->key, "%s.key", path);
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_domain, p->catalog, "%s.catalog", path);
	for (unsigned i = 0; i < p->n_zones && rc == 0; i++)
		rc = pop_rule_check(d, &pop_rule_domain, p->zones[i], "%s.zones[%u]", path, i);
	if (rc == 0 && p->catalog == NULL && p->n_zones == 0)
		rc = pop_doc_refuse(d, path, "add \"catalog\", \"zones\" or both", "none of its zones is named");
	return rc;
}

/** NSD signs nothing and takes no updates. */
static int check_nsd(struct pop_doc *d, const struct pop_services *s)
{
	static const char remedy[] = "leave \"server\" out: Knot DNS does that";

	if (s->authoritative->n_secondaries > 0)
		return pop_doc_refuse(d, "services.authoritative.secondaries", remedy, "NSD has no zone of its own");
	if (s->rdns != NULL)
		return pop_doc_refuse(d, "services.rdns", remedy, "NSD does not sign reverse zones");
	if (s->authoritative->n_primaries == 0 && !s->authoritative->as112)
		return pop_doc_refuse(d, "services.authoritative.server", "add \"primaries\"",
		                      "NSD serves zones of other servers, and none is listed");
	return 0;
}

static int check_authoritative(struct pop_doc *d, const struct pop_services *s)
{
	const struct pop_authoritative *a = s->authoritative;
	char path[PATH_MAX_BYTES];
	int rc = 0;

	for (unsigned i = 0; i < a->n_secondaries && rc == 0; i++) {
		(void)snprintf(path, sizeof(path), "services.authoritative.secondaries[%u]", i);
		rc = pop_dns_check_secondary(d, &a->secondaries[i], path);
	}
	for (unsigned i = 0; i < a->n_primaries && rc == 0; i++) {
		(void)snprintf(path, sizeof(path), "services.authoritative.primaries[%u]", i);
		rc = check_primary(d, &a->primaries[i], path);
	}
	return rc == 0 && a->server == POP_DNS_NSD ? check_nsd(d, s) : rc;
}

/**
 * Who asks one address gets answers of one kind: never recursion and authority at the same one. On other
 * ports than DNS has, as in a demonstration, nobody comes by chance.
 */
static int check_apart(struct pop_doc *d, const struct pop *p)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);

	if (p->services->resolver->port != DNS_PORT && p->services->authoritative->port != DNS_PORT)
		return 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			char own[ADDR_TEXT_MAX], other[ADDR_TEXT_MAX];
			if (strcmp(all[i].service, "authoritative") == 0 && strcmp(all[j].service, "resolver") == 0 &&
			    strcmp(addr_text(&all[i].addr, own), addr_text(&all[j].addr, other)) == 0)
				return pop_doc_refuse(d, "services.authoritative",
				                      "give both services addresses of their own",
				                      "%s is an address of the resolver as well", own);
		}
	return 0;
}

int pop_dns_check(struct pop_doc *d, const struct pop *p)
{
	const struct pop_services *s = p->services;
	int rc = 0;

	if (s->resolver != NULL)
		rc = check_resolver(d, s->resolver);
	if (rc == 0 && s->authoritative != NULL)
		rc = check_authoritative(d, s);
	return rc == 0 && s->resolver != NULL && s->authoritative != NULL ? check_apart(d, p) : rc;
}
