/* The machine's network as the templates see it. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/view_network.h"

#include "base/pop_management.h"

#include <string.h>

/** A list of texts; null when there is none, which a template can ask for. */
static void add_texts(yyjson_mut_doc *d, yyjson_mut_val *o, const char *name, char *const *all, unsigned n)
{
	if (n == 0) {
		yyjson_mut_obj_add_null(d, o, name);
		return;
	}
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d, o, name);
	for (unsigned i = 0; i < n; i++)
		yyjson_mut_arr_add_strcpy(d, list, all[i]);
}

/** 0 is what the file does not give. */
static void add_number(yyjson_mut_doc *d, yyjson_mut_val *o, const char *name, unsigned value)
{
	if (value == 0)
		yyjson_mut_obj_add_null(d, o, name);
	else
		yyjson_mut_obj_add_uint(d, o, name, value);
}

static void add_interface(yyjson_mut_doc *d, yyjson_mut_val *list, const struct pop_network *n,
                          const struct pop_interface *i)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);

	yyjson_mut_obj_add_strcpy(d, o, "name", i->name);
	if (i->n_bond > 0)
		yyjson_mut_obj_add_str(d, o, "kind", "bond");
	else if (i->vlan > 0)
		yyjson_mut_obj_add_str(d, o, "kind", "vlan");
	else
		yyjson_mut_obj_add_null(d, o, "kind");
	yyjson_mut_obj_add_bool(d, o, "is_bond", i->n_bond > 0);
	add_number(d, o, "vlan", i->vlan);
	add_number(d, o, "mtu", i->mtu);
	add_texts(d, o, "bond", i->bond, i->n_bond);
	add_texts(d, o, "addresses", i->addresses, i->n_addresses);
	add_texts(d, o, "gateways", i->gateways, i->n_gateways);
	yyjson_mut_val *vlans = yyjson_mut_obj_add_arr(d, o, "vlans");
	for (unsigned k = 0; k < n->n_interfaces; k++)
		if (n->interfaces[k].parent != NULL && strcmp(n->interfaces[k].parent, i->name) == 0)
			yyjson_mut_arr_add_strcpy(d, vlans, n->interfaces[k].name);
}

static bool is_udp(const char *protocol)
{
	return strcmp(protocol, "udp") == 0 || strcmp(protocol, "http3") == 0 || strcmp(protocol, "doq") == 0;
}

static void add_socket(yyjson_mut_doc *d, yyjson_mut_val *list, const char *address, const char *transport,
                       uint16_t port)
{
	yyjson_mut_val *socket = yyjson_mut_arr_add_obj(d, list);

	yyjson_mut_obj_add_uint(d, socket, "family", strchr(address, ':') == NULL ? 4 : 6);
	yyjson_mut_obj_add_strcpy(d, socket, "address", address);
	yyjson_mut_obj_add_str(d, socket, "transport", transport);
	yyjson_mut_obj_add_uint(d, socket, "port", port);
}

/** Where packets may come in from anywhere: what a service answers. */
static void add_sockets(yyjson_mut_doc *d, yyjson_mut_val *o, const struct pop *p)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d, o, "sockets");

	for (size_t i = 0; i < n; i++) {
		char text[ADDR_TEXT_MAX];
		add_socket(d, list, addr_text(&all[i].addr, text), is_udp(all[i].protocol) ? "udp" : "tcp",
		           addr_port(&all[i].addr));
	}
}

/** The prefixes of one family that operators log in from. */
static void add_ssh(yyjson_mut_doc *d, yyjson_mut_val *o, const struct pop_network *n, const char *name, bool is_v6)
{
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d, o, name);

	for (unsigned i = 0; i < n->n_ssh_from; i++)
		if ((strchr(n->ssh_from[i], ':') != NULL) == is_v6)
			yyjson_mut_arr_add_strcpy(d, list, n->ssh_from[i]);
}

/** Where operators ask, for each prefix of theirs. */
static void add_operators(yyjson_mut_doc *d, yyjson_mut_val *o, const struct pop *p)
{
	struct addr all[POP_MANAGEMENT_MAX];
	size_t n = p->management != NULL ? pop_management_endpoints(p, all) : 0;
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d, o, "operators");

	for (size_t i = 0; i < n; i++)
		for (unsigned k = 0; k < p->management->n_allow; k++) {
			char address[ADDR_TEXT_MAX];
			const char *from = p->management->allow[k];
			bool is_v6 = strchr(from, ':') != NULL;
			if (is_v6 != (strchr(addr_text(&all[i], address), ':') != NULL))
				continue;
			yyjson_mut_val *rule = yyjson_mut_arr_add_obj(d, list);
			yyjson_mut_obj_add_str(d, rule, "ip", is_v6 ? "ip6" : "ip");
			yyjson_mut_obj_add_strcpy(d, rule, "from", from);
			yyjson_mut_obj_add_strcpy(d, rule, "address", address);
			yyjson_mut_obj_add_uint(d, rule, "port", addr_port(&all[i]));
		}
}

/** Whether the address of @all[i] is that of one before. */
static bool is_repeated(const struct pop_endpoint *all, size_t i)
{
	uint64_t key[2], before[2];
	bool result = false;

	addr_key(&all[i].addr, key);
	for (size_t k = 0; k < i && !result; k++) {
		addr_key(&all[k].addr, before);
		result = memcmp(key, before, sizeof(key)) == 0;
	}
	return result;
}

void view_own_addresses(yyjson_mut_doc *d, yyjson_mut_val *list, const struct pop *p)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);

	for (size_t i = 0; i < n; i++) {
		char text[ADDR_TEXT_MAX];
		if (!is_repeated(all, i))
			yyjson_mut_arr_add_strcpy(d, list, addr_text(&all[i].addr, text));
	}
	for (unsigned i = 0; p->network != NULL && i < p->network->n_interfaces; i++)
		for (unsigned k = 0; k < p->network->interfaces[i].n_addresses; k++) {
			const char *address = p->network->interfaces[i].addresses[k];
			yyjson_mut_arr_add_strncpy(d, list, address, strcspn(address, "/"));
		}
}

void view_network(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	const struct pop_network *n = p->network;

	if (n == NULL) {
		yyjson_mut_obj_add_null(d, root, "network");
		return;
	}
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, root, "network");
	yyjson_mut_val *interfaces = yyjson_mut_obj_add_arr(d, o, "interfaces");
	for (unsigned i = 0; i < n->n_interfaces; i++)
		add_interface(d, interfaces, n, &n->interfaces[i]);
	add_sockets(d, o, p);
	add_operators(d, o, p);
	add_ssh(d, o, n, "ssh4", false);
	add_ssh(d, o, n, "ssh6", true);
}
