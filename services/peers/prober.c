/*
 * Each series has a timer: on_tick() settles the probe before, ends the round when its minute is over, and sends the
 * next one. Answers come by one socket for each family (on_answer()), which say by what we sent whose they are.
 */
/* SPDX-License-Identifier: MIT */
#include "peers/prober.h"

#include "base/log.h"
#include "base/mem.h"
#include "peers/echo.h"
#include "peers/handshake.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	LOOK_UP_MS = 600000, /* addresses of names change */
	LOOK_UP_AGAIN_MS = 30000,
	FAMILIES = 2,
};

static const struct {
	const char *name;
	int af;
} families[FAMILIES] = {{"ipv4", AF_INET}, {"ipv6", AF_INET6}};

struct series {
	struct prober *prober;
	int af;
	uv_timer_t timer;
	struct echo echo; /* the probe that is under way */
	struct handshake *handshake;
	bool is_waiting, is_answered;
	uint32_t us;
	struct round round;
};

struct look_up {
	struct prober *prober;
	size_t first; /* of its series, one for each family */
	uv_timer_t timer;
	uv_getaddrinfo_t request;
	bool is_asking;
};

struct prober {
	struct prober_config config;
	int fds[FAMILIES]; /* -1: none */
	uv_poll_t polls[FAMILIES];
	struct prober_series *known; /* what others may see, beside series[] */
	struct series *series;
	size_t n_series;
	struct look_up *look_ups; /* one for each target */
	char **hosts;             /* of neighbours, out of their URLs */
	size_t n_targets;
	size_t n_handles; /* that are not closed, and look-ups that go on */
	bool is_started;
	void (*on_closed)(void *data);
	void *closed_data;
};

static void free_prober(struct prober *p)
{
	for (size_t i = 0; i < p->n_targets; i++)
		free(p->hosts[i]);
	for (size_t i = 0; i < FAMILIES; i++)
		if (p->fds[i] >= 0)
			(void)close(p->fds[i]);
	free((void *)p->hosts);
	free(p->look_ups);
	free(p->series);
	free(p->known);
	free(p);
}

static void settle(struct prober *p)
{
	if (--p->n_handles > 0)
		return;
	void (*on_closed)(void *) = p->on_closed;
	void *data = p->closed_data;

	free_prober(p);
	if (on_closed != NULL)
		on_closed(data);
}

/* Rounds */

static void end_round(struct series *s)
{
	struct prober_series *known = &s->prober->known[s - s->prober->series];
	uint32_t us[ROUND_PROBES_MAX];

	if (s->round.sent == 0)
		return;
	memcpy(us, s->round.us, sizeof(us));
	known->last = s->round;
	known->figure = figure_of(s->round.sent, us, s->round.n);
	s->prober->config.on_round(&s->round, s->prober->config.data);
	s->round.sent = s->round.n = 0;
}

/** The probe that was sent last is answered, or lost. */
static void settle_probe(struct series *s)
{
	struct prober_series *known = &s->prober->known[s - s->prober->series];

	if (s->handshake != NULL)
		handshake_close(s->handshake);
	s->handshake = NULL;
	if (!s->is_waiting)
		return;
	s->is_waiting = false;
	s->round.sent++;
	if (s->is_answered)
		s->round.us[s->round.n++] = s->us;
	known->answered += s->is_answered;
	known->lost += !s->is_answered;
}

static void answered(struct series *s, uint64_t us)
{
	if (!s->is_waiting || s->is_answered || us > PROBER_LIMIT_MS * 1000ULL)
		return;
	s->is_answered = true;
	s->us = (uint32_t)us;
}

static void on_handshake(void *data, uint64_t us)
{
	answered(data, us);
}

