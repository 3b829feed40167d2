/* SPDX-License-Identifier: MIT */
#include "rdns/delegated.h"

#include "base/json_write.h"
#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERVER_TEXT_MAX = DELEGATION_NAME_MAX + DELEGATION_ADDRESSES_MAX * (ADDR_TEXT_MAX + 1) };

const char *const delegated_forms[REVERSE_FORMS + 1] = {"range", "slash", "dash", NULL};

static const struct json_field server_fields[] = {
	{.name = "name", .kind = JSON_TEXT, .max = DELEGATION_NAME_MAX},
	{.name = "addresses", .kind = JSON_TEXTS, .max_count = DELEGATION_ADDRESSES_MAX, .max = ADDR_TEXT_MAX - 1},
	{.name = NULL},
};

static const struct json_field ds_fields[] = {
	{.name = "zone", .kind = JSON_TEXT, .max = REVERSE_NAME_MAX},
	{.name = "key_tag", .kind = JSON_NUMBER, .min = 0, .max = 65535},
	{.name = "algorithm", .kind = JSON_NUMBER, .min = 1, .max = 255},
	{.name = "digest_type", .kind = JSON_NUMBER, .min = 1, .max = 255},
	{.name = "digest", .kind = JSON_TEXT, .max = 128},
	{.name = NULL},
};

const struct json_field delegated_fields[] = {
	{.name = "form", .kind = JSON_WORD, .words = delegated_forms},
	{.name = "nameservers", .kind = JSON_OBJECTS, .max_count = DELEGATION_SERVERS_MAX, .fields = server_fields},
	{.name = "ds", .kind = JSON_OBJECTS, .max_count = DELEGATED_DS_MAX, .fields = ds_fields},
	{.name = NULL},
};

static int refuse(char *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int refuse(char *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error, DELEGATED_ERROR_MAX, format, args);
	va_end(args);
	return -EINVAL;
}

/** Whether the form of a zone's name below @p can be chosen. */
static bool has_form(const struct prefix *p)
{
	return addr_family(&p->addr) == AF_INET && p->len > 24 && p->len < 32;
}

int delegated_new(const struct prefix *prefix, enum reverse_form form, struct delegated **ret)
{
	size_t n_zones = reverse_zones(prefix);
	struct delegated *d = mem_new(sizeof(*d) + n_zones * sizeof(d->zones[0]));
	char name[REVERSE_NAME_MAX];
	bool is_meant = true;

	*d = (struct delegated){.prefix = *prefix, .form = form, .n_zones = n_zones};
	for (unsigned i = 0; i < n_zones; i++) {
		struct prefix zone = reverse_zone(prefix, i);
		const char *wrong = delegation_init(&d->zones[i], reverse_name(&zone, form, name));
		assert(wrong == NULL);
		is_meant = is_meant && wrong == NULL && d->zones[i].prefix.len == zone.len;
	}
	if (!is_meant) {
		delegated_free(d);
		return -EINVAL;
	}
	*ret = d;
	return 0;
}

struct delegated *delegated_copy(const struct delegated *d)
{
	struct delegated *copy = mem_new(sizeof(*d) + d->n_zones * sizeof(d->zones[0]));

	*copy = *d;
	for (size_t i = 0; i < d->n_zones; i++) {
		copy->zones[i] = d->zones[i];
		copy->zones[i].ds = ldns_rr_list_clone(d->zones[i].ds);
	}
	return copy;
}

void delegated_free(struct delegated *d)
{
	for (size_t i = 0; d != NULL && i < d->n_zones; i++)
		delegation_done(&d->zones[i]);
	free(d);
}

static enum reverse_form form_of(yyjson_val *v)
{
	unsigned form = 0;

	while (form < REVERSE_FORMS && !yyjson_equals_str(v, delegated_forms[form]))
		form++;
	return form == REVERSE_FORMS ? REVERSE_RANGE : (enum reverse_form)form;
}

static bool is_plain_text(yyjson_val *v)
{
	return yyjson_is_str(v) && yyjson_get_len(v) > 0 && strlen(yyjson_get_str(v)) == yyjson_get_len(v);
}

