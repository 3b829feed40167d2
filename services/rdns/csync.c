/* SPDX-License-Identifier: MIT */
#include "rdns/csync.h"

#include "base/buf.h"
#include "delegation/keys.h"
#include "delegation/signature.h"

#include <stdlib.h>
#include <string.h>

enum {
	FLAG_IMMEDIATE = 1, /* RFC 7477, 2.1.1.2 */
	FLAG_SOAMINIMUM = 2,
	HEAD_BYTES = 6, /* serial and flags */
	RDATA_MAX_BYTES = 64,
	SOA_SERIAL = 2,
	SERVER_TEXT_MAX_BYTES = 1024,
};

struct csync {
	uint32_t serial;
	unsigned flags;
	bool ns, families[FAMILIES]; /* A, AAAA */
};

static ldns_rr_list *records(const struct observed_answer *a, ldns_rr_type type)
{
	return observed_has_authority(a) ? observed_records(a, type) : NULL;
}

bool csync_is_there(const struct csync_seen *s)
{
	ldns_rr_list *list = records(&s->csync, LDNS_RR_TYPE_CSYNC);
	bool is_there = list != NULL;

	ldns_rr_list_deep_free(list);
	return is_there;
}

size_t csync_inside(const struct csync_seen *s, const struct delegation *d,
                    char ret[DELEGATION_SERVERS_MAX][DELEGATION_NAME_MAX])
{
	ldns_rr_list *list = records(&s->ns, LDNS_RR_TYPE_NS);
	size_t n = 0;

	for (size_t i = 0; list != NULL && i < ldns_rr_list_rr_count(list) && n < DELEGATION_SERVERS_MAX; i++) {
		const ldns_rdf *name = ldns_rr_ns_nsdname(ldns_rr_list_rr(list, i));
		if (name != NULL && delegation_is_below(observed_name(name, ret[n]), d->zone))
			n++;
	}
	ldns_rr_list_deep_free(list);
	return n;
}

/** Read the types that are asked for. Return: whether each of them is known. */
static bool read_types(const uint8_t *bytes, size_t len, struct csync *c)
{
	if (len < 3 || bytes[0] != 0 || len != 2u + bytes[1])
		return false; /* no type is known outside of the first window (RFC 4034, 4.1.2) */
	for (unsigned type = 0; type < 8 * bytes[1]; type++) {
		if ((bytes[2 + type / 8] & (0x80 >> type % 8)) == 0)
			continue;
		if (type == LDNS_RR_TYPE_NS)
			c->ns = true;
		else if (type == LDNS_RR_TYPE_A)
			c->families[0] = true;
		else if (type == LDNS_RR_TYPE_AAAA)
			c->families[1] = true;
		else
			return false;
	}
	return c->ns || c->families[0] || c->families[1];
}

/** Return: whether it is one that is known in all its parts. */
static bool read_csync(const ldns_rr_list *list, struct csync *ret)
{
	const ldns_rr *rr = ldns_rr_list_rr(list, 0);
	uint8_t bytes[RDATA_MAX_BYTES];
	size_t len = 0;

	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(rr, i);
		if (ldns_rdf_size(rdf) > sizeof(bytes) - len)
			return false;
		memcpy(bytes + len, ldns_rdf_data(rdf), ldns_rdf_size(rdf));
		len += ldns_rdf_size(rdf);
	}
	if (ldns_rr_list_rr_count(list) != 1 || len < HEAD_BYTES)
		return false;
	*ret = (struct csync){.serial = ldns_read_uint32(bytes), .flags = ldns_read_uint16(bytes + 4)};
	return (ret->flags & ~(unsigned)(FLAG_IMMEDIATE | FLAG_SOAMINIMUM)) == 0 &&
	       read_types(bytes + HEAD_BYTES, len - HEAD_BYTES, ret);
}

/** Whether the records are there, signed. @ret_list: owned; @ret_inception may be NULL. */
static bool read_signed(const struct observed_answer *a, ldns_rr_type type, const ldns_rr_list *keys, time_t now,
                        ldns_rr_list **ret_list, time_t *ret_inception)
{
	ldns_rr_list *list = records(a, type);
	time_t inception;

	if (list == NULL || !signature_oldest(list, a->packet, keys, now, &inception)) {
		ldns_rr_list_deep_free(list);
		return false;
	}
	*ret_list = list;
	if (ret_inception != NULL)
		*ret_inception = inception;
	return true;
}

