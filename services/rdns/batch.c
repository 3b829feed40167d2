/* SPDX-License-Identifier: MIT */
#include "rdns/batch.h"

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const struct json_field one_fields[] = {
	{.name = "prefix", .kind = JSON_TEXT, .max = PREFIX_TEXT_MAX - 1},
	{.name = "to", .kind = JSON_OBJECT, .fields = delegated_fields},
	{.name = NULL},
};

const struct json_field batch_fields[] = {
	{.name = "delegations", .kind = JSON_OBJECTS, .max_count = BATCH_MAX, .fields = one_fields},
	{.name = NULL},
};

static int parse_one(struct batch *b, yyjson_val *v, char reterr[BATCH_ERROR_MAX])
{
	const char *text = yyjson_get_str(yyjson_obj_get(v, "prefix"));
	struct batch_one *one = &b->all[b->n];
	char error[DELEGATED_ERROR_MAX];
	struct prefix p;

	if (text == NULL || prefix_parse(text, &p) < 0) {
		(void)snprintf(reterr, BATCH_ERROR_MAX,
		               "delegations[%zu].prefix: must be a prefix such as 192.0.2.0/24",
		               b->n);
		return -EINVAL;
	}
	yyjson_val *to = yyjson_obj_get(v, "to");
	if (!yyjson_is_obj(to)) {
		(void)snprintf(reterr, BATCH_ERROR_MAX, "delegations[%zu].to: must have name servers", b->n);
		return -EINVAL;
	}
	int rc = delegated_parse(&p, to, &one->delegated, error);
	if (rc < 0)
		(void)snprintf(reterr, BATCH_ERROR_MAX, "delegations[%zu].to.%.250s", b->n, error);
	else
		b->n++;
	return rc;
}

int batch_parse(yyjson_val *v, struct batch **ret, char reterr[BATCH_ERROR_MAX])
{
	yyjson_val *list = yyjson_obj_get(v, "delegations"), *one;
	struct batch *b = mem_new(sizeof(*b));
	size_t i, n;
	int rc = yyjson_is_arr(list) ? 0 : -EINVAL;

	if (rc < 0)
		(void)snprintf(reterr, BATCH_ERROR_MAX, "delegations: must be there");
	b->all = mem_new((yyjson_arr_size(list) + 1) * sizeof(b->all[0]));
	yyjson_arr_foreach(list, i, n, one) {
		rc = parse_one(b, one, reterr);
		if (rc < 0)
			break;
	}
	if (rc == 0)
		*ret = b;
	else
		batch_free(b);
	return rc;
}

void batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n; i++)
		delegated_free(b->all[i].delegated);
	free(b->all);
	free(b);
}