/** Write "NAME=ADDR,ADDR" as delegation_add_server() reads it. */
static int server_text(yyjson_val *v, size_t i, char text[SERVER_TEXT_MAX], char *reterr)
{
	yyjson_val *name = yyjson_obj_get(v, "name"), *address;
	size_t k, n;

	if (!is_plain_text(name) || strpbrk(yyjson_get_str(name), "=,") != NULL)
		return refuse(reterr, "nameservers[%zu].name: must be the name of a name server", i);
	int len = snprintf(text, SERVER_TEXT_MAX, "%s", yyjson_get_str(name));
	yyjson_arr_foreach(yyjson_obj_get(v, "addresses"), k, n, address) {
		struct addr a;
		if (!is_plain_text(address) || addr_parse(yyjson_get_str(address), 0, &a) < 0)
			return refuse(reterr, "nameservers[%zu].addresses[%zu]: must be an address such as 192.0.2.1",
			              i, k);
		len += snprintf(text + len, (size_t)(SERVER_TEXT_MAX - len), "%c%s", k == 0 ? '=' : ',',
		                yyjson_get_str(address));
	}
	return 0;
}

/* A zone tells the addresses of servers inside it, and of no others. */
static int add_server(struct delegated *d, yyjson_val *v, size_t i, char *reterr)
{
	char text[SERVER_TEXT_MAX];
	bool is_inside = false;

	if (server_text(v, i, text, reterr) < 0)
		return -EINVAL;
	bool has_glue = strchr(text, '=') != NULL;
	for (size_t z = 0; z < d->n_zones; z++) {
		struct delegation *zone = &d->zones[z];
		const char *wrong = delegation_add_server(zone, text);
		if (wrong != NULL)
			return refuse(reterr, "nameservers[%zu]: %s", i, wrong);
		struct delegation_server *s = &zone->servers[zone->n_servers - 1];
		is_inside = is_inside || s->is_inside;
		if (s->is_inside && !has_glue)
			return refuse(reterr, "nameservers[%zu].addresses: must be given, as this server is inside %s",
			              i, zone->zone);
		if (!s->is_inside)
			s->n_addresses = 0;
	}
	if (has_glue && !is_inside)
		return refuse(reterr, "nameservers[%zu].addresses: must be left out, as this server is not inside %s",
		              i, d->n_zones == 1 ? d->zones[0].zone : "any of the zones");
	return 0;
}

/** The zone that a DS is of; one need not be named. */
static struct delegation *zone_of(struct delegated *d, yyjson_val *name)
{
	struct prefix p;

	if (name == NULL || yyjson_is_null(name))
		return d->n_zones == 1 ? &d->zones[0] : NULL;
	if (!is_plain_text(name) || reverse_parse(yyjson_get_str(name), &p) < 0)
		return NULL;
	for (size_t i = 0; i < d->n_zones; i++)
		if (addr_equal(&p.addr, &d->zones[i].prefix.addr) && p.len == d->zones[i].prefix.len)
			return &d->zones[i];
	return NULL;
}

static int read_whole(yyjson_val *v, const char *key, unsigned *ret)
{
	yyjson_val *n = yyjson_obj_get(v, key);

	if (!yyjson_is_uint(n))
		return -EINVAL;
	*ret = (unsigned)yyjson_get_uint(n);
	return 0;
}

static bool has_ds(const struct delegation *zone, const ldns_rr *ds)
{
	size_t n = ldns_rr_list_rr_count(zone->ds);

	for (size_t i = 0; i + 1 < n; i++)
		if (ldns_rr_compare(ldns_rr_list_rr(zone->ds, i), ds) == 0)
			return true;
	return false;
}

static int add_ds(struct delegated *d, yyjson_val *v, size_t i, char *reterr)
{
	unsigned key_tag, algorithm, type;
	yyjson_val *digest = yyjson_obj_get(v, "digest");

	struct delegation *zone = zone_of(d, yyjson_obj_get(v, "zone"));
	if (zone == NULL)
		return refuse(reterr, "ds[%zu].zone: must be the name of a zone of this prefix", i);
	if (read_whole(v, "key_tag", &key_tag) < 0 || read_whole(v, "algorithm", &algorithm) < 0 ||
	    read_whole(v, "digest_type", &type) < 0)
		return refuse(reterr, "ds[%zu]: key_tag, algorithm and digest_type must be whole numbers", i);
	if (!is_plain_text(digest) ||
	    strspn(yyjson_get_str(digest), "0123456789abcdefABCDEF") != yyjson_get_len(digest))
		return refuse(reterr, "ds[%zu].digest: must be hexadecimal digits", i);

	char *text = mem_printf("%u %u %u %s", key_tag, algorithm, type, yyjson_get_str(digest));
	const char *wrong = delegation_add_ds(zone, text);
	free(text);
	if (wrong != NULL)
		return refuse(reterr, "ds[%zu]: %s", i, wrong);
	if (has_ds(zone, ldns_rr_list_rr(zone->ds, ldns_rr_list_rr_count(zone->ds) - 1)))
		return refuse(reterr, "ds[%zu]: is there twice", i);
	return 0;
}

