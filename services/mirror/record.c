/* SPDX-License-Identifier: MIT */
#include "mirror/record.h"

#include <errno.h>

int record_load(sqlite3 *db, const struct pop_mirror_project *p, struct record *ret)
{
	int rc = mirror_db_get_kept(db, p->name, &ret->kept);

	for (unsigned i = 0; rc == 0 && i < p->n_upstreams; i++)
		rc = mirror_db_get_upstream(db, p->name, p->upstreams[i], &ret->upstreams[i]);
	if (rc == 0)
		rc = holds_db_get(db, p->name, &ret->hold);
	ret->is_held = rc == 0;
	if (rc == 0 || rc == -ENOENT)
		rc = published_db_get(db, p->name, &ret->published);
	if (rc == 0)
		rc = last_run_db_get(db, p->name, &ret->last);
	return rc < 0 ? rc : alert_db_get(db, p->name, &ret->told);
}

int record_end(sqlite3 *db, const struct record_end *e)
{
	int rc = runs_db_end(db, e->run, &e->ended);

	if (rc == 0 && *e->url != '\0')
		rc = mirror_db_set_upstream(db, e->project, e->url, &e->upstream);
	if (rc == 0 && e->ended.run.is_published && e->published.generation > 0)
		rc = runs_db_published(db, e->project, e->published.generation, e->run, e->ended.at_s);
	if (rc == 0)
		rc = published_db_set(db, e->project, &e->published);
	if (rc == 0 && e->ended.run.is_published)
		rc = holds_db_end(db, e->project);
	if (rc == 0 && e->hold != NULL)
		rc = holds_db_put(db, e->project, e->hold);
	if (rc == 0 && e->is_wanted)
		rc = mirror_db_set_wanted(db, e->project, true);
	return rc < 0 ? rc : runs_db_purge(db, e->project);
}
