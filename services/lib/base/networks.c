/* SPDX-License-Identifier: MIT */
#include "base/networks.h"

#include "base/asn.h"
#include "base/buf.h"
#include "base/ixf.h"
#include "base/json_write.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/name.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	EXPORT_MAX_BYTES = 64 << 20,
	NAME_MAX_BYTES = 200,
	DAY_BYTES = 10, /* "2026-03-14" */
};

static bool is_name(const char *text)
{
	if (text == NULL || *text == '\0' || strlen(text) > NAME_MAX_BYTES)
		return false;
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			return false;
	return true;
}

/** The day that a date and time begins with; NULL when it begins otherwise. */
static char *day_of(const char *moment)
{
	static const char shape[] = "dddd-dd-dd";

	if (moment == NULL || strlen(moment) < DAY_BYTES)
		return NULL;
	for (size_t i = 0; i < DAY_BYTES; i++)
		if (shape[i] == 'd' ? moment[i] < '0' || moment[i] > '9' : moment[i] != '-')
			return NULL;
	return mem_printf("%.*s", DAY_BYTES, moment);
}

static struct network *add(struct networks *n, uint32_t asn, const char *name)
{
	n->all = mem_resize(n->all, n->n + 1, sizeof(n->all[0]));
	struct network *w = &n->all[n->n++];

	*w = (struct network){.asn = asn};
	w->name = is_name(name) ? mem_strdup(name) : mem_printf("AS%" PRIu32, asn);
	return w;
}

static void add_address(struct network *w, const struct addr *a)
{
	for (size_t i = 0; i < w->n_addresses; i++)
		if (addr_equal(&w->addresses[i], a))
			return;
	w->addresses = mem_resize(w->addresses, w->n_addresses + 1, sizeof(*a));
	w->addresses[w->n_addresses++] = *a;
}

static void add_contact(struct network *w, const char *mail)
{
	if (!name_is_mail(mail))
		return;
	for (size_t i = 0; i < w->n_contacts; i++)
		if (strcmp(w->contacts[i], mail) == 0)
			return;
	w->contacts = (char **)mem_resize((void *)w->contacts, w->n_contacts + 1, sizeof(*w->contacts));
	w->contacts[w->n_contacts++] = mem_strdup(mail);
}

static void add_member(struct networks *n, const struct pop_member *m)
{
	struct network *w = add(n, m->asn, m->name);

	w->url = mem_strdup(m->url);
	w->since = mem_strdup(m->since);
	w->speed_mbps = m->port_mbps;
	for (unsigned i = 0; i < m->n_prefixes; i++)
		w->prefixes[strchr(m->prefixes[i], ':') != NULL]++;
	for (unsigned i = 0; i < m->n_peering; i++) {
		struct addr a;
		if (addr_parse(m->peering[i], 0, &a) == 0)
			add_address(w, &a);
	}
	for (unsigned i = 0; i < m->n_contacts; i++)
		add_contact(w, m->contacts[i]);
}

static void on_member(const struct ixf_member *m, void *data)
{
	if (!asn_is_usable(m->asn))
		return;
	struct network *w = add(data, m->asn, m->name);

	w->url = m->url != NULL && name_is_url(m->url) ? mem_strdup(m->url) : NULL;
	w->since = day_of(m->since);
	w->speed_mbps = m->speed_mbps;
	w->prefixes[0] = m->max_ipv4;
	w->prefixes[1] = m->max_ipv6;
	w->route_server = m->route_server;
	w->route_collector = m->route_collector;
	for (unsigned i = 0; i < m->n_contacts; i++)
		add_contact(w, m->contacts[i]);
}

/** It is of the member that was told last. */
static void on_address(uint32_t asn, const struct prefix *address, void *data)
{
	struct networks *n = data;

	if (asn_is_usable(asn))
		add_address(&n->all[n->n - 1], &address->addr);
}

static int read_export(struct networks *n, const char *path)
{
	const struct ixf_visitor visitor = {on_member, on_address, n};
	char error[IXF_ERROR_MAX];
	struct buf text;

	buf_init(&text, EXPORT_MAX_BYTES);
	int rc = buf_add_file(&text, path);
	if (rc < 0) {
		log_error("%s: %s", path, strerror(-rc));
		goto out;
	}
	rc = ixf_read(text.data == NULL ? "" : text.data, text.len, &visitor, error);
	if (rc < 0)
		log_error("%s: %s", path, error);
out:
	buf_done(&text);
	return rc;
}

static void network_done(struct network *w)
{
	for (size_t i = 0; i < w->n_contacts; i++)
		free(w->contacts[i]);
	free((void *)w->contacts);
	free(w->addresses);
	free(w->name);
	free(w->url);
	free(w->since);
}

