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

static void visit_member(yyjson_val *member, const struct ixf_visitor *v)
{
	uint64_t number = yyjson_get_uint(yyjson_obj_get(member, "asnum"));
	uint32_t asn = number <= UINT32_MAX ? (uint32_t)number : 0;
	yyjson_val *connection, *vlan;
	size_t i, n_i, j, n_j;

	if (v->on_member != NULL)
		v->on_member(asn, yyjson_get_str(yyjson_obj_get(member, "name")), v->data);
	yyjson_val *connections = yyjson_obj_get(member, "connection_list");
	yyjson_arr_foreach(connections, i, n_i, connection) {
		yyjson_val *vlans = yyjson_obj_get(connection, "vlan_list");
		yyjson_arr_foreach(vlans, j, n_j, vlan) {
			visit_address(vlan, "ipv4", asn, v);
			visit_address(vlan, "ipv6", asn, v);
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
