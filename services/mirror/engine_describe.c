/* What is served beside large files, of the very version that is published at that moment. */
/* SPDX-License-Identifier: MIT */
#include "mirror/engine_state.h"

#include "base/mem.h"
#include "base/pop_neighbour.h"
#include "mirror/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX_BYTES = 16 << 20 };

struct description {
	struct engine *engine;
	const struct project *project;
	char *path, *site;
	enum metainfo_kind kind;
	struct buf answer;
	void (*on_answer)(void *data, int rc, const struct buf *answer);
	void *data;
};

/** The address of the file @path in what @base leads to (RFC 3986, 2.3); for free(). */
static char *url_of(const char *base, const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
	bool has_slash = *base != '\0' && base[strlen(base) - 1] == '/';
	struct buf b;

	buf_init(&b, strlen(base) + 2 + 3 * strlen(path)); /* so that all fits */
	(void)buf_printf(&b, "%s%s", base, has_slash ? "" : "/");
	for (const char *c = path; *c != '\0'; c++)
		(void)buf_printf(&b, strchr(plain, *c) != NULL ? "%c" : "%%%02X", (unsigned char)*c);
	return buf_take_text(&b);
}

struct urls {
	char *all[METAINFO_URLS_MAX];
	size_t n;
};

static void add_url(struct urls *u, const char *base, const char *path)
{
	if (u->n < METAINFO_URLS_MAX)
		u->all[u->n++] = url_of(base, path);
}

/** The pages of a POP, or what they lead to, have the project. */
static void add_pages(const struct description *d, struct urls *u, const char *pages)
{
	char *base = mem_printf("%s/%s", pages, d->project->pop->name);

	add_url(u, base, d->path);
	free(base);
}

static void add_neighbour(const struct description *d, struct urls *u, const struct pop_neighbour *n)
{
	char *pages = pop_neighbour_pages(n, "https:");

	add_pages(d, u, pages);
	free(pages);
}

/** Where web servers have it: here, at POPs that take the project from here, at the one that we take it from. */
static void add_all_pages(const struct description *d, struct urls *u)
{
	const struct project *p = d->project;
	const struct engine_config *c = &d->engine->config;

	add_pages(d, u, d->site);
	for (size_t i = 0; i < p->n_followers; i++)
		add_neighbour(d, u, &c->neighbours[p->followers[i].neighbour]);
	for (unsigned i = 0; p->pop->follow != NULL && i < c->n_neighbours; i++)
		if (c->neighbours[i].mirror != NULL && strcmp(c->neighbours[i].name, p->pop->follow) == 0)
			add_neighbour(d, u, &c->neighbours[i]);
}

/** Write it, with the addresses where it can be had; a torrent has none but those of web servers. */
static int write_answer(struct description *d, const struct pieces *pieces)
{
	const struct pop_mirror_project *p = d->project->pop;
	const char *slash = strrchr(d->path, '/');
	struct metainfo m = {.name = slash == NULL ? d->path : slash + 1, .pieces = pieces};
	struct urls urls = {.n = 0};

	add_all_pages(d, &urls);
	for (unsigned i = 0; d->kind != METAINFO_TORRENT && i < p->n_upstreams; i++)
		add_url(&urls, p->upstreams[i], d->path);
	m.n_urls = urls.n;
	for (size_t i = 0; i < urls.n; i++)
		m.urls[i] = urls.all[i];
	int rc = metainfo_add(d->kind, &m, &d->answer);
	for (size_t i = 0; i < urls.n; i++)
		free(urls.all[i]);
	return rc;
}

static int describe(sqlite3 *db, void *data)
{
	struct description *d = data;
	char current[PATH_MAX + 8];
	struct pieces pieces;
	struct tree tree;
	struct stat st;

	(void)snprintf(current, sizeof(current), "%s/current", d->project->folder);
	int rc = tree_open(current, NULL, &tree);
	if (rc < 0)
		return rc;
	rc = tree_stat(&tree, d->path, &st);
	tree_close(&tree);
	if (rc == 0) {
		struct large_version v = large_version_of(&st);
		rc = large_db_get(db, d->project->pop->name, &v, &pieces);
	}
	if (rc < 0)
		return -ENOENT;
	rc = write_answer(d, &pieces);
	pieces_done(&pieces);
	return rc;
}

static void on_described(void *data, int rc)
{
	struct description *d = data;
	struct engine *e = d->engine;

	d->on_answer(d->data, rc, &d->answer);
	buf_done(&d->answer);
	free(d->path);
	free(d->site);
	free(d);
	engine_settle(e);
}

void engine_describe(struct engine *e, const struct engine_large *what,
                     void (*on_answer)(void *data, int rc, const struct buf *answer), void *data)
{
	const struct project *p = engine_find(e, what->project);
	int rc = p == NULL || !tree_path_is_safe(what->path) ? -ENOENT : 0;

	if (rc == 0 && e->is_closing)
		rc = -EAGAIN;
	if (rc == 0) {
		struct description *d = mem_new(sizeof(*d));
		*d = (struct description){.engine = e,
		                          .project = p,
		                          .path = mem_strdup(what->path),
		                          .site = mem_strdup(what->site),
		                          .kind = what->kind,
		                          .on_answer = on_answer,
		                          .data = data};
		buf_init(&d->answer, ANSWER_MAX_BYTES);
		rc = engine_store(e, describe, on_described, d);
		if (rc == 0)
			return;
		free(d->path);
		free(d->site);
		free(d);
	}
	on_answer(data, rc, NULL);
}