/** @from is another member with the AS number of @w: it goes into @w. */
static void join(struct network *w, struct network *from)
{
	w->speed_mbps += from->speed_mbps;
	for (size_t i = 0; i < 2; i++)
		if (from->prefixes[i] > w->prefixes[i])
			w->prefixes[i] = from->prefixes[i];
	w->route_server = w->route_server || from->route_server;
	w->route_collector = w->route_collector || from->route_collector;
	for (size_t i = 0; i < from->n_addresses; i++)
		add_address(w, &from->addresses[i]);
	for (size_t i = 0; i < from->n_contacts; i++)
		add_contact(w, from->contacts[i]);
	network_done(from);
}

static int compare_addresses(const void *a, const void *b)
{
	struct prefix x = prefix_of(a, 128), y = prefix_of(b, 128);

	return prefix_compare(&x, &y);
}

static int compare(const void *a, const void *b)
{
	const struct network *x = a, *y = b;

	return (x->asn > y->asn) - (x->asn < y->asn);
}

/** Put them in order, each AS number once. */
static void sort(struct networks *n)
{
	size_t kept = 0;

	if (n->n > 0)
		qsort(n->all, n->n, sizeof(n->all[0]), compare);
	for (size_t i = 0; i < n->n; i++) {
		if (kept > 0 && n->all[kept - 1].asn == n->all[i].asn)
			join(&n->all[kept - 1], &n->all[i]);
		else
			n->all[kept++] = n->all[i];
	}
	n->n = kept;
	for (size_t i = 0; i < n->n; i++)
		if (n->all[i].n_addresses > 0)
			qsort(n->all[i].addresses, n->all[i].n_addresses, sizeof(struct addr), compare_addresses);
}

int networks_new(const struct pop *p, struct networks **ret)
{
	struct networks *n = mem_new(sizeof(*n));
	int rc = 0;

	for (unsigned i = 0; i < p->n_members; i++)
		add_member(n, &p->members[i]);
	if (p->ixf_export != NULL)
		rc = read_export(n, p->ixf_export);
	sort(n);
	if (rc < 0)
		networks_free(n);
	else
		*ret = n;
	return rc;
}

void networks_free(struct networks *n)
{
	if (n == NULL)
		return;
	for (size_t i = 0; i < n->n; i++)
		network_done(&n->all[i]);
	free(n->all);
	free(n);
}

/** A number, or null where it is not said. */
static void add_number(yyjson_mut_doc *d, yyjson_mut_val *o, const char *key, uint64_t number)
{
	if (number == 0)
		yyjson_mut_obj_add_null(d, o, key);
	else
		yyjson_mut_obj_add_uint(d, o, key, number);
}

static void add_addresses(yyjson_mut_doc *d, yyjson_mut_val *o, const char *key, const struct network *w, int family)
{
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d, o, key);
	char text[ADDR_TEXT_MAX];

	for (size_t i = 0; i < w->n_addresses; i++)
		if (addr_family(&w->addresses[i]) == family)
			yyjson_mut_arr_add_strcpy(d, list, addr_text(&w->addresses[i], text));
}

static yyjson_mut_val *json_of(yyjson_mut_doc *d, const struct network *w)
{
	yyjson_mut_val *o = yyjson_mut_obj(d);

	yyjson_mut_obj_add_uint(d, o, "asn", w->asn);
	json_add_text(d, o, "name", w->name);
	json_add_text(d, o, "url", w->url);
	json_add_text(d, o, "since", w->since);
	add_addresses(d, o, "ipv4", w, AF_INET);
	add_addresses(d, o, "ipv6", w, AF_INET6);
	add_number(d, o, "speed_mbps", w->speed_mbps);
	yyjson_mut_val *prefixes = yyjson_mut_obj_add_obj(d, o, "prefixes");
	add_number(d, prefixes, "ipv4", w->prefixes[0]);
	add_number(d, prefixes, "ipv6", w->prefixes[1]);
	yyjson_mut_val *services = yyjson_mut_obj_add_arr(d, o, "services");
	if (w->route_server)
		yyjson_mut_arr_add_str(d, services, "route_server");
	if (w->route_collector)
		yyjson_mut_arr_add_str(d, services, "route_collector");
	return o;
}

char *networks_json(const struct networks *n, const char *export)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d, root, "networks");

	for (size_t i = 0; i < n->n; i++)
		yyjson_mut_arr_append(list, json_of(d, &n->all[i]));
	json_add_text(d, root, "export", export);
	return json_take(d, root);
}
