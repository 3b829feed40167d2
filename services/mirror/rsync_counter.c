/* SPDX-License-Identifier: MIT */
#include "mirror/rsync_counter.h"

#include "base/mem.h"
#include "base/metrics.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	PLACES = 16384,
	LABELS_MAX = 96,
};

/** One connection, by the number of its process. */
struct place {
	uint32_t process; /* 0: none */
	unsigned project;
	struct addr client;
};

struct rsync_counter {
	const struct traffic_table *table;
	uint64_t *n_refused; /* of each project */
	size_t n;            /* places that have been taken */
	struct place places[PLACES];
};

struct rsync_counter *rsync_counter_new(const struct traffic_table *table)
{
	struct rsync_counter *c = mem_new(sizeof(*c));

	c->table = table;
	c->n_refused = mem_new((traffic_table_size(table) + 1) * sizeof(*c->n_refused));
	return c;
}

void rsync_counter_free(struct rsync_counter *c)
{
	free(c->n_refused);
	free(c);
}

static struct place *find(struct rsync_counter *c, uint32_t process)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->places[i].process == process)
			return &c->places[i];
	return NULL;
}

/** Its own, one that has become free, one more, or that of somebody who has never been heard of again. */
static struct place *take(struct rsync_counter *c, uint32_t process)
{
	struct place *p = find(c, process);

	if (p == NULL)
		p = find(c, 0);
	if (p == NULL)
		p = &c->places[c->n < PLACES ? c->n++ : process % PLACES];
	return p;
}

bool rsync_counter_take(struct rsync_counter *c, const struct traffic_rsync *said, struct traffic_hit *ret,
                        struct addr *ret_client)
{
	unsigned project;

	if (said->process == 0) /* is nobody's, but of a place that is free */
		return false;
	struct place *p = find(c, said->process);
	if (said->said == TRAFFIC_MODULE && traffic_table_project(c->table, said->project, &project))
		*take(c, said->process) = (struct place){said->process, project, said->client};
	if (p == NULL || (said->said != TRAFFIC_SENT && said->said != TRAFFIC_REFUSED))
		return false;
	if (said->said == TRAFFIC_REFUSED)
		c->n_refused[p->project]++;
	p->process = 0;
	*ret = (struct traffic_hit){
		.project = p->project, .protocol = TRAFFIC_RSYNC, .counts = {1, said->bytes}};
	*ret_client = p->client;
	return said->said == TRAFFIC_SENT;
}

void rsync_counter_metrics(const struct rsync_counter *c, struct buf *b)
{
	static const char refused[] = "mirrord_rsync_refused_total";
	char label[LABELS_MAX];

	metrics_family(b, refused, METRICS_COUNTER, "Connections by rsync that were too many at once.");
	for (unsigned i = 0; i < traffic_table_size(c->table); i++) {
		(void)snprintf(label, sizeof(label), "project=\"%s\"", traffic_table_name(c->table, i));
		metrics_u64(b, refused, label, c->n_refused[i]);
	}
}
