/* SPDX-License-Identifier: MIT */
#include "base/pop_mirror.h"
#include "mirror/probe.h"
#include "mirror/removal.h"
#include "mirror/runner_state.h"

int job_begin(struct runner *r)
{
	uint64_t free_bytes, size_bytes;
	int rc = workplace_prepare(&r->place);

	if (rc == 0)
		rc = workplace_space(&r->place, &free_bytes, &size_bytes);
	if (rc == 0)
		rc = pop_mirror_reserve(r->config.reserve, size_bytes, &r->config.limits.reserve_bytes);
	if (rc < 0)
		return rc;
	rc = workplace_can_farm(&r->place);
	bool is_in_stages = rc == -EOPNOTSUPP && r->about.mode == RUN_GENERATIONS;
	if (is_in_stages)
		r->about.mode = RUN_TWO_STAGE;
	r->is_dirty = workplace_is_dirty(&r->place);
	r->has_current = is_in_stages ? workplace_has_tree(&r->place) : workplace_has_current(&r->place);
	return is_in_stages ? 0 : rc;
}

int job_compare(struct runner *r)
{
	return workplace_compare(&r->place, probe_name(r->config.project->kind), &r->probe);
}

int job_list(struct runner *r)
{
	struct guard_seen *s = &r->seen;
	uint64_t size;
	int rc = workplace_list(&r->place, r->config.project->sentinel, &r->listing);

	if (rc == 0)
		rc = workplace_space(&r->place, &s->free_bytes, &size);
	if (rc < 0)
		return rc;
	const struct listing *l = &r->listing;
	r->names = *l;
	s->n_listed = l->n_listed;
	s->n_published = r->has_current ? listing_n_published(l) : 0;
	s->n_deleted = r->has_current ? l->n_files_going : 0;
	s->fetch_bytes = r->run.mode == RUN_COMMAND ? 0 : l->fetch_bytes; /* it has come already */
	bool never_came = !r->has_current && !r->is_dirty && !l->is_sentinel_new;
	s->is_sentinel_gone = r->config.project->sentinel != NULL && (l->is_sentinel_going || never_came);
	s->serial_published = r->probe.serial_here;
	s->serial_listed = r->probe.serial_there;
	return 0;
}

int job_names(struct runner *r)
{
	return workplace_list(&r->place, NULL, &r->names);
}

int job_set_dirty(struct runner *r)
{
	int rc = 0;

	if (r->run.mode == RUN_TWO_STAGE && r->has_current)
		rc = workplace_clear_work(&r->place); /* it lies over the tree: nothing of an earlier run may */
	return rc < 0 ? rc : workplace_set_dirty(&r->place);
}

int job_delete(struct runner *r)
{
	uint64_t n;

	enum workplace_file of = r->run.mode == RUN_TWO_STAGE ? WORKPLACE_TREE : WORKPLACE_WORK;

	return removal_run(r->place.paths[of], r->place.paths[WORKPLACE_GOING], &n);
}

int job_verify(struct runner *r)
{
	return r->config.tree.verify(&r->about, r->config.tree.data);
}

int job_publish(struct runner *r)
{
	int rc = r->config.tree.publish(&r->about, &r->generation, r->config.tree.data);

	if (rc == 0)
		(void)workplace_set_clean(&r->place); /* else the next run looks closer than it has to */
	return rc;
}

int job_trace(struct runner *r)
{
	return r->config.tree.trace(&r->about, r->config.tree.data);
}
