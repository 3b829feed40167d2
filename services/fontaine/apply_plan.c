/* What a new POP file changes in a POP that runs. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/apply_plan.h"

#include "base/mem.h"
#include "base/pop_json.h"
#include "fontaine/generated.h"
#include "fontaine/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Parts of the POP file that daemons of ours read themselves. All of them read "site", and where services are. */
enum {
	PART_SPEEDTEST = 1 << 0,
	PART_IPV6TEST = 1 << 1,
	PART_TURN = 1 << 2,
	PART_RDNS = 1 << 3,
	PART_MIRROR = 1 << 4,
	PART_MEMBERS = 1 << 5,
	PART_NEIGHBOURS = 1 << 6,
	PART_LATENCY = 1 << 7,
	PART_NOTICES = 1 << 8,
	PART_ALL_SERVICES = 1 << 9, /* and what is announced of them, and asked by operators */
};

/** In the order in which they are told: names first, and who watches all others last. */
static const struct row {
	const char *service;
	const char *unit;  /* NULL: that which carries the service */
	const char *files; /* what the names of its files begin with; NULL: it has none */
	enum apply_how how;
	unsigned parts;
} rows[] = {
	{"authoritative", "fontaine-reverse-zones.service", "knot/reverse.list", APPLY_RELOAD, 0},
	{"authoritative", NULL, "knot/", APPLY_RELOAD, 0},
	{"resolver", NULL, "unbound/", APPLY_RELOAD, 0},
	{"pages", NULL, "nginx/", APPLY_RELOAD, 0},
	{"ntp", NULL, "chrony/", APPLY_RESTART, 0},
	{"turn", NULL, "coturn/", APPLY_RESTART, 0},
	{"speedtest", NULL, NULL, APPLY_RESTART, PART_SPEEDTEST | PART_TURN | PART_NEIGHBOURS},
	{"ipv6test", NULL, NULL, APPLY_RESTART, PART_IPV6TEST},
	{"rdns", NULL, NULL, APPLY_RESTART, PART_RDNS | PART_MEMBERS},
	{"mirror", NULL, NULL, APPLY_RESTART, PART_MIRROR | PART_NEIGHBOURS},
	{"bgp", "bird.service", "bird/", APPLY_RELOAD, 0},
	{"network", "nftables.service", "nftables/", APPLY_RELOAD, 0},
	{"latency", "peerd.service", NULL, APPLY_RESTART, PART_LATENCY | PART_NEIGHBOURS | PART_NOTICES | PART_MEMBERS},
	{"metrics", "fontaine-metrics.service", NULL, APPLY_RESTART, PART_ALL_SERVICES | PART_LATENCY | PART_NOTICES},
	{"health", "healthd.service", NULL, APPLY_RESTART, PART_ALL_SERVICES},
};

const char apply_refusal_remedy[] =
    "this needs a boot: put the file in the place of /etc/fontaine/pop.yaml, \"fontaine drain\", and reboot";

static const char *or_none(const char *text)
{
	return text != NULL ? text : "";
}

/** The text of the file called @name; "" when there is none. */
static const char *text_of(const struct fileset *s, const char *name)
{
	size_t folder = strlen(s->dir) + 1;

	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->files[i].path + folder, name) == 0)
			return or_none(s->files[i].text);
	return "";
}

/** The first file whose name begins with @prefix and that differs; NULL when there is none. */
static const char *first_other(const struct fileset *a, const struct fileset *b, const char *prefix)
{
	const struct fileset *sides[] = {a, b};

	for (size_t side = 0; side < 2; side++)
		for (size_t i = 0; i < sides[side]->n; i++) {
			const char *name = sides[side]->files[i].path + strlen(sides[side]->dir) + 1;
			bool is_meant = strncmp(name, prefix, strlen(prefix)) == 0;
			if (is_meant && strcmp(text_of(a, name), text_of(b, name)) != 0)
				return name;
		}
	return NULL;
}