static bool read_serial(const struct observed_answer *a, const ldns_rr_list *keys, time_t now, uint32_t *ret)
{
	ldns_rr_list *list;

	if (!read_signed(a, LDNS_RR_TYPE_SOA, keys, now, &list, NULL))
		return false;
	const ldns_rr *soa = ldns_rr_list_rr(list, 0);
	bool is_soa = ldns_rr_rd_count(soa) == 7;
	if (is_soa)
		*ret = ldns_rdf2native_int32(ldns_rr_rdf(soa, SOA_SERIAL));
	ldns_rr_list_deep_free(list);
	return is_soa;
}

/** Whether the zone stands still, and is as new as the record wants it (RFC 7477, 3.1). */
static enum follow_outcome check_serials(const struct csync_seen *s, const struct csync *c, const ldns_rr_list *keys,
                                         time_t now)
{
	uint32_t before, after;

	if (!read_serial(&s->soa, keys, now, &before) || !read_serial(&s->soa_again, keys, now, &after))
		return FOLLOW_UNSECURED;
	if (before != after)
		return FOLLOW_MOVED;
	bool is_less = (int32_t)(before - c->serial) < 0; /* RFC 1982, 3.2 */
	return (c->flags & FLAG_SOAMINIMUM) != 0 && is_less ? FOLLOW_EARLY : FOLLOW_CHANGE;
}

static const struct delegation_server *find_server(const struct delegation *d, const char *name)
{
	for (size_t i = 0; i < d->n_servers; i++)
		if (strcmp(d->servers[i].name, name) == 0)
			return &d->servers[i];
	return NULL;
}

/** What is decided with. */
struct wish {
	const struct csync_seen *s;
	const struct delegation *d;
	const struct csync *c;
	const ldns_rr_list *keys;
	time_t now;
	char inside[DELEGATION_SERVERS_MAX][DELEGATION_NAME_MAX];
	size_t n_inside;
};

static void add_address(struct buf *b, const char *address)
{
	/* what is cut off at the limit is refused as too many */
	(void)buf_printf(b, "%s%s", strchr(b->data, '=') == NULL ? "=" : ",", address);
}

/** Add the addresses of @name that the zone has, if it has any. Return: whether it has. */
static bool add_zones_addresses(const struct wish *w, const char *name, size_t family, struct buf *b)
{
	ldns_rr_list *list = NULL;

	for (size_t i = 0; list == NULL && i < w->n_inside; i++)
		if (strcmp(w->inside[i], name) == 0)
			(void)read_signed(&w->s->addresses[i][family], observed_families[family], w->keys, w->now,
			                  &list, NULL);
	for (size_t i = 0; list != NULL && i < ldns_rr_list_rr_count(list); i++) {
		char *text = ldns_rdf2str(ldns_rr_rdf(ldns_rr_list_rr(list, i), 0));
		add_address(b, text);
		free(text);
	}
	bool has = list != NULL;
	ldns_rr_list_deep_free(list);
	return has;
}

static void add_present_addresses(const struct wish *w, const char *name, size_t family, struct buf *b)
{
	static const int families[FAMILIES] = {AF_INET, AF_INET6};
	const struct delegation_server *present = find_server(w->d, name);
	char text[ADDR_TEXT_MAX];

	for (size_t i = 0; present != NULL && i < present->n_addresses; i++)
		if (addr_family(&present->addresses[i]) == families[family])
			add_address(b, addr_text(&present->addresses[i], text));
}

/** Add the server @name, with its glue where it needs any. Return: FOLLOW_CHANGE, or why not. */
static enum follow_outcome add_server(const struct wish *w, const char *name, struct delegation *next)
{
	bool is_inside = delegation_is_below(name, w->d->zone);
	struct buf b;

	buf_init(&b, SERVER_TEXT_MAX_BYTES);
	(void)buf_printf(&b, "%s", name);
	for (size_t f = 0; is_inside && f < FAMILIES; f++)
		if (!w->c->families[f] || !add_zones_addresses(w, name, f, &b))
			add_present_addresses(w, name, f, &b);
	bool has_glue = strchr(b.data, '=') != NULL;
	const char *complaint = is_inside && !has_glue ? NULL : delegation_add_server(next, b.data);
	buf_done(&b);
	if (is_inside && !has_glue)
		return FOLLOW_NO_GLUE;
	return complaint == NULL ? FOLLOW_CHANGE : FOLLOW_MANY;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct delegation_server *)a)->name, ((const struct delegation_server *)b)->name);
}

/** Give @next the servers that are asked for. Return: FOLLOW_CHANGE, or why not. */
static enum follow_outcome add_servers(const struct wish *w, struct delegation *next)
{
	enum follow_outcome outcome = FOLLOW_CHANGE;
	ldns_rr_list *list;

