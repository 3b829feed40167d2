/* What is known of the POP's health. */
/* SPDX-License-Identifier: MIT */
#include "health/model.h"

#include <stdio.h>
#include <string.h>

enum { HOLD_DEFAULT_S = 10 }; /* where nothing is announced */

const char *const told_words[] = {
	[TOLD_UNKNOWN] = "unknown", [TOLD_DOWN] = "down", [TOLD_UP] = "up", [TOLD_UP + 1] = NULL};

const char *const announced_words[] = {
	[ANNOUNCED_NOT] = "withdrawn", [ANNOUNCED_FULLY] = "announced", [ANNOUNCED_LEAVING] = "leaving"};

/** All but that of keys for NTS, which one address is given too seldom for such questions. */
static void add_sockets(struct model *m)
{
	struct pop_endpoint all[PROBE_SOCKETS_MAX];
	size_t n = probe_list(m->pop, all);
	unsigned service = 0;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(all[i].protocol, "nts") == 0)
			continue;
		while (strcmp(m->services[service].name, all[i].service) != 0)
			service++; /* both are in one order */
		m->sockets[m->n_sockets++] = (struct model_socket){.endpoint = all[i], .service = service};
	}
}

/** A prefix is announced by the first address in it. */
static void add_address(struct model *m, const char *text, unsigned ipv4_length, unsigned ipv6_length, unsigned service)
{
	struct addr a;
	size_t i = 0;

	if (text == NULL || addr_parse(text, 0, &a) < 0)
		return;
	unsigned len = addr_family(&a) == AF_INET ? ipv4_length : ipv6_length;
	struct prefix prefix = prefix_of(&a, len);
	while (i < m->n_addresses && !prefix_contains(&prefix, &m->addresses[i].addr))
		i++;
	if (i == m->n_addresses)
		m->addresses[m->n_addresses++] = (struct model_address){.addr = a, .prefix_len = len};
	m->addresses[i].services |= 1U << service;
}

static void add_addresses(struct model *m, const struct pop_service *s, unsigned service)
{
	const struct pop_bgp *b = m->pop->bgp;

	if (s->addresses == &as112_addresses) {
		for (size_t i = 0; i < AS112_HOSTS; i++)
			add_address(m, as112_hosts[i], AS112_IPV4_LENGTH, AS112_IPV6_LENGTH, service);
		return;
	}
	add_address(m, s->addresses->ipv4, b->ipv4_length, b->ipv6_length, service);
	add_address(m, s->addresses->ipv6, b->ipv4_length, b->ipv6_length, service);
}

void model_init(struct model *m, const struct pop *pop, model_event_fn on_event, void *data)
{
	struct pop_service all[POP_SERVICES];

	*m = (struct model){.pop = pop, .on_event = on_event, .data = data};
	pop_list_services(pop, all);
	for (unsigned i = 0; i < POP_SERVICES; i++) {
		m->services[i].name = all[i].name;
		m->services[i].is_on = all[i].is_on;
		if (pop->bgp != NULL && all[i].is_on)
			add_addresses(m, &all[i], i);
	}
	add_sockets(m);
}

struct model_service *model_service(struct model *m, const char *name)
{
	for (size_t i = 0; i < POP_SERVICES; i++)
		if (m->services[i].is_on && strcmp(m->services[i].name, name) == 0)
			return &m->services[i];
	return NULL;
}

void model_recall(struct model *m, const char *name, enum told told, int64_t since_s)
{
	struct model_service *s = model_service(m, name);

	if (s == NULL)
		return;
	s->told = told;
	s->since_s = since_s;
}

/** From worst to best. */
static unsigned rank(enum health h)
{
	static const unsigned ranks[] = {
		[HEALTH_DOWN] = 0, [HEALTH_UNKNOWN] = 1, [HEALTH_HELD] = 2, [HEALTH_UP] = 3};

	return ranks[h];
}

