/* The routers of the POP as the template of BIRD sees them. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/view_bgp.h"

#include "base/json_write.h"

#include <string.h>

void view_bgp_add(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop_bgp *b)
{
	if (b == NULL) {
		yyjson_mut_obj_add_null(d, root, "bgp");
		return;
	}
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, root, "bgp");
	yyjson_mut_obj_add_uint(d, o, "asn", b->asn);
	yyjson_mut_obj_add_strcpy(d, o, "router_id", b->router_id);
	yyjson_mut_val *neighbours = yyjson_mut_obj_add_arr(d, o, "neighbours");
	for (unsigned i = 0; i < b->n_neighbours; i++) {
		const struct pop_bgp_neighbour *n = &b->neighbours[i];
		bool is_ipv6 = strchr(n->address, ':') != NULL;
		yyjson_mut_val *one = yyjson_mut_arr_add_obj(d, neighbours);
		yyjson_mut_obj_add_uint(d, one, "number", i + 1);
		yyjson_mut_obj_add_strcpy(d, one, "address", n->address);
		yyjson_mut_obj_add_uint(d, one, "neighbour_asn", n->asn);
		yyjson_mut_obj_add_bool(d, one, "ipv4", !is_ipv6);
		yyjson_mut_obj_add_bool(d, one, "ipv6", is_ipv6);
		json_add_text(d, one, "password", n->password);
	}
}
