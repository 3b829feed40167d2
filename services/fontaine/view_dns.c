/* Zones, and who else has them, as the templates see it. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/view_dns.h"

#include "base/as112.h"
#include "base/mem.h"

#include <stdlib.h>

void view_secondaries(yyjson_mut_doc *d, yyjson_mut_val *o, const struct pop_secondary *all, unsigned n)
{
	yyjson_mut_val *secondaries = yyjson_mut_obj_add_arr(d, o, "secondaries");

	yyjson_mut_obj_add_bool(d, o, "has_secondaries", n > 0);
	for (unsigned i = 0; i < n; i++) {
		yyjson_mut_val *second = yyjson_mut_arr_add_obj(d, secondaries);
		yyjson_mut_obj_add_uint(d, second, "number", i + 1);
		yyjson_mut_obj_add_strcpy(d, second, "name", all[i].name);
		yyjson_mut_obj_add_strcpy(d, second, "address", all[i].address);
		yyjson_mut_obj_add_strcpy(d, second, "key", all[i].key);
	}
}

void view_primaries(yyjson_mut_doc *d, yyjson_mut_val *o, const struct pop_authoritative *a)
{
	yyjson_mut_val *primaries = yyjson_mut_obj_add_arr(d, o, "primaries");

	for (unsigned i = 0; i < a->n_primaries; i++) {
		const struct pop_primary *p = &a->primaries[i];
		yyjson_mut_val *primary = yyjson_mut_arr_add_obj(d, primaries);
		yyjson_mut_obj_add_uint(d, primary, "number", i + 1);
		yyjson_mut_obj_add_strcpy(d, primary, "address", p->address);
		yyjson_mut_obj_add_strcpy(d, primary, "key", p->key);
		yyjson_mut_val *catalogs = yyjson_mut_obj_add_arr(d, primary, "catalogs");
		if (p->catalog != NULL)
			yyjson_mut_arr_add_strcpy(d, catalogs, p->catalog);
		yyjson_mut_val *zones = yyjson_mut_obj_add_arr(d, primary, "zones");
		for (unsigned j = 0; j < p->n_zones; j++)
			yyjson_mut_arr_add_strcpy(d, zones, p->zones[j]);
	}
}

void view_as112(yyjson_mut_doc *d, yyjson_mut_val *authoritative, bool is_on)
{
	enum { SHARED_FIRST = 16,
	       SHARED_LAST = 31 }; /* of 172.16.0.0/12 */

	if (!is_on) {
		yyjson_mut_obj_add_null(d, authoritative, "as112");
		return;
	}
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, authoritative, "as112");
	yyjson_mut_val *addresses = yyjson_mut_obj_add_arr(d, o, "hosts");
	for (size_t i = 0; i < AS112_HOSTS; i++)
		yyjson_mut_arr_add_strcpy(d, addresses, as112_hosts[i]);
	yyjson_mut_val *empty = yyjson_mut_obj_add_arr(d, o, "empty");
	yyjson_mut_arr_add_strcpy(d, empty, "10.in-addr.arpa");
	yyjson_mut_arr_add_strcpy(d, empty, "168.192.in-addr.arpa");
	yyjson_mut_arr_add_strcpy(d, empty, "254.169.in-addr.arpa");
	for (unsigned i = SHARED_FIRST; i <= SHARED_LAST; i++) {
		char *zone = mem_printf("%u.172.in-addr.arpa", i);
		yyjson_mut_arr_add_strcpy(d, empty, zone);
		free(zone);
	}
}