static const struct model_socket *worst_socket(const struct model *m, unsigned service)
{
	const struct model_socket *worst = NULL;

	for (size_t i = 0; i < m->n_sockets; i++) {
		const struct model_socket *s = &m->sockets[i];
		if (s->service == service && (worst == NULL || rank(s->steady.health) < rank(worst->steady.health)))
			worst = s;
	}
	return worst;
}

/** UNKNOWN tells nothing new: it is what was told last, until it is known better. */
static void tell(struct model *m, struct model_service *s, int64_t now_s)
{
	enum told told = s->told;

	if (s->health != HEALTH_UNKNOWN)
		told = s->health == HEALTH_DOWN ? TOLD_DOWN : TOLD_UP;
	if (told == s->told)
		return;
	s->told = told;
	s->since_s = now_s;
	m->on_event(&(struct model_event){.time_s = now_s,
	                                  .name = s->name,
	                                  .state = told_words[told],
	                                  .reason = told == TOLD_DOWN ? s->detail : ""},
	            m->data);
}

static void settle(struct model *m, unsigned service, int64_t now_s)
{
	struct model_service *s = &m->services[service];
	const struct model_socket *worst = worst_socket(m, service);
	enum health to = worst->steady.health;
	char address[ADDR_PORT_TEXT_MAX];

	if (to == s->health)
		return;
	s->health = to;
	s->changed_s = now_s;
	s->detail[0] = '\0';
	if (to == HEALTH_DOWN) {
		s->n_falls++;
		(void)snprintf(s->detail, sizeof(s->detail), "%s %s: %s", worst->endpoint.protocol,
		               addr_port_text(&worst->endpoint.addr, address), worst->finding.detail);
	}
	tell(m, s, now_s);
}

void model_take(struct model *m, size_t i, const struct finding *f, struct model_time now)
{
	struct model_socket *s = &m->sockets[i];

	unsigned hold_s = m->pop->bgp != NULL ? m->pop->bgp->hold_seconds : HOLD_DEFAULT_S;

	s->finding = *f;
	if (steady_take(&s->steady, f->is_up, hold_s * 1000ULL, now.ms))
		settle(m, s->service, now.s);
}

void model_forget(struct model *m, struct model_time now)
{
	for (size_t i = 0; i < m->n_sockets; i++) {
		m->sockets[i].steady = (struct steady){0};
		settle(m, m->sockets[i].service, now.s);
	}
}

/** Whether all of the services of @a are UP; *ret_drained: whether an operator drains one of them. */
static bool is_fit(const struct model *m, const struct model_address *a, bool *ret_drained)
{
	bool fits = true;

	*ret_drained = false;
	for (unsigned i = 0; i < POP_SERVICES; i++) {
		if ((a->services & 1U << i) == 0)
			continue;
		fits = fits && m->services[i].health == HEALTH_UP;
		*ret_drained = *ret_drained || m->services[i].is_drained;
	}
	return fits;
}

void model_announce(struct model *m, struct model_time now)
{
	for (size_t i = 0; i < m->n_addresses; i++) {
		struct model_address *a = &m->addresses[i];
		char text[ADDR_TEXT_MAX];
		bool is_drained, fits = is_fit(m, a, &is_drained);
		uint64_t leave_ms = m->pop->bgp->leave_seconds * 1000ULL;

		if (announce_step(&a->announce, fits, is_drained, now.ms, leave_ms))
			m->on_event(&(struct model_event){.time_s = now.s,
			                                  .name = addr_text(&a->addr, text),
			                                  .state = announced_words[a->announce.now],
			                                  .reason = is_drained ? "drained" : ""},
			            m->data);
	}
}

bool model_is_ready(const struct model *m)
{
	for (size_t i = 0; i < POP_SERVICES; i++) {
		const struct model_service *s = &m->services[i];
		if (s->is_on && (s->health != HEALTH_UP || s->is_drained))
			return false;
	}
	return true;
}