/** Those @parts of the POP file alone, as text. Release with free(). */
static char *parts_text(const struct pop *p, unsigned parts)
{
	const struct pop_services *all = p->services;
	struct pop_services s = {
		.speedtest = (parts & PART_SPEEDTEST) != 0 ? all->speedtest : NULL,
		.ipv6test = (parts & PART_IPV6TEST) != 0 ? all->ipv6test : NULL,
		.turn = (parts & PART_TURN) != 0 ? all->turn : NULL,
		.rdns = (parts & PART_RDNS) != 0 ? all->rdns : NULL,
		.mirror = (parts & PART_MIRROR) != 0 ? all->mirror : NULL,
	};
	struct pop seen = {.site = p->site, .services = &s};

	if ((parts & PART_ALL_SERVICES) != 0) {
		seen.services = p->services;
		seen.addresses = p->addresses;
		seen.bgp = p->bgp;
		seen.management = p->management;
	}
	if ((parts & PART_LATENCY) != 0)
		seen.latency = p->latency;
	if ((parts & PART_NOTICES) != 0)
		seen.notices = p->notices;
	if ((parts & PART_MEMBERS) != 0) {
		seen.members = p->members;
		seen.n_members = p->n_members;
		seen.ixf_export = p->ixf_export;
	}
	if ((parts & PART_NEIGHBOURS) != 0) {
		seen.neighbours = p->neighbours;
		seen.n_neighbours = p->n_neighbours;
	}
	char *own = pop_text(&seen), *public = pop_public_json(p);
	char *text = mem_printf("%s%s", own, public);
	free(own);
	free(public);
	return text;
}

static bool differ(const struct pop *a, const struct pop *b, unsigned parts)
{
	char *one = parts_text(a, parts), *other = parts_text(b, parts);
	bool result = strcmp(one, other) != 0;

	free(one);
	free(other);
	return result;
}

/** Whether @e is among the @n of @all. */
static bool has_socket(const struct pop_endpoint *all, size_t n, const struct pop_endpoint *e)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].service, e->service) == 0 && strcmp(all[i].protocol, e->protocol) == 0 &&
		    addr_equal(&all[i].addr, &e->addr))
			return true;
	return false;
}

/** Refuse sockets of @a that @b has not: they are to be @what. */
static void refuse_sockets(const struct pop *a, const struct pop *b, const char *what, struct apply_plan *plan)
{
	struct pop_endpoint of_a[POP_ENDPOINTS_MAX], of_b[POP_ENDPOINTS_MAX];
	size_t n_a = pop_endpoints(a, of_a), n_b = pop_endpoints(b, of_b);
	char address[ADDR_PORT_TEXT_MAX];

	for (size_t i = 0; i < n_a && *plan->refused == '\0'; i++)
		if (!has_socket(of_b, n_b, &of_a[i]))
			(void)snprintf(plan->refused, sizeof(plan->refused),
			               "services.%s: its socket %s (%s) would be %s",
			               of_a[i].service, addr_port_text(&of_a[i].addr, address), of_a[i].protocol, what);
}

/** Refuse units that @a has started and @b has not. */
static void refuse_units(const struct pop *a, const struct pop *b, const char *what, struct apply_plan *plan)
{
	const char *of_a[GENERATED_UNITS_MAX], *of_b[GENERATED_UNITS_MAX];
	size_t n_a = generated_units(a, of_a), n_b = generated_units(b, of_b);

	for (size_t i = 0; i < n_a && *plan->refused == '\0'; i++) {
		size_t k = 0;
		while (k < n_b && strcmp(of_a[i], of_b[k]) != 0)
			k++;
		if (k == n_b)
			(void)snprintf(plan->refused, sizeof(plan->refused), "%s would be %s", of_a[i], what);
	}
}

