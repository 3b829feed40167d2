/*
 * Large files, in the background (mirror/background.h), one project after the other: begin() lists what is published,
 * on_listed() has that in the database, next() reads one file that was not read yet, on_read() has its hashes in the
 * database, and so on until there is none. What is published meanwhile is listed before anything else of it is read.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/engine_state.h"

#include "base/log.h"
#include "base/mem.h"
#include "mirror/background.h"
#include "mirror/large_db.h"
#include "mirror/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct engine_background {
	struct engine *engine;
	struct background *background;
	size_t last; /* project */
	/* of the project at hand: */
	struct project *project; /* NULL: none */
	char current[PATH_MAX + 8];
	struct large_list list;
	struct large_file file; /* path is owned */
	struct pieces pieces;
	int read_rc;
	struct large_counts counts;
};

static void begin(struct engine_background *g);

/** Let go of the project; it was one of the engine's n_pending. */
static void leave(struct engine_background *g, int rc)
{
	struct engine *e = g->engine;

	if (rc < 0 && rc != -ENOENT && rc != -ECANCELED)
		log_warn("mirror: %s: its large files cannot be described: %s", g->project->pop->name, strerror(-rc));
	g->project = NULL;
	begin(g);
	engine_settle(e);
}

static int keep_list(sqlite3 *db, void *data)
{
	struct engine_background *g = data;
	const char *name = g->project->pop->name;
	int rc = large_db_replace(db, name, &g->list, engine_now().wall_s);

	if (rc == 0)
		rc = large_db_next(db, name, &g->counts, &g->file);
	return rc == -ENOENT ? 0 : rc; /* then g->file has no path */
}

static int read_file(void *data, const atomic_bool *is_cancelled)
{
	struct engine_background *g = data;
	struct tree tree;
	struct stat st;
	int rc = tree_open(g->current, NULL, &tree);

	if (rc < 0)
		return rc;
	int fd = tree_open_file(&tree, g->file.path);
	if (fd < 0)
		rc = fd;
	else if (fstat(fd, &st) < 0)
		rc = -errno;
	if (rc == 0) {
		struct large_version v = large_version_of(&st);
		bool is_same = v.inode == g->file.version.inode && v.modified_ns == g->file.version.modified_ns;
		rc = is_same ? pieces_hash(fd, g->file.version.size_bytes, is_cancelled, &g->pieces) : -ESTALE;
	}
	if (fd >= 0)
		(void)close(fd);
	tree_close(&tree);
	return rc;
}

static void on_read(void *data, int rc);

/** The counts are known, and whether there is a file to read. */
static void next(struct engine_background *g, int rc)
{
	struct project *p = g->project;

	if (rc == 0)
		p->large = g->counts;
	if (rc < 0 || g->file.path == NULL || p->is_unlisted) {
		free(g->file.path);
		g->file.path = NULL;
		leave(g, rc);
	} else {
		background_run(g->background, read_file, on_read, g);
	}
}

static void on_kept(void *data, int rc)
{
	struct engine_background *g = data;
	struct engine *e = g->engine;

	large_list_done(&g->list);
	next(g, rc);
	engine_settle(e);
}

static int keep_pieces(sqlite3 *db, void *data)
{
	struct engine_background *g = data;
	const char *name = g->project->pop->name;
	int rc = g->read_rc < 0 ? large_db_drop(db, name, &g->file)
	                        : large_db_put(db, name, &g->file.version, &g->pieces, engine_now().wall_s);
	char *path = g->file.path;

	g->file.path = NULL;
	if (rc == 0)
		rc = large_db_next(db, name, &g->counts, &g->file);
	free(path);
	return rc == -ENOENT ? 0 : rc;
}

static void on_pieces_kept(void *data, int rc)
{
	struct engine_background *g = data;
	struct engine *e = g->engine;

	if (rc == 0 && g->read_rc == 0)
		g->project->n_hashed_bytes += g->pieces.size_bytes;
	pieces_done(&g->pieces);
	next(g, rc);
	engine_settle(e);
}

static void on_read(void *data, int rc)
{
	struct engine_background *g = data;

	g->read_rc = rc;
	if (rc != -ECANCELED)
		rc = engine_store(g->engine, keep_pieces, on_pieces_kept, g);
	if (rc == 0)
		return;
	pieces_done(&g->pieces);
	next(g, rc);
}

static int list_files(void *data, const atomic_bool *is_cancelled)
{
	struct engine_background *g = data;

	return large_find(g->current, (uint64_t)g->project->pop->large_mib << 20, is_cancelled, &g->list);
}

static void on_listed(void *data, int rc)
{
	struct engine_background *g = data;

	if (rc == 0)
		rc = engine_store(g->engine, keep_list, on_kept, g);
	if (rc == 0)
		return;
	large_list_done(&g->list);
	leave(g, rc);
}

/** The next project of which something else is published than was listed, if none is at hand. */
static void begin(struct engine_background *g)
{
	struct engine *e = g->engine;

	for (size_t i = 0; i < e->n && g->project == NULL && !e->is_closing; i++) {
		g->last = (g->last + 1) % e->n;
		if (e->projects[g->last].is_unlisted)
			g->project = &e->projects[g->last];
	}
	if (g->project == NULL || !g->project->is_unlisted)
		return;
	g->project->is_unlisted = false;
	(void)snprintf(g->current, sizeof(g->current), "%s/current", g->project->folder);
	engine_await(e);
	if (!g->project->is_found) {
		background_run(g->background, list_files, on_listed, g);
		return;
	}
	g->list = g->project->found;
	g->project->found = (struct large_list){.n = 0};
	g->project->is_found = false;
	on_listed(g, 0);
}

void engine_lose_large(struct project *p)
{
	large_list_done(&p->found);
	p->is_found = false;
}

void engine_find_large(struct project *p, const struct runner_end *end)
{
	if (!end->run.is_published)
		return;
	engine_lose_large(p);
	p->is_found = end->large != NULL;
	if (!p->is_found)
		return;
	p->found = *end->large;
	*end->large = (struct large_list){.n = 0};
}

void engine_list_large(struct project *p)
{
	struct engine_background *g = p->engine->background;

	p->is_unlisted = true;
	if (g->project == NULL)
		begin(g);
}

void engine_large_open(struct engine *e)
{
	struct engine_background *g = e->background = mem_new(sizeof(*g));

	g->engine = e;
	g->background = background_new(e->loop);
	for (size_t i = 0; i < e->n; i++)
		engine_list_large(&e->projects[i]);
}

void engine_large_stop(struct engine *e)
{
	background_cancel(e->background->background);
}

void engine_large_close(struct engine *e, void (*on_closed)(void *data))
{
	background_close(e->background->background, on_closed, e);
	free(e->background);
}