static void send_probe(struct series *s)
{
	struct prober *p = s->prober;
	const struct prober_series *known = &p->known[s - p->series];
	int fd = p->fds[s->af == AF_INET ? 0 : 1];

	if (!known->has_address)
		return; /* nobody is asked, so nothing is lost */
	s->is_waiting = true;
	s->is_answered = false;
	if (fd >= 0)
		echo_send(fd, &known->address, (uint32_t)(s - p->series), &s->echo); /* what cannot be sent is lost */
	else
		s->handshake = handshake_start(p->config.loop, &known->address, on_handshake, s);
}

static void on_tick(uv_timer_t *timer)
{
	struct series *s = timer->data;
	int64_t now_s = (int64_t)time(NULL);
	int64_t minute_s = now_s - now_s % ROUND_S;

	settle_probe(s);
	if (minute_s != s->round.time_s || s->round.sent >= ROUND_PROBES_MAX)
		end_round(s);
	if (s->round.sent == 0)
		s->round.time_s = minute_s;
	send_probe(s);
}

static void on_answer(uv_poll_t *poll, int status, int events)
{
	struct prober *p = poll->data;
	struct echo_answer a;

	(void)events;
	int fd = p->fds[poll - p->polls];
	while (status == 0 && echo_receive(fd, &a) == 0) {
		struct series *s = a.number < p->n_series ? &p->series[a.number] : NULL;
		uint64_t us;
		if (s != NULL && echo_match(&s->echo, &a, &us))
			answered(s, us);
	}
}

/* Addresses */

static void take_address(struct prober *p, size_t series, const struct addrinfo *found)
{
	struct prober_series *known = &p->known[series];

	for (; found != NULL; found = found->ai_next) {
		if (found->ai_family != p->series[series].af)
			continue;
		known->has_address = true;
		(void)memcpy(&known->address, found->ai_addr, found->ai_addrlen);
		return;
	}
	known->has_address = false;
}

static void on_found(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
	struct look_up *l = request->data;
	struct prober *p = l->prober;

	l->is_asking = false;
	for (size_t i = 0; i < FAMILIES && status == 0; i++)
		take_address(p, l->first + i, found);
	uv_freeaddrinfo(found);
	if (uv_is_closing((uv_handle_t *)&l->timer)) {
		settle(p);
		return;
	}
	p->n_handles--;
	uv_timer_set_repeat(&l->timer, status < 0 ? LOOK_UP_AGAIN_MS : LOOK_UP_MS); /* what was known stays */
	(void)uv_timer_again(&l->timer);
}

static void on_look_up(uv_timer_t *timer)
{
	struct look_up *l = timer->data;
	struct prober *p = l->prober;
	const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};

	if (l->is_asking)
		return;
	l->is_asking = uv_getaddrinfo(p->config.loop, &l->request, on_found, p->known[l->first].host, NULL,
	                              &hints) == 0;
	p->n_handles += l->is_asking;
}

/* Its beginning and its end */

/** The host of a URL such as "//speedtest.paris.example:8080/", without brackets. Release with free(). */
static char *host_of(const char *url)
{
	const char *slashes = strstr(url, "//");

	assert(slashes != NULL); /* was checked */
	const char *host = slashes + 2;
	if (*host == '[')
		return mem_printf("%.*s", (int)strcspn(host + 1, "]"), host + 1);
	return mem_printf("%.*s", (int)strcspn(host, ":/"), host);
}

static void add_target(struct prober *p, const char *name, const char *title, char *host)
{
	size_t t = p->n_targets++;

	p->hosts[t] = host;
	p->look_ups[t] = (struct look_up){.prober = p, .first = p->n_series};
	for (size_t i = 0; i < FAMILIES; i++) {
		size_t n = p->n_series++;
		p->known[n] = (struct prober_series){
			.target = name, .title = title, .host = host, .family = families[i].name};
		p->series[n] = (struct series){.prober = p, .af = families[i].af};
		p->series[n].round = (struct round){.target = name, .family = families[i].name};
	}
}

struct prober *prober_new(const struct pop *pop)
{
	const struct pop_latency *l = pop->latency;
	struct prober *p = mem_new(sizeof(*p));
	size_t n = pop->n_neighbours + l->n_targets;

