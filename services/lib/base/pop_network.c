/* SPDX-License-Identifier: MIT */
#include "base/pop_network.h"

#include "base/addr.h"
#include "base/pop_rule.h"

#include <ctype.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PATH_MAX_BYTES = 96,
	VLAN_MAX = 4094,
	MTU_MIN = 1280, /* of IPv6 (RFC 8200, 5) */
	MTU_MAX = 65535,
};

/** As the kernel and file names take it. */
static bool is_interface(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr("._-", *c) == NULL)
			return false;
	return *text != '\0' && *text != '.' && strlen(text) < IFNAMSIZ;
}

static const struct pop_rule rule_interface = {
	is_interface, "the name of an interface", "write up to 15 letters, digits, dots or hyphens, like \"enp1s0\""};

/** An address and how long its network's prefix is: "192.0.2.10/24". */
static bool is_assigned(const char *text)
{
	const char *slash = strchr(text, '/');
	char address[ADDR_TEXT_MAX];
	char *end = NULL;

	if (slash == NULL || (size_t)(slash - text) >= sizeof(address) || !isdigit((unsigned char)slash[1]))
		return false;
	(void)snprintf(address, sizeof(address), "%.*s", (int)(slash - text), text);
	unsigned long len = strtoul(slash + 1, &end, 10);
	return *end == '\0' && len > 0 && pop_rule_address.holds(address) &&
	       len <= (strchr(address, ':') != NULL ? 128 : 32);
}

static const struct pop_rule rule_assigned = {is_assigned, "an address with the length of its prefix",
                                              "write it like \"192.0.2.10/24\" or \"2001:db8::10/64\""};

static const struct pop_interface *find(const struct pop_network *n, const char *name)
{
	for (unsigned i = 0; i < n->n_interfaces; i++)
		if (strcmp(n->interfaces[i].name, name) == 0)
			return &n->interfaces[i];
	return NULL;
}

/** A VLAN lies on another interface, which may not be one itself. */
static int check_vlan(struct pop_doc *d, const struct pop_network *n, const struct pop_interface *i, const char *path)
{
	if (i->parent == NULL && i->vlan == 0)
		return 0;
	if (i->parent == NULL || i->vlan == 0)
		return pop_doc_refuse(d, path,
		                      "give both \"vlan\", its number, and \"parent\", the interface that it is on",
		                      "half a VLAN");
	const struct pop_interface *below = find(n, i->parent);
	if (i->vlan > VLAN_MAX)
		return pop_doc_refuse(d, path, "give a number from 1 to 4094", "%u is not the number of a VLAN",
		                      i->vlan);
	if (below == NULL || below->parent != NULL)
		return pop_doc_refuse(d, path, "name another of network.interfaces, that is no VLAN",
		                      "it is on \"%s\", which cannot be", i->parent);
	if (i->n_bond > 0)
		return pop_doc_refuse(d, path, "leave \"bond\" or \"vlan\" and \"parent\" out",
		                      "a bond and a VLAN at once");
	return 0;
}

static int check_bond(struct pop_doc *d, const struct pop_network *n, const struct pop_interface *i, const char *path)
{
	for (unsigned k = 0; k < i->n_bond; k++) {
		int rc = pop_rule_check(d, &rule_interface, i->bond[k], "%s.bond[%u]", path, k);
		if (rc < 0)
			return rc;
		if (find(n, i->bond[k]) != NULL)
			return pop_doc_refuse(d, path, "leave it out of network.interfaces: all it has is the bond's",
			                      "\"%s\" is in a bond, and stands alone", i->bond[k]);
	}
	return 0;
}

static int check_addresses(struct pop_doc *d, const struct pop_interface *i, const char *path)
{
	int rc = 0;

	for (unsigned k = 0; rc == 0 && k < i->n_addresses; k++)
		rc = pop_rule_check(d, &rule_assigned, i->addresses[k], "%s.addresses[%u]", path, k);
	for (unsigned k = 0; rc == 0 && k < i->n_gateways; k++)
		rc = pop_rule_check(d, &pop_rule_address, i->gateways[k], "%s.gateways[%u]", path, k);
	return rc;
}

static int check_interface(struct pop_doc *d, const struct pop_network *n, const struct pop_interface *i)
{
	char path[PATH_MAX_BYTES];

	(void)snprintf(path, sizeof(path), "network.interfaces[%u]", (unsigned)(i - n->interfaces));
	int rc = pop_rule_check(d, &rule_interface, i->name, "%s.name", path);
	if (rc == 0 && find(n, i->name) != i)
		rc = pop_doc_refuse(d, path, "remove one of the two", "\"%s\" is listed twice", i->name);
	if (rc == 0 && i->mtu != 0 && (i->mtu < MTU_MIN || i->mtu > MTU_MAX))
		rc = pop_doc_refuse(d, path, "give a number from 1280 to 65535", "%u is not a usable mtu", i->mtu);
	if (rc == 0)
		rc = check_vlan(d, n, i, path);
	if (rc == 0)
		rc = check_bond(d, n, i, path);
	return rc < 0 ? rc : check_addresses(d, i, path);
}

/** Whether an interface has @address. */
static bool has_address(const struct pop_network *n, const struct addr *address)
{
	for (unsigned i = 0; i < n->n_interfaces; i++)
		for (unsigned k = 0; k < n->interfaces[i].n_addresses; k++) {
			const char *text = n->interfaces[i].addresses[k];
			char alone[ADDR_TEXT_MAX];
			struct addr a;
			(void)snprintf(alone, sizeof(alone), "%.*s", (int)strcspn(text, "/"), text);
			if (addr_parse(alone, addr_port(address), &a) == 0 && addr_equal(&a, address))
				return true;
		}
	return false;
}

/** Servers bind the addresses of their services, which must be there; with BGP, healthd makes them. */
static int check_services(struct pop_doc *d, const struct pop *p)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);
	char text[ADDR_TEXT_MAX];

	for (size_t i = 0; i < n; i++)
		if (strncmp(all[i].protocol, "mtu-", 4) != 0 && !has_address(p->network, &all[i].addr))
			return pop_doc_refuse(d, "network.interfaces",
			                      "add it to the addresses of one, or announce it: \"bgp\"",
			                      "none has %s, where the service %s is to answer",
			                      addr_text(&all[i].addr, text), all[i].service);
	return 0;
}

int pop_network_check(struct pop_doc *d, const struct pop *p)
{
	const struct pop_network *n = p->network;
	char path[PATH_MAX_BYTES];
	int rc = 0;

	if (n == NULL)
		return 0;
	if (p->services->resolver == NULL)
		return pop_doc_refuse(d, "network", "add \"resolver: {}\" to the services",
		                      "the machine asks its own resolver for names, which is off");
	for (unsigned i = 0; rc == 0 && i < n->n_interfaces; i++)
		rc = check_interface(d, n, &n->interfaces[i]);
	for (unsigned i = 0; rc == 0 && i < n->n_ssh_from; i++) {
		(void)snprintf(path, sizeof(path), "network.ssh_from[%u]", i);
		rc = pop_rule_check_prefix(d, n->ssh_from[i], path);
	}
	return rc < 0 || p->bgp != NULL ? rc : check_services(d, p);
}