static int fill(struct delegated *d, yyjson_val *v, char *reterr)
{
	yyjson_val *item, *servers = yyjson_obj_get(v, "nameservers");
	size_t i, n;
	int rc = 0;

	if (yyjson_arr_size(servers) == 0)
		return refuse(reterr, "nameservers: must name at least one server");
	yyjson_arr_foreach(servers, i, n, item)
		if (rc == 0)
			rc = add_server(d, item, i, reterr);
	yyjson_arr_foreach(yyjson_obj_get(v, "ds"), i, n, item)
		if (rc == 0)
			rc = add_ds(d, item, i, reterr);
	for (i = 0; i < d->n_zones; i++)
		ldns_rr_list_sort(d->zones[i].ds);
	return rc;
}

int delegated_parse(const struct prefix *prefix, yyjson_val *v, struct delegated **ret,
                    char reterr[DELEGATED_ERROR_MAX])
{
	enum reverse_form form = form_of(yyjson_obj_get(v, "form"));
	struct delegated *d;

	if (form != REVERSE_RANGE && !has_form(prefix))
		return refuse(reterr, "form: must be left out, only names between /25 and /31 have a choice");
	if (delegated_new(prefix, form, &d) < 0)
		return refuse(reterr, "form: must be another one, the name so written means a larger prefix");
	int rc = fill(d, v, reterr);
	if (rc < 0)
		delegated_free(d);
	else
		*ret = d;
	return rc;
}

/** The zone where the addresses of the server are; any where it has none. */
static const struct delegation_server *server_with_glue(const struct delegated *d, size_t i)
{
	for (size_t z = 0; z < d->n_zones; z++)
		if (d->zones[z].servers[i].n_addresses > 0)
			return &d->zones[z].servers[i];
	return &d->zones[0].servers[i];
}

static void add_server_json(const struct delegation_server *s, yyjson_mut_doc *doc, yyjson_mut_val *list)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, list);
	char text[ADDR_TEXT_MAX];

	json_add_text(doc, o, "name", s->name);
	yyjson_mut_val *addresses = yyjson_mut_obj_add_arr(doc, o, "addresses");
	for (size_t i = 0; i < s->n_addresses; i++)
		yyjson_mut_arr_add_strcpy(doc, addresses, addr_text(&s->addresses[i], text));
}

static void add_ds_json(const struct delegation *zone, const ldns_rr *ds, yyjson_mut_doc *doc, yyjson_mut_val *list)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, list);

	json_add_text(doc, o, "zone", zone->zone);
	yyjson_mut_obj_add_uint(doc, o, "key_tag", ldns_rdf2native_int16(ldns_rr_rdf(ds, 0)));
	yyjson_mut_obj_add_uint(doc, o, "algorithm", ldns_rdf2native_int8(ldns_rr_rdf(ds, 1)));
	yyjson_mut_obj_add_uint(doc, o, "digest_type", ldns_rdf2native_int8(ldns_rr_rdf(ds, 2)));
	char *digest = ldns_rdf2str(ldns_rr_rdf(ds, 3));
	if (digest == NULL)
		mem_exhausted();
	json_add_text(doc, o, "digest", digest);
	free(digest);
}

void delegated_add_json(const struct delegated *d, yyjson_mut_doc *doc, yyjson_mut_val *o)
{
	json_add_text(doc, o, "form", has_form(&d->prefix) ? delegated_forms[d->form] : NULL);
	yyjson_mut_val *servers = yyjson_mut_obj_add_arr(doc, o, "nameservers");
	for (size_t i = 0; i < d->zones[0].n_servers; i++)
		add_server_json(server_with_glue(d, i), doc, servers);
	yyjson_mut_val *ds = yyjson_mut_obj_add_arr(doc, o, "ds");
	for (size_t z = 0; z < d->n_zones; z++)
		for (size_t i = 0; i < ldns_rr_list_rr_count(d->zones[z].ds); i++)
			add_ds_json(&d->zones[z], ldns_rr_list_rr(d->zones[z].ds, i), doc, ds);
}

yyjson_mut_val *delegated_json(const struct delegated *d, yyjson_mut_doc *doc)
{
	yyjson_mut_val *o = yyjson_mut_obj(doc);

	delegated_add_json(d, doc, o);
	return o;
}
