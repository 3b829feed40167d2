/* SPDX-License-Identifier: MIT */
#include "base/ixf.h"

#include <errno.h>
#include <stdio.h>
#include <yyjson.h>

/** The "address" of a VLAN's "ipv4" or "ipv6", if there is one. */
static void visit_address(yyjson_val *vlan, const char *family, uint32_t asn, const struct ixf_visitor *v)
{
	const char *text = yyjson_get_str(yyjson_obj_get(yyjson_obj_get(vlan, family), "address"));
	struct addr a;

	if (text == NULL || addr_parse(text, 0, &a) < 0)
		return;
	struct prefix p = prefix_of(&a, 128);
	v->on_address(asn, &p, v->data);
}

static void read_contacts(yyjson_val *member, struct ixf_member *m)
{
	yyjson_val *contacts = yyjson_obj_get(member, "contact_email"), *contact;
	size_t i, n;

	yyjson_arr_foreach(contacts, i, n, contact)
		if (yyjson_is_str(contact) && m->n_contacts < IXF_CONTACTS_MAX)
			m->contacts[m->n_contacts++] = yyjson_get_str(contact);
}

/** A VLAN's "ipv4" or "ipv6": what the exchange offers there, and how many prefixes it takes. */
static void read_family(yyjson_val *family, struct ixf_member *m, uint32_t *most)
{
	uint64_t max = yyjson_get_uint(yyjson_obj_get(family, "max_prefix"));
	yyjson_val *services = yyjson_obj_get(family, "services"), *service;
	size_t i, n;

	if (max <= UINT32_MAX && max > *most)
		*most = (uint32_t)max;
	m->route_server = m->route_server || yyjson_is_true(yyjson_obj_get(family, "routeserver"));
	yyjson_arr_foreach(services, i, n, service) {
		yyjson_val *type = yyjson_obj_get(service, "type");
		m->route_server = m->route_server || yyjson_equals_str(type, "ixrouteserver");
		m->route_collector = m->route_collector || yyjson_equals_str(type, "ixroutecollector");
	}
}

static void read_connection(yyjson_val *connection, struct ixf_member *m)
{
	yyjson_val *ports = yyjson_obj_get(connection, "if_list"), *port;
	yyjson_val *vlans = yyjson_obj_get(connection, "vlan_list"), *vlan;
	size_t i, n;

	yyjson_arr_foreach(ports, i, n, port) {
		uint64_t speed = yyjson_get_uint(yyjson_obj_get(port, "if_speed"));
		if (speed <= UINT32_MAX)
			m->speed_mbps += speed;
	}
	yyjson_arr_foreach(vlans, i, n, vlan) {
		read_family(yyjson_obj_get(vlan, "ipv4"), m, &m->max_ipv4);
		read_family(yyjson_obj_get(vlan, "ipv6"), m, &m->max_ipv6);
	}
}

static void read_member(yyjson_val *member, struct ixf_member *m)
{
	uint64_t number = yyjson_get_uint(yyjson_obj_get(member, "asnum"));
	yyjson_val *connections = yyjson_obj_get(member, "connection_list"), *connection;
	size_t i, n;

	*m = (struct ixf_member){
		.asn = number <= UINT32_MAX ? (uint32_t)number : 0,
		.name = yyjson_get_str(yyjson_obj_get(member, "name")),
		.url = yyjson_get_str(yyjson_obj_get(member, "url")),
		.since = yyjson_get_str(yyjson_obj_get(member, "member_since")),
	};
	read_contacts(member, m);
	yyjson_arr_foreach(connections, i, n, connection)
		read_connection(connection, m);
}

static void visit_member(yyjson_val *member, const struct ixf_visitor *v)
{
	yyjson_val *connections = yyjson_obj_get(member, "connection_list"), *connection, *vlan;
	size_t i, n_i, j, n_j;
	struct ixf_member m;

	read_member(member, &m);
	if (v->on_member != NULL)
		v->on_member(&m, v->data);
	yyjson_arr_foreach(connections, i, n_i, connection) {
		yyjson_val *vlans = yyjson_obj_get(connection, "vlan_list");
		yyjson_arr_foreach(vlans, j, n_j, vlan) {
			visit_address(vlan, "ipv4", m.asn, v);
			visit_address(vlan, "ipv6", m.asn, v);
		}
	}
}

int ixf_read(const char *text, size_t len, const struct ixf_visitor *v, char reterr[IXF_ERROR_MAX])
{
	yyjson_read_err error;
	yyjson_val *member;
	size_t i, n;
	int rc = 0;

	yyjson_doc *d = yyjson_read_opts((char *)text, len, 0, NULL, &error); /* without INSITU, not changed */
	if (d == NULL) {
		(void)snprintf(reterr, IXF_ERROR_MAX, "byte %zu: %s", error.pos, error.msg);
		return -EINVAL;
	}
	yyjson_val *members = yyjson_obj_get(yyjson_doc_get_root(d), "member_list");
	if (!yyjson_is_arr(members)) {
		(void)snprintf(reterr, IXF_ERROR_MAX, "not an IX-F Member Export: no member_list");
		rc = -EINVAL;
	}
	yyjson_arr_foreach(members, i, n, member)
		visit_member(member, v);
	yyjson_doc_free(d);
	return rc;
}
