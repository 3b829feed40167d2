/* SPDX-License-Identifier: MIT */
#include "fontaine/view_management.h"

#include "base/pop_management.h"

void view_management(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	struct addr all[POP_MANAGEMENT_MAX];
	size_t n = pop_management_endpoints(p, all);

	if (p->management == NULL) {
		yyjson_mut_obj_add_null(d, root, "management");
		return;
	}
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, root, "management");
	yyjson_mut_val *listen = yyjson_mut_obj_add_arr(d, o, "listen");
	yyjson_mut_val *allow = yyjson_mut_obj_add_arr(d, o, "allow");

	for (size_t i = 0; i < n; i++) {
		char text[ADDR_PORT_TEXT_MAX];
		yyjson_mut_arr_add_strcpy(d, listen, addr_port_text(&all[i], text));
	}
	for (unsigned i = 0; i < p->management->n_allow; i++)
		yyjson_mut_arr_add_strcpy(d, allow, p->management->allow[i]);
}
