/* SPDX-License-Identifier: MIT */
#include "base/pop_mirror.h"
#include "mirror/probe.h"
#include "mirror/removal.h"
#include "mirror/runner_state.h"

/** Whether as much as is published could come once more; nothing is known yet of what will. */
static bool has_room(const struct runner *r, uint64_t free_bytes)
{
	uint64_t reserve = r->config.limits.reserve_bytes, bytes = r->config.published_bytes;

	return bytes > 0 && free_bytes > reserve && free_bytes - reserve > bytes;
}

int job_begin(struct runner *r)
{
	uint64_t free_bytes, size_bytes;
	int rc = workplace_prepare(&r->place);

	r->is_dirty = workplace_is_dirty(&r->place);
	if (rc == 0 && r->is_dirty && r->about.mode != RUN_COMMAND)
		rc = workplace_drop_begun(&r->place);
	if (rc == 0)
		rc = workplace_space(&r->place, &free_bytes, &size_bytes);
	if (rc == 0)
		rc = pop_mirror_reserve(r->config.reserve, size_bytes, &r->config.limits.reserve_bytes);
	if (rc != 0)
		return rc;
	rc = workplace_can_farm(&r->place);
	bool is_in_stages = rc == -EOPNOTSUPP && r->about.mode == RUN_GENERATIONS;
	if (is_in_stages)
		r->about.mode = RUN_TWO_STAGE;
	r->has_current = is_in_stages ? workplace_has_tree(&r->place) : workplace_has_current(&r->place);
	if (r->about.mode == RUN_GENERATIONS && r->has_current && !r->is_dirty && has_room(r, free_bytes))
		r->about.mode = RUN_AT_ONCE;
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
	bool has_come = r->run.mode == RUN_COMMAND || r->run.mode == RUN_AT_ONCE;
	s->fetch_bytes = has_come ? 0 : l->fetch_bytes;
	bool never_came = !r->has_current && !r->is_dirty && !l->is_sentinel_new;
	s->is_sentinel_gone = r->config.project->sentinel != NULL && (l->is_sentinel_going || never_came);
	s->serial_published = r->probe.serial_here;
	s->serial_listed = r->probe.serial_there;
	if (r->run.mode != RUN_AT_ONCE)
		return 0;
	r->about.fetched_bytes = l->received_bytes;
	return l->n_coming + l->n_going == 0 ? workplace_set_clean(&r->place) : 0;
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
	r->about.large = r->run.mode == RUN_TWO_STAGE ? NULL : &r->large;
	return r->config.tree.verify(&r->about, r->config.tree.data);
}

int job_publish(struct runner *r)
{
	int rc = r->config.tree.publish(&r->about, &r->generation, r->config.tree.data);

	if (rc == 0 && r->about.mode != RUN_TWO_STAGE)
		(void)workplace_set_clean(&r->place); /* else the next run looks closer than it has to */
	return rc;
}

int job_trace(struct runner *r)
{
	int rc = r->config.tree.trace(&r->about, r->config.tree.data);

	if (rc == 0 && r->about.mode == RUN_TWO_STAGE) /* what goes has gone by now */
		(void)workplace_set_clean(&r->place);
	return rc;
}

int job_restore(struct runner *r)
{
	return workplace_restore(&r->place);
}
