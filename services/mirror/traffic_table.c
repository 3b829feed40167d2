/* SPDX-License-Identifier: MIT */
#include "mirror/traffic_table.h"

#include "base/mem.h"
#include "base/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FAMILIES = 2,
	STATUSES = 6,
	LABELS_MAX = 160,
};

static const unsigned families[FAMILIES] = {4, 6};

/** One project. */
struct row {
	const char *name;
	struct traffic_counts since_start[FAMILIES][TRAFFIC_PROTOCOLS][STATUSES];
	struct traffic_counts others[FAMILIES]; /* since the last time, of networks without a cell */
};

struct traffic_table {
	struct row *rows; /* sorted by name */
	size_t n;
	struct tallies networks;      /* since the start, by AS number */
	struct traffic_counts others; /* since the start, of networks that are not among those */
	struct tallies cells;         /* of the hour, by cell_key(); since the last time, which may be nothing */
};

static int compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return strcmp(x->name, y->name);
}

struct traffic_table *traffic_table_new(const struct pop_mirror *m)
{
	struct traffic_table *t = mem_new(sizeof(*t));

	t->n = m->n_projects;
	t->rows = mem_new((t->n + 1) * sizeof(*t->rows));
	for (size_t i = 0; i < t->n; i++)
		t->rows[i].name = m->projects[i].name;
	qsort(t->rows, t->n, sizeof(*t->rows), compare);
	tallies_init(&t->networks, TRAFFIC_NETWORKS_MAX);
	tallies_init(&t->cells, TRAFFIC_CELLS_MAX);
	return t;
}

void traffic_table_free(struct traffic_table *t)
{
	tallies_done(&t->networks);
	tallies_done(&t->cells);
	free(t->rows);
	free(t);
}

bool traffic_table_project(const struct traffic_table *t, const char *name, unsigned *ret)
{
	const struct row wanted = {.name = name};
	const struct row *found = bsearch(&wanted, t->rows, t->n, sizeof(*t->rows), compare);

	if (found != NULL)
		*ret = (unsigned)(found - t->rows);
	return found != NULL;
}

size_t traffic_table_size(const struct traffic_table *t)
{
	return t->n;
}

const char *traffic_table_name(const struct traffic_table *t, unsigned project)
{
	return t->rows[project].name;
}

static void add(struct traffic_counts *to, const struct traffic_counts *counts)
{
	to->requests += counts->requests;
	to->bytes += counts->bytes;
}

/* An AS number is never 0 in a key, so neither is the key. */
static uint64_t cell_key(unsigned project, unsigned family, uint32_t asn)
{
	return (uint64_t)(project * FAMILIES + family) << 32 | asn;
}

void traffic_table_count(struct traffic_table *t, const struct traffic_hit *h)
{
	unsigned family = h->family == families[1];
	struct row *r = &t->rows[h->project];
	struct tally *network = NULL, *cell = NULL;

	if (h->asn != TRAFFIC_OTHERS) {
		network = tallies_find(&t->networks, h->asn);
		cell = tallies_find(&t->cells, cell_key(h->project, family, h->asn));
	}
	add(&r->since_start[family][h->protocol][h->status], &h->counts);
	add(network != NULL ? &network->counts : &t->others, &h->counts);
	add(cell != NULL ? &cell->counts : &r->others[family], &h->counts);
}

static bool take(struct traffic_counts *from, struct traffic_counts *ret)
{
	*ret = *from;
	*from = (struct traffic_counts){.requests = 0};
	return ret->requests > 0 || ret->bytes > 0;
}

size_t traffic_table_take(struct traffic_table *t, struct traffic_cell **ret)
{
	struct traffic_cell *all = mem_new((t->cells.n + t->n * FAMILIES + 1) * sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < t->cells.n; i++) {
		struct tally *each = &t->cells.all[i];
		size_t place = each->key >> 32;
		all[n] = (struct traffic_cell){.project = t->rows[place / FAMILIES].name,
		                               .family = families[place % FAMILIES],
		                               .asn = (uint32_t)each->key};
		n += take(&each->counts, &all[n].counts);
	}
	for (size_t i = 0; i < t->n; i++)
		for (unsigned k = 0; k < FAMILIES; k++) {
			all[n] = (struct traffic_cell){
				.project = t->rows[i].name, .family = families[k], .asn = TRAFFIC_OTHERS};
			n += take(&t->rows[i].others[k], &all[n].counts);
		}
	*ret = all;
	return n;
}

void traffic_table_next_hour(struct traffic_table *t)
{
	tallies_clear(&t->cells);
}

/** One of the two numbers of each count, as families of metrics. */
static void write_projects(const struct traffic_table *t, struct buf *b, const char *name, bool is_bytes)
{
	static const char *const protocols[TRAFFIC_PROTOCOLS] = {"http/1", "h2", "h3", "rsync"};
	static const char *const statuses[STATUSES] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
	const unsigned each = TRAFFIC_PROTOCOLS * STATUSES;
	char labels[LABELS_MAX];

	for (size_t i = 0; i < t->n; i++)
		for (unsigned k = 0; k < FAMILIES * each; k++) {
			unsigned family = k / each, protocol = k % each / STATUSES, status = k % STATUSES;
			const struct traffic_counts *c = &t->rows[i].since_start[family][protocol][status];
			if (c->requests == 0)
				continue;
			(void)snprintf(labels, sizeof(labels),
			               "project=\"%s\",family=\"ipv%u\",protocol=\"%s\",status=\"%s\"",
			               t->rows[i].name, families[family], protocols[protocol], statuses[status]);
			metrics_u64(b, name, labels, is_bytes ? c->bytes : c->requests);
		}
}

static void write_networks(const struct traffic_table *t, struct buf *b, const char *name, bool is_bytes)
{
	char labels[LABELS_MAX];

	for (size_t i = 0; i < t->networks.n; i++) {
		const struct tally *each = &t->networks.all[i];
		(void)snprintf(labels, sizeof(labels), "asn=\"%" PRIu64 "\"", each->key);
		metrics_u64(b, name, labels, is_bytes ? each->counts.bytes : each->counts.requests);
	}
	metrics_u64(b, name, "asn=\"others\"", is_bytes ? t->others.bytes : t->others.requests);
}

void traffic_table_metrics(const struct traffic_table *t, struct buf *b)
{
	static const struct {
		const char *name, *help;
		void (*write)(const struct traffic_table *t, struct buf *b, const char *name, bool is_bytes);
		bool is_bytes;
	} all[] = {
		{"mirrord_traffic_requests_total", "Downloads; by rsync, connections.", write_projects, false},
		{"mirrord_traffic_bytes_total", "Bytes that were sent.", write_projects, true},
		{"mirrord_network_requests_total", "Downloads, by AS.", write_networks, false},
		{"mirrord_network_bytes_total", "Bytes that were sent, by AS.", write_networks, true},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		metrics_family(b, all[i].name, METRICS_COUNTER, all[i].help);
		all[i].write(t, b, all[i].name, all[i].is_bytes);
	}
}
