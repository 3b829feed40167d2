/* SPDX-License-Identifier: MIT */
#include "base/pop_management.h"

#include "base/pop_rule.h"

#include <stdio.h>

enum {
	METRICS_PORT = 9580,
	PATH_MAX_BYTES = 64,
};

size_t pop_management_endpoints(const struct pop *p, struct addr ret[POP_MANAGEMENT_MAX])
{
	static const struct pop_addresses loopback = {.ipv4 = (char *)"127.0.0.1", .ipv6 = (char *)"::1"};
	const struct pop_management *m = p->management;
	const struct pop_addresses *a = m != NULL && m->addresses != NULL ? m->addresses : &loopback;
	uint16_t port = m != NULL && m->metrics_port != 0 ? m->metrics_port : METRICS_PORT;
	size_t n = 0;

	if (a->ipv4 != NULL && addr_parse(a->ipv4, port, &ret[n]) == 0)
		n++;
	if (a->ipv6 != NULL && addr_parse(a->ipv6, port, &ret[n]) == 0)
		n++;
	return n;
}

static int check_allow(struct pop_doc *d, const struct pop_management *m)
{
	char path[PATH_MAX_BYTES];

	for (unsigned i = 0; i < m->n_allow; i++) {
		struct prefix prefix;
		(void)snprintf(path, sizeof(path), "management.allow[%u]", i);
		int rc = pop_rule_check_prefix(d, m->allow[i], path);
		if (rc < 0)
			return rc;
		(void)prefix_parse(m->allow[i], &prefix); /* was checked */
		if (prefix.len == 0)
			return pop_doc_refuse(d, path, "give the operators' own prefixes",
			                      "%s is everybody: these figures are the operators'", m->allow[i]);
	}
	if (m->addresses != NULL && m->n_allow == 0)
		return pop_doc_refuse(d, "management", "add \"allow\", the operators' prefixes",
		                      "there is an address, and nobody may ask it");
	return 0;
}

/** It has no socket of a service's. */
static int check_sockets(struct pop_doc *d, const struct pop *p)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	struct addr own[POP_MANAGEMENT_MAX];
	char text[ADDR_PORT_TEXT_MAX];
	size_t n_own = pop_management_endpoints(p, own), n = pop_endpoints(p, all);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n_own; j++)
			if (addr_equal(&all[i].addr, &own[j]))
				return pop_doc_refuse(d, "management", "choose another metrics_port or address",
				                      "%s is where %s answers", addr_port_text(&own[j], text),
				                      all[i].service);
	return 0;
}

int pop_management_check(struct pop_doc *d, const struct pop *p)
{
	const struct pop_management *m = p->management;

	if (m == NULL)
		return 0;
	if (p->services->pages == NULL)
		return pop_doc_refuse(d, "management", "add \"pages: {}\" to the services",
		                      "the server of the pages, which answers there, is off");
	int rc = 0;
	if (m->addresses != NULL) {
		rc = pop_rule_check(d, &pop_rule_ipv4, m->addresses->ipv4, "management.addresses.ipv4");
		if (rc == 0)
			rc = pop_rule_check(d, &pop_rule_ipv6, m->addresses->ipv6, "management.addresses.ipv6");
		if (rc == 0 && m->addresses->ipv4 == NULL && m->addresses->ipv6 == NULL)
			rc = pop_doc_refuse(d, "management.addresses", "give ipv4, ipv6 or both", "is empty");
	}
	if (rc == 0)
		rc = check_allow(d, m);
	return rc < 0 ? rc : check_sockets(d, p);
}
