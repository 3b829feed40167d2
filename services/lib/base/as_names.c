/* SPDX-License-Identifier: MIT */
#include "base/as_names.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <yyjson.h>

struct entry {
	uint32_t asn;
	const char *name;
};

struct as_names {
	struct entry *entries; /* by asn */
	size_t n;
	yyjson_doc *export; /* has the names, when they come from there */
};

static void add(struct as_names *n, uint32_t asn, const char *name)
{
	n->entries = mem_resize(n->entries, n->n + 1, sizeof(n->entries[0]));
	n->entries[n->n++] = (struct entry){asn, name};
}

static void add_export(struct as_names *n, const char *path)
{
	yyjson_read_err error;
	yyjson_val *member;
	size_t i, count;

	n->export = yyjson_read_file(path, 0, NULL, &error);
	if (n->export == NULL)
		log_warn("%s: byte %zu: %s: members have no names", path, error.pos, error.msg);
	yyjson_val *members = yyjson_obj_get(yyjson_doc_get_root(n->export), "member_list");
	yyjson_arr_foreach(members, i, count, member) {
		uint64_t asn = yyjson_get_uint(yyjson_obj_get(member, "asnum"));
		const char *name = yyjson_get_str(yyjson_obj_get(member, "name"));
		if (asn > 0 && asn <= UINT32_MAX && name != NULL)
			add(n, (uint32_t)asn, name);
	}
}

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->asn > y->asn) - (x->asn < y->asn);
}

struct as_names *as_names_new(const struct pop *p)
{
	struct as_names *n = mem_new(sizeof(*n));

	for (unsigned i = 0; i < p->n_members; i++)
		add(n, p->members[i].asn, p->members[i].name);
	if (p->ixf_export != NULL)
		add_export(n, p->ixf_export);
	if (n->n > 0)
		qsort(n->entries, n->n, sizeof(n->entries[0]), compare);
	return n;
}

void as_names_free(struct as_names *n)
{
	yyjson_doc_free(n->export);
	free(n->entries);
	free(n);
}

const char *as_names_find(const struct as_names *n, uint32_t asn)
{
	const struct entry wanted = {.asn = asn};
	const struct entry *found = NULL;

	if (n->n > 0)
		found = bsearch(&wanted, n->entries, n->n, sizeof(n->entries[0]), compare);
	return found != NULL ? found->name : NULL;
}
