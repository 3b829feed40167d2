/* The zone as its servers have it: its top, its NS records, the addresses of its servers, all of one mind. */
/* SPDX-License-Identifier: MIT */
#include "delegation/judge.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DETAIL_MAX_BYTES = 2048 };

/** The zone that the resolver's answer comes from: its SOA is in the answer, or proves that the name is not there. */
static const ldns_rr *soa_above(const struct observed_answer *a)
{
	static const ldns_pkt_section sections[] = {LDNS_SECTION_ANSWER, LDNS_SECTION_AUTHORITY};

	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
		const ldns_rr_list *list = sections[i] == LDNS_SECTION_ANSWER ? ldns_pkt_answer(a->packet)
		                                                              : ldns_pkt_authority(a->packet);
		for (size_t k = 0; k < ldns_rr_list_rr_count(list); k++)
			if (ldns_rr_get_type(ldns_rr_list_rr(list, k)) == LDNS_RR_TYPE_SOA)
				return ldns_rr_list_rr(list, k);
	}
	return NULL;
}

static void judge_parent(struct verdict *v, const struct observed *o)
{
	const ldns_rr *soa = o->parent.packet == NULL ? NULL : soa_above(&o->parent);
	char name[DELEGATION_NAME_MAX];

	if (soa == NULL) {
		verdict_untested(v, CHECK_ZONE, UNTESTED_NO_RESOLVER);
		return;
	}
	(void)observed_name(ldns_rr_owner(soa), name);
	if (strcmp(name, ".") == 0)
		verdict_see_name(v, PROBLEM_NO_PARENT, NULL, &o->parent, NULL);
}

/** Whether @t has the zone's SOA; what is in its place is noted. */
static bool judge_top(struct verdict *v, const struct observed_target *t)
{
	const struct observed_answer *a = observed_soa(t);

	if (a == NULL)
		return false;
	if (!observed_has_authority(a)) {
		verdict_see(v, PROBLEM_LAME, t, a, NULL);
		return false;
	}
	ldns_rr_list *soa = observed_records(a, LDNS_RR_TYPE_SOA);
	if (soa == NULL)
		verdict_see(v, PROBLEM_NO_SOA, t, a, NULL);
	ldns_rr_list_deep_free(soa);
	return soa != NULL;
}

static void judge_child(struct verdict *v, const struct observed *o)
{
	bool has_answer = false, has_zone = false;

	for (size_t i = 0; i < o->n_targets; i++) {
		has_answer = has_answer || observed_works(&o->targets[i]);
		has_zone = judge_top(v, &o->targets[i]) || has_zone;
	}
	for (size_t i = 0; has_answer && !has_zone && i < o->n_targets; i++)
		if (observed_works(&o->targets[i]))
			verdict_see(v, PROBLEM_NO_CHILD, &o->targets[i], observed_soa(&o->targets[i]), NULL);
}

/** The serial of the zone at @t. Return: whether it has one. */
static bool serial_of(const struct observed_target *t, uint32_t *ret)
{
	ldns_rr_list *soa = observed_has_authority(observed_soa(t))
	                        ? observed_records(observed_soa(t), LDNS_RR_TYPE_SOA)
	                        : NULL;
	const ldns_rr *rr = soa == NULL ? NULL : ldns_rr_list_rr(soa, 0);
	bool has_one = rr != NULL && ldns_rr_rd_count(rr) == 7;

	if (has_one)
		*ret = ldns_rdf2native_int32(ldns_rr_rdf(rr, 2));
	ldns_rr_list_deep_free(soa);
	return has_one;
}

static void judge_serials(struct verdict *v, const struct observed *o)
{
	bool has_first = false, is_same = true;
	uint32_t first = 0, serial;
	char text[32];

	for (size_t i = 0; i < o->n_targets; i++) {
		if (!serial_of(&o->targets[i], &serial))
			continue;
		first = has_first ? first : serial;
		has_first = true;
		is_same = is_same && serial == first;
	}
	for (size_t i = 0; !is_same && i < o->n_targets; i++) {
		if (!serial_of(&o->targets[i], &serial))
			continue;
		(void)snprintf(text, sizeof(text), "serial %u", serial);
		verdict_see(v, PROBLEM_SERIALS, &o->targets[i], observed_soa(&o->targets[i]), text);
	}
}

/** Names of NS records, sorted, with spaces between them. */
struct ns_set {
	bool is_known;
	char *text;
};

static struct ns_set ns_set_of(const struct observed_target *t)
{
	const struct observed_answer *a = &t->answers[PROBE_NS];
	struct ns_set set = {.is_known = observed_has_authority(a)};
	ldns_rr_list *list = set.is_known ? observed_records(a, LDNS_RR_TYPE_NS) : NULL;
	size_t n = list == NULL ? 0 : ldns_rr_list_rr_count(list);
	struct buf b;

	buf_init(&b, DETAIL_MAX_BYTES);
	if (list != NULL) {
		ldns_rr_list2canonical(list);
		ldns_rr_list_sort(list);
	}
	for (size_t i = 0; i < n; i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		char name[DELEGATION_NAME_MAX];
		if (ldns_rr_rd_count(rr) == 1)
			(void)buf_printf(&b, "%s%s", b.len > 0 ? " " : "", observed_name(ldns_rr_rdf(rr, 0), name));
	}
	ldns_rr_list_deep_free(list);
	set.text = buf_take_text(&b);
	return set;
}

