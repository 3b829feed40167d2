/* SPDX-License-Identifier: MIT */
#include "rdns/prompting.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECOND_MS = 1000 };

struct prompting {
	int fd;
	uv_timer_t timer;
	char *zones[PROMPTING_ZONES_MAX]; /* updated, not yet asked for */
	size_t n_zones;
	void (*on_closed)(void *data);
	void *closed_data;
};

int prompting_open(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC); /* to write alone, it would have to be read already */

	if (fd >= 0)
		return fd;
	int rc = -errno;
	log_warn("%s: changes may take a second: %s", path, strerror(-rc));
	return rc;
}

uint64_t prompting_delay_ms(uint64_t now_ms)
{
	uint64_t ms = now_ms % SECOND_MS;

	return ms < PROMPTING_LATE_MS ? 0 : SECOND_MS - ms;
}

static void on_second(uv_timer_t *timer)
{
	struct prompting *p = timer->data;

	for (size_t i = 0; i < p->n_zones; i++) {
		if (write(p->fd, p->zones[i], strlen(p->zones[i])) < 0)
			log_warn("rdns: Knot is not asked to tell of changes: %s", strerror(errno));
		free(p->zones[i]);
	}
	p->n_zones = 0;
}

static bool is_noted(const struct prompting *p, const char *line)
{
	for (size_t i = 0; i < p->n_zones; i++)
		if (strcmp(p->zones[i], line) == 0)
			return true;
	return false;
}

static uint64_t clock_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* Knot's */
	return (uint64_t)now.tv_sec * SECOND_MS + (uint64_t)now.tv_nsec / 1000000;
}

void prompting_updated(struct prompting *p, const ldns_rdf *origin)
{
	if (p->fd < 0 || p->n_zones == PROMPTING_ZONES_MAX)
		return;
	char *name = ldns_rdf2str(origin);
	char *line = mem_printf("%s\n", name);
	free(name);
	if (is_noted(p, line)) {
		free(line);
		return;
	}
	p->zones[p->n_zones++] = line;
	uv_update_time(p->timer.loop);
	(void)uv_timer_start(&p->timer, on_second, prompting_delay_ms(clock_ms()), 0);
}

struct prompting *prompting_new(uv_loop_t *loop, int fd)
{
	struct prompting *p = mem_new(sizeof(*p));

	p->fd = fd;
	(void)uv_timer_init(loop, &p->timer);
	p->timer.data = p;
	return p;
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct prompting *p = handle->data;
	void (*on_closed)(void *data) = p->on_closed;
	void *data = p->closed_data;

	free(p);
	on_closed(data);
}

void prompting_close(struct prompting *p, void (*on_closed)(void *data), void *data)
{
	p->on_closed = on_closed;
	p->closed_data = data;
	on_second(&p->timer);
	if (p->fd >= 0)
		(void)close(p->fd);
	uv_close((uv_handle_t *)&p->timer, on_timer_closed);
}