	if (!w->c->ns) {
		for (size_t i = 0; outcome == FOLLOW_CHANGE && i < w->d->n_servers; i++)
			outcome = add_server(w, w->d->servers[i].name, next);
		return outcome;
	}
	if (!read_signed(&w->s->ns, LDNS_RR_TYPE_NS, w->keys, w->now, &list, NULL))
		return FOLLOW_UNSECURED;
	for (size_t i = 0; outcome == FOLLOW_CHANGE && i < ldns_rr_list_rr_count(list); i++) {
		char name[DELEGATION_NAME_MAX];
		outcome = add_server(w, observed_name(ldns_rr_rdf(ldns_rr_list_rr(list, i), 0), name), next);
	}
	ldns_rr_list_deep_free(list);
	qsort(next->servers, next->n_servers, sizeof(*next->servers), compare_names);
	return outcome;
}

static bool has_address(const struct delegation_server *s, const struct addr *a)
{
	for (size_t i = 0; i < s->n_addresses; i++)
		if (addr_equal(&s->addresses[i], a))
			return true;
	return false;
}

/** In whatever order. */
static bool has_same_servers(const struct delegation *a, const struct delegation *b)
{
	for (size_t i = 0; i < a->n_servers; i++) {
		const struct delegation_server *one = &a->servers[i], *other = find_server(b, one->name);
		if (other == NULL || other->n_addresses != one->n_addresses)
			return false;
		for (size_t k = 0; k < one->n_addresses; k++)
			if (!has_address(other, &one->addresses[k]))
				return false;
	}
	return a->n_servers == b->n_servers;
}

/** Read the record, signed and of our time. Return: FOLLOW_CHANGE, or why not. */
static enum follow_outcome read_record(const struct csync_seen *s, const ldns_rr_list *keys, time_t since, time_t now,
                                       struct csync *ret, time_t *ret_signed_since)
{
	ldns_rr_list *list;

	if (!read_signed(&s->csync, LDNS_RR_TYPE_CSYNC, keys, now, &list, ret_signed_since))
		return FOLLOW_UNSECURED;
	bool is_known = read_csync(list, ret);
	ldns_rr_list_deep_free(list);
	if (*ret_signed_since < since)
		return FOLLOW_OLD;
	if (!is_known)
		return FOLLOW_UNKNOWN;
	return (ret->flags & FLAG_IMMEDIATE) == 0 ? FOLLOW_WAITS : FOLLOW_CHANGE;
}

static enum follow_outcome decide(const struct csync_seen *s, const struct delegation *d, const ldns_rr_list *keys,
                                  time_t since, time_t now, struct csync_decision *ret)
{
	struct csync c;
	struct wish w = {s, d, &c, keys, now, .n_inside = 0};
	enum follow_outcome outcome = read_record(s, keys, since, now, &c, &ret->signed_since);

	if (outcome == FOLLOW_CHANGE)
		outcome = check_serials(s, &c, keys, now);
	if (outcome != FOLLOW_CHANGE)
		return outcome;
	w.n_inside = csync_inside(s, d, w.inside);
	outcome = add_servers(&w, &ret->next);
	return outcome == FOLLOW_CHANGE && has_same_servers(&ret->next, d) ? FOLLOW_SAME : outcome;
}

struct csync_decision csync_decide(const struct csync_seen *s, const struct delegation *d,
                                   const struct observed_target *shows_keys, time_t since, time_t now)
{
	struct csync_decision ret = {.outcome = FOLLOW_NOTHING};
	struct keys k = keys_of(shows_keys, d->ds);

	(void)delegation_init(&ret.next, d->zone); /* it is a zone's name */
	ret.next.prefix = d->prefix;
	ldns_rr_list_deep_free(ret.next.ds);
	ret.next.ds = ldns_rr_list_clone(d->ds);
	if (!observed_has_authority(&s->csync))
		ret.outcome = FOLLOW_SILENT;
	else if (csync_is_there(s) && ldns_rr_list_rr_count(d->ds) == 0)
		ret.outcome = FOLLOW_UNSECURED;
	else if (csync_is_there(s) && !keys_are_led_to(&k, shows_keys, now))
		ret.outcome = FOLLOW_KEYS;
	else if (csync_is_there(s))
		ret.outcome = decide(s, d, k.all, since, now, &ret);
	keys_done(&k);
	if (ret.outcome != FOLLOW_CHANGE)
		csync_done(&ret);
	return ret;
}

void csync_done(struct csync_decision *d)
{
	delegation_done(&d->next);
	d->next.ds = NULL;
}

void csync_seen_done(struct csync_seen *s)
{
	observed_answers_done(&s->soa, 1);
	observed_answers_done(&s->csync, 1);
	observed_answers_done(&s->ns, 1);
	observed_answers_done(s->addresses[0], sizeof(s->addresses) / sizeof(s->ns));
	observed_answers_done(&s->soa_again, 1);
}
