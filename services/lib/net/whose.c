/* SPDX-License-Identifier: MIT */
#include "net/whose.h"

#include "base/as_names.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/origin.h"
#include "net/prefix_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct whose {
	struct as_names *names;
	struct prefix_files *origins, *vrps; /* NULL: no files */
	const char *vrps_path;
	const char **read_paths;
	unsigned n_read_paths;
};

static void add_read_path(struct whose *w, const char *path)
{
	char *folder = mem_strdup(path);

	*(strrchr(folder, '/') + 1) = '\0'; /* an absolute path: the POP file was checked */
	if (access(folder, R_OK | X_OK) == 0) {
		w->read_paths[w->n_read_paths++] = folder;
		return;
	}
	log_warn("%s: %s: nothing is read from there before the next start", folder, strerror(errno));
	free(folder);
}

struct whose *whose_new(const struct pop *p, const char *const *origins, unsigned n, const char *vrps)
{
	struct whose *w = mem_new(sizeof(*w));

	w->names = as_names_new(p);
	w->read_paths = (const char **)mem_new((n + 2) * sizeof(w->read_paths[0]));
	for (unsigned i = 0; i < n; i++)
		add_read_path(w, origins[i]);
	if (n > 0)
		w->origins = prefix_files_new(&origin_kind, origins, n);
	if (vrps == NULL)
		return w;
	w->vrps_path = vrps;
	add_read_path(w, vrps);
	w->vrps = prefix_files_new(&rpki_kind, &w->vrps_path, 1);
	return w;
}

void whose_free(struct whose *w)
{
	for (unsigned i = 0; i < w->n_read_paths; i++)
		free((char *)w->read_paths[i]);
	free((void *)w->read_paths);
	if (w->origins != NULL)
		prefix_files_free(w->origins);
	if (w->vrps != NULL)
		prefix_files_free(w->vrps);
	as_names_free(w->names);
	free(w);
}

const char *const *whose_read_paths(const struct whose *w)
{
	return w->read_paths;
}

/* The newest table of files, which may be none; for prefix_table_release(). */
static struct prefix_table *newest(struct prefix_files *files)
{
	return files != NULL ? prefix_files_get(files) : NULL;
}

struct prefix_table *whose_origins(const struct whose *w)
{
	return newest(w->origins);
}

void whose_watch(struct whose *w, uv_loop_t *loop)
{
	if (w->origins != NULL)
		prefix_files_watch(w->origins, loop, PREFIX_FILES_LOOK_MS);
	if (w->vrps != NULL)
		prefix_files_watch(w->vrps, loop, PREFIX_FILES_LOOK_MS);
}

void whose_unwatch(struct whose *w)
{
	if (w->origins != NULL)
		prefix_files_unwatch(w->origins);
	if (w->vrps != NULL)
		prefix_files_unwatch(w->vrps);
}

static void tell(const struct whose *w, const struct origin_match *m, const struct prefix_table *vrps,
                 struct whose_answer *ret)
{
	int64_t now = time(NULL);

	*ret = (struct whose_answer){
		.prefix = m->prefix,
		.rpki = rpki_validate(vrps, &m->prefix, m->n_asns == 1 ? m->asns[0] : 0, now),
		.n_asns = m->n_asns < WHOSE_ASNS_MAX ? m->n_asns : WHOSE_ASNS_MAX,
	};
	for (size_t i = 0; i < ret->n_asns; i++)
		ret->asns[i] = (struct whose_as){.asn = m->asns[i],
		                                 .name = as_names_find(w->names, m->asns[i]),
		                                 .rpki = rpki_validate(vrps, &m->prefix, m->asns[i], now)};
}

int whose_find(struct whose *w, const struct addr *a, struct whose_answer *ret)
{
	struct prefix_table *origins = newest(w->origins), *vrps = newest(w->vrps);
	struct origin_match m;
	int rc = -ENOENT;

	if (origins != NULL)
		rc = origin_find(origins, a, &m);
	if (rc == 0)
		tell(w, &m, vrps, ret);
	prefix_table_release(vrps);
	prefix_table_release(origins);
	return rc;
}

/* Families of metrics "@daemon_@what_prefixes" and so on. */
static void write_metrics(struct buf *b, const char *daemon, const char *what, struct prefix_files *files)
{
	struct prefix_table *table = newest(files);
	char name[64], help[64];

	(void)snprintf(name, sizeof(name), "%s_%s_prefixes", daemon, what);
	(void)snprintf(help, sizeof(help), "Prefixes whose %s is known.", what);
	metrics_family(b, name, METRICS_GAUGE, help);
	metrics_u64(b, name, "", table != NULL ? prefix_table_size(table) : 0);
	(void)snprintf(name, sizeof(name), "%s_%s_failures_total", daemon, what);
	(void)snprintf(help, sizeof(help), "Files of prefixes' %s not fit for use.", what);
	metrics_family(b, name, METRICS_COUNTER, help);
	metrics_u64(b, name, "", files != NULL ? prefix_files_failures(files) : 0);
	prefix_table_release(table);
}

void whose_metrics(const struct whose *w, struct buf *b, const char *daemon)
{
	write_metrics(b, daemon, "origin", w->origins);
	if (w->vrps != NULL)
		write_metrics(b, daemon, "rpki", w->vrps);
}
