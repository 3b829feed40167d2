/* The IX-F Member Export. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/ixf.h"

#include "base/addr.h"
#include "base/log.h"

#include <errno.h>

/** The "address" of a VLAN's "ipv4" or "ipv6", if there is one. */
static void add_address(yyjson_val *vlan, const char *family, yyjson_mut_doc *d, yyjson_mut_val *prefixes)
{
	char text[PREFIX_TEXT_MAX];
	struct prefix p;

	const char *address = yyjson_get_str(yyjson_obj_get(yyjson_obj_get(vlan, family), "address"));
	if (address != NULL && prefix_parse(address, &p) == 0)
		yyjson_mut_arr_add_strcpy(d, prefixes, prefix_text(&p, text));
}

static void add_member(yyjson_val *member, yyjson_mut_doc *d, yyjson_mut_val *prefixes)
{
	yyjson_val *connection, *vlan;
	size_t i, n_i, j, n_j;

	yyjson_val *connections = yyjson_obj_get(member, "connection_list");
	yyjson_arr_foreach(connections, i, n_i, connection) {
		yyjson_val *vlans = yyjson_obj_get(connection, "vlan_list");
		yyjson_arr_foreach(vlans, j, n_j, vlan) {
			add_address(vlan, "ipv4", d, prefixes);
			add_address(vlan, "ipv6", d, prefixes);
		}
	}
}

int ixf_add_prefixes(const char *path, yyjson_mut_doc *d, yyjson_mut_val *prefixes)
{
	yyjson_read_err error;
	yyjson_val *member;
	size_t i, n;

	yyjson_doc *export = yyjson_read_file(path, 0, NULL, &error);
	if (export == NULL) {
		log_error("%s: byte %zu: %s", path, error.pos, error.msg);
		return -EINVAL;
	}
	yyjson_val *members = yyjson_obj_get(yyjson_doc_get_root(export), "member_list");
	if (!yyjson_is_arr(members))
		log_error("%s: not an IX-F Member Export: no member_list", path);
	yyjson_arr_foreach(members, i, n, member)
		add_member(member, d, prefixes);
	int rc = yyjson_is_arr(members) ? 0 : -EINVAL;
	yyjson_doc_free(export);
	return rc;
}
