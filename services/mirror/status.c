/* How the projects are, in words of ours. */
/* SPDX-License-Identifier: MIT */
#include "mirror/status_json.h"

#include "base/json_write.h"

#include <stdio.h>

enum tree_freshness status_freshness(int64_t good_s, int64_t since_s, uint32_t period_s, int64_t now_s)
{
	int64_t last_s = good_s > 0 ? good_s : since_s;

	if (now_s - last_s > (int64_t)STATUS_STALE_PERIODS * period_s)
		return TREE_STALE;
	return good_s > 0 ? TREE_FRESH : TREE_NONE;
}

bool status_is_good(const struct project_status *p)
{
	return p->ended > 0 && (p->outcome == OUTCOME_DONE || p->outcome == OUTCOME_UNCHANGED);
}

const char *status_remedy(const struct project_status *p, char ret[STATUS_REMEDY_MAX])
{
	ret[0] = '\0';
	if (p->state == PROJECT_HELD)
		(void)snprintf(ret, STATUS_REMEDY_MAX,
		               "look at the upstream; when what it has is right: fontaine mirror release %s", p->name);
	else if (p->state == PROJECT_STOPPED)
		(void)snprintf(ret, STATUS_REMEDY_MAX, "it begins no run until: fontaine mirror start %s", p->name);
	else if (p->state == PROJECT_FAILED && p->outcome == OUTCOME_CONFIGURATION)
		(void)snprintf(ret, STATUS_REMEDY_MAX,
		               "correct the upstreams or the command of %s in the POP file, and restart mirrord",
		               p->name);
	else if (p->state == PROJECT_FAILED)
		(void)snprintf(ret, STATUS_REMEDY_MAX,
		               "it is tried again by itself; what its programs said: fontaine mirror log %s", p->name);
	else if (p->freshness == TREE_STALE)
		(void)snprintf(ret, STATUS_REMEDY_MAX, "run it now: fontaine mirror start %s", p->name);
	return ret;
}

/** A time or a count; null when it is not known. */
static void add_number(yyjson_mut_doc *d, yyjson_mut_val *o, const char *key, bool is_known, int64_t n)
{
	if (is_known)
		yyjson_mut_obj_add_sint(d, o, key, n);
	else
		yyjson_mut_obj_add_null(d, o, key);
}

static void add_followers(yyjson_mut_doc *d, yyjson_mut_val *o, const struct project_status *p)
{
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d, o, "followers");

	for (size_t i = 0; i < p->n_followers; i++) {
		const struct follower *f = &p->followers[i];
		yyjson_mut_val *one = yyjson_mut_arr_add_obj(d, list);
		json_add_text(d, one, "name", f->name);
		add_number(d, one, "told", f->push.told_s > 0, f->push.told_s);
		yyjson_mut_obj_add_bool(d, one, "waiting", f->push.wanted > 0);
		yyjson_mut_obj_add_uint(d, one, "tries", f->push.tries);
		add_number(d, one, "due", f->push.due_s > 0, f->push.due_s);
		json_add_text(d, one, "words", f->push.words);
	}
}

yyjson_mut_val *status_project(yyjson_mut_doc *d, const struct project_status *p)
{
	static const char *const states[PROJECT_STATES] = {
		[PROJECT_NEW] = "waiting",
		[PROJECT_DONE] = "waiting",
		[PROJECT_FAILED] = "waiting",
		[PROJECT_RUNNING] = "running",
		[PROJECT_HELD] = "held",
		[PROJECT_STOPPED] = "paused",
	};
	static const char *const freshnesses[TREE_FRESHNESSES] = {"none", "fresh", "stale"};
	yyjson_mut_val *o = yyjson_mut_obj(d);
	char remedy[STATUS_REMEDY_MAX];

	json_add_text(d, o, "name", p->name);
	json_add_text(d, o, "state", states[p->state]);
	json_add_text(d, o, "step", p->step);
	json_add_text(d, o, "upstream", *p->upstream == '\0' ? NULL : p->upstream);
	add_number(d, o, "due", p->next > 0, p->next);
	yyjson_mut_obj_add_bool(d, o, "wanted", p->is_wanted);
	json_add_text(d, o, "words", p->words);
	json_add_text(d, o, "remedy", status_remedy(p, remedy));
	json_add_text(d, o, "kind", p->kind);
	json_add_text(d, o, "path", p->path);
	json_add_text(d, o, "freshness", freshnesses[p->freshness]);
	json_add_text(d, o, "outcome", p->ended > 0 ? outcome_names[p->outcome] : NULL);
	add_number(d, o, "generation", p->generation > 0, (int64_t)p->generation);
	add_number(d, o, "published", p->since > 0, p->since);
	add_number(d, o, "good", p->good > 0, p->good);
	add_number(d, o, "began", p->started > 0, p->started);
	add_number(d, o, "ended", p->ended > 0, p->ended);
	add_number(d, o, "files", p->files >= 0, p->files);
	add_number(d, o, "bytes", p->bytes >= 0, p->bytes);
	add_number(d, o, "large_bytes", true, p->large_bytes);
	add_number(d, o, "large_files", true, p->large);
	add_number(d, o, "large_waiting", true, p->large_waiting);
	add_followers(d, o, p);
	return o;
}