	p->known = mem_new(FAMILIES * (n + 1) * sizeof(*p->known));
	p->series = mem_new(FAMILIES * (n + 1) * sizeof(*p->series));
	p->look_ups = mem_new((n + 1) * sizeof(*p->look_ups));
	p->hosts = (char **)mem_new((n + 1) * sizeof(*p->hosts));
	for (unsigned i = 0; i < pop->n_neighbours; i++)
		add_target(p, pop->neighbours[i].name, pop->neighbours[i].title, host_of(pop->neighbours[i].speedtest));
	for (unsigned i = 0; i < l->n_targets; i++) {
		const struct pop_latency_target *t = &l->targets[i];
		add_target(p, t->name, t->title != NULL ? t->title : t->name, mem_strdup(t->host));
	}
	for (size_t i = 0; i < FAMILIES; i++)
		p->fds[i] = echo_open(families[i].af);
	if (!prober_is_icmp(p))
		log_info("latency: no socket for ICMP echo: TCP is measured; see net.ipv4.ping_group_range in icmp(7)");
	return p;
}

bool prober_is_icmp(const struct prober *p)
{
	return p->fds[0] >= 0 || p->fds[1] >= 0;
}

size_t prober_series(const struct prober *p, const struct prober_series **ret)
{
	*ret = p->known;
	return p->n_series;
}

void prober_start(struct prober *p, const struct prober_config *config)
{
	p->config = *config;
	p->is_started = true;
	for (size_t i = 0; i < FAMILIES; i++) {
		if (p->fds[i] < 0 || uv_poll_init(config->loop, &p->polls[i], p->fds[i]) < 0)
			continue;
		p->polls[i].data = p;
		p->n_handles++;
		(void)uv_poll_start(&p->polls[i], UV_READABLE, on_answer);
	}
	for (size_t i = 0; i < p->n_targets; i++) {
		struct look_up *l = &p->look_ups[i];
		l->timer.data = l->request.data = l;
		(void)uv_timer_init(config->loop, &l->timer);
		(void)uv_timer_start(&l->timer, on_look_up, 0, LOOK_UP_MS);
		p->n_handles++;
	}
	for (size_t i = 0; i < p->n_series; i++) {
		struct series *s = &p->series[i];
		s->timer.data = s;
		(void)uv_timer_init(config->loop, &s->timer);
		(void)uv_timer_start(&s->timer, on_tick, PROBER_STEP_MS * (i + 1) / (p->n_series + 1), PROBER_STEP_MS);
		p->n_handles++;
	}
}

static void on_poll_closed(uv_handle_t *handle)
{
	settle(handle->data);
}

static void on_look_up_closed(uv_handle_t *handle)
{
	settle(((struct look_up *)handle->data)->prober);
}

static void on_tick_closed(uv_handle_t *handle)
{
	settle(((struct series *)handle->data)->prober);
}

void prober_close(struct prober *p, void (*on_closed)(void *data), void *data)
{
	p->on_closed = on_closed;
	p->closed_data = data;
	p->n_handles++; /* ours, so that it outlives what ends at once */
	for (size_t i = 0; i < FAMILIES && p->is_started; i++)
		if (p->polls[i].data != NULL)
			uv_close((uv_handle_t *)&p->polls[i], on_poll_closed);
	for (size_t i = 0; i < p->n_targets && p->is_started; i++) {
		if (p->look_ups[i].is_asking)
			(void)uv_cancel((uv_req_t *)&p->look_ups[i].request);
		uv_close((uv_handle_t *)&p->look_ups[i].timer, on_look_up_closed);
	}
	for (size_t i = 0; i < p->n_series && p->is_started; i++) {
		struct series *s = &p->series[i];
		s->is_waiting = s->is_waiting && s->is_answered; /* nobody knows whether the others are lost */
		settle_probe(s);
		end_round(s);
		uv_close((uv_handle_t *)&s->timer, on_tick_closed);
	}
	settle(p);
}