static bool set_has(const char *set, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = strstr(set, name); at != NULL; at = strstr(at + 1, name))
		if ((at == set || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

static void compare_with_parent(struct verdict *v, const struct observed *o, const struct observed_target *t,
                                const char *set)
{
	size_t n_found = 0, n_listed = *set == '\0' ? 0 : 1;

	for (const char *at = set; *at != '\0'; at++)
		n_listed += *at == ' ';
	for (size_t s = 0; s < o->d->n_servers; s++)
		n_found += set_has(set, o->d->servers[s].name);
	if (n_found < o->d->n_servers)
		verdict_see(v, PROBLEM_NS_NOT_IN_CHILD, t, &t->answers[PROBE_NS], set);
	if (n_found < n_listed)
		verdict_see(v, PROBLEM_NS_MORE_IN_CHILD, t, &t->answers[PROBE_NS], set);
}

static void judge_ns(struct verdict *v, const struct observed *o)
{
	struct ns_set sets[OBSERVED_TARGETS_MAX] = {0};
	const char *first = NULL;
	bool is_same = true;

	for (size_t i = 0; i < o->n_targets; i++) {
		sets[i] = ns_set_of(&o->targets[i]);
		if (!sets[i].is_known)
			continue;
		first = first == NULL ? sets[i].text : first;
		is_same = is_same && strcmp(sets[i].text, first) == 0;
		compare_with_parent(v, o, &o->targets[i], sets[i].text);
	}
	for (size_t i = 0; i < o->n_targets; i++) {
		const struct observed_target *t = &o->targets[i];
		if (!is_same && sets[i].is_known)
			verdict_see(v, PROBLEM_NS_SETS, t, &t->answers[PROBE_NS], sets[i].text);
		free(sets[i].text);
	}
	if (first == NULL) {
		verdict_untested(v, CHECK_NS_CHILD, UNTESTED_NO_SERVER);
		verdict_untested(v, CHECK_NS_SAME, UNTESTED_NO_SERVER);
	}
}

static bool is_alias(const struct observed_answer *a)
{
	ldns_rr_list *list = observed_records(a, LDNS_RR_TYPE_CNAME);

	ldns_rr_list_deep_free(list);
	return list != NULL;
}

/** What is known of server @s's name: by the resolver outside the zone, by a server of the zone inside. */
struct known {
	const struct observed_answer *answers[FAMILIES]; /* NULL: not known */
};

static struct known known_of(const struct observed *o, size_t s, const struct observed_target *t)
{
	struct known k = {{NULL, NULL}};

	for (size_t f = 0; f < FAMILIES; f++) {
		const struct observed_answer *a = t == NULL ? &o->lookups[s][f] : &t->inside[s][f];
		bool is_answer = a->packet != NULL && (ldns_pkt_get_rcode(a->packet) == LDNS_RCODE_NOERROR ||
		                                       ldns_pkt_get_rcode(a->packet) == LDNS_RCODE_NXDOMAIN);
		if (is_answer && (t == NULL || ldns_pkt_aa(a->packet)))
			k.answers[f] = a;
	}
	return k;
}

static bool is_whole(struct known k)
{
	return k.answers[0] != NULL && k.answers[1] != NULL;
}

/** The addresses given for @s must be those that its name has, where that is known. */
static void judge_addresses_of(struct verdict *v, const struct observed *o, size_t s, const struct observed_target *t)
{
	const struct delegation_server *server = &o->d->servers[s];
	struct known k = known_of(o, s, t);

	for (size_t f = 0; f < FAMILIES; f++)
		if (k.answers[f] != NULL && is_alias(k.answers[f])) {
			verdict_see_name(v, PROBLEM_NS_CNAME, server->name, k.answers[f], NULL);
			return;
		}
	for (size_t i = 0; i < server->n_addresses; i++) {
		const struct addr *a = &server->addresses[i];
		const struct observed_answer *answer = k.answers[addr_family(a) == AF_INET ? 0 : 1];
		char text[ADDR_TEXT_MAX];
		if (answer != NULL && !observed_has_address(answer, a))
			verdict_see_name(v, PROBLEM_GLUE_DIFFERS, server->name, answer, addr_text(a, text));
	}
}

static void judge_names(struct verdict *v, const struct observed *o)
{
	enum untested why = TESTED;

	for (size_t s = 0; s < o->d->n_servers; s++) {
		const struct delegation_server *server = &o->d->servers[s];
		bool has_answer = false;
		if (server->is_inside && server->n_addresses == 0)
			verdict_see_name(v, PROBLEM_NO_GLUE, server->name, NULL, NULL);
		for (size_t i = 0; server->is_inside && i < o->n_targets; i++) {
			has_answer = has_answer || is_whole(known_of(o, s, &o->targets[i]));
			judge_addresses_of(v, o, s, &o->targets[i]);
		}
		if (!server->is_inside) {
			has_answer = is_whole(known_of(o, s, NULL));
			judge_addresses_of(v, o, s, NULL);
		}
		if (!has_answer)
			why = server->is_inside ? UNTESTED_NO_SERVER : UNTESTED_NO_RESOLVER;
	}
	verdict_untested(v, CHECK_CNAME, why);
	verdict_untested(v, CHECK_GLUE, why);
}

void judge_zone(struct verdict *v, const struct observed *o)
{
	judge_parent(v, o);
	judge_child(v, o);
	judge_serials(v, o);
	judge_ns(v, o);
	judge_names(v, o);
}