static void refuse(const struct apply_side *old, const struct apply_side *new, struct apply_plan *plan)
{
	refuse_sockets(old->pop, new->pop, "closed", plan);
	refuse_sockets(new->pop, old->pop, "opened", plan);
	refuse_units(old->pop, new->pop, "stopped", plan);
	refuse_units(new->pop, old->pop, "started", plan);
	const char *drop_in = first_other(&old->generated, &new->generated, "");
	if (*plan->refused == '\0' && drop_in != NULL)
		(void)snprintf(plan->refused, sizeof(plan->refused), "%s: what systemd is told at boot would change",
		               drop_in);
	if (*plan->refused == '\0' && first_other(&old->rendered, &new->rendered, "tls/names") != NULL)
		(void)snprintf(plan->refused, sizeof(plan->refused),
		               "site.domain: the certificate would need other names");
	if (*plan->refused == '\0' && first_other(&old->rendered, &new->rendered, "network/") != NULL)
		(void)snprintf(plan->refused, sizeof(plan->refused),
		               "network: the machine would be connected otherwise");
}

/** Whether the new POP has a unit for @r to speak to. */
static bool is_on(const struct pop *p, const struct row *r)
{
	struct pop_service all[POP_SERVICES];

	if (strcmp(r->service, "health") == 0)
		return true;
	if (strcmp(r->service, "bgp") == 0)
		return p->bgp != NULL;
	if (strcmp(r->service, "network") == 0)
		return p->network != NULL;
	if (strcmp(r->service, "latency") == 0)
		return p->latency != NULL || p->notices != NULL;
	if (strcmp(r->service, "metrics") == 0)
		return p->services->pages != NULL;
	pop_list_services(p, all);
	for (size_t i = 0; i < POP_SERVICES; i++)
		if (strcmp(all[i].name, r->service) == 0)
			return all[i].is_on;
	return false;
}

static struct apply_change change_of(const struct row *r, const struct apply_side *old, const struct apply_side *new)
{
	struct apply_change c = {.service = r->service, .unit = r->unit};
	bool is_nsd = false;

	if (c.unit == NULL) {
		c.unit = units_of(new->pop, r->service);
		is_nsd = strcmp(c.unit, "nsd.service") == 0;
	}
	if (r->files != NULL)
		c.because = first_other(&old->rendered, &new->rendered, is_nsd ? "nsd/" : r->files);
	if (c.because == NULL && strcmp(r->service, "authoritative") == 0)
		c.because = first_other(&old->rendered, &new->rendered, "as112/");
	if (c.because == NULL && r->parts != 0 && differ(old->pop, new->pop, r->parts))
		c.because = "the POP file";
	if (c.because != NULL)
		c.how = is_nsd ? APPLY_RESTART : r->how; /* it reads its configuration once */
	return c;
}

void apply_plan(const struct apply_side *old, const struct apply_side *new, struct apply_plan *ret)
{
	*ret = (struct apply_plan){0};
	refuse(old, new, ret);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (is_on(new->pop, &rows[i]))
			ret->changes[ret->n++] = change_of(&rows[i], old, new);
	ret->has_new_keys = first_other(&old->rendered, &new->rendered, "knot/reverse.list") != NULL;
	ret->is_any = strcmp(old->text, new->text) != 0 || first_other(&old->rendered, &new->rendered, "") != NULL;
}

const char *apply_how_word(enum apply_how how)
{
	static const char *const words[] = {"unchanged", "reloaded", "restarted"};

	return words[how];
}

yyjson_mut_val *apply_plan_json(yyjson_mut_doc *d, const struct apply_plan *plan)
{
	yyjson_mut_val *all = yyjson_mut_arr(d);

	for (size_t i = 0; i < plan->n; i++) {
		const struct apply_change *c = &plan->changes[i];
		yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, all);
		yyjson_mut_obj_add_str(d, o, "service", c->service);
		yyjson_mut_obj_add_str(d, o, "unit", c->unit);
		yyjson_mut_obj_add_str(d, o, "how", apply_how_word(c->how));
		if (c->because != NULL)
			yyjson_mut_obj_add_str(d, o, "because", c->because);
	}
	return all;
}
