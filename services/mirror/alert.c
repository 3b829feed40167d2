/* SPDX-License-Identifier: MIT */
#include "mirror/alert.h"

#include "base/json_write.h"
#include "base/utc.h"

const char *const alert_names[ALERTS + 1] = {"recovered", "stale", "held", NULL};

enum alert alert_next(enum alert told, const struct project_status *p)
{
	if (p->state == PROJECT_HELD)
		return ALERT_HELD;
	if (p->freshness == TREE_STALE)
		return ALERT_STALE;
	return status_is_good(p) ? ALERT_WELL : told;
}

static void add_time(yyjson_mut_doc *d, yyjson_mut_val *o, const char *key, int64_t at_s)
{
	char text[UTC_TEXT_MAX];

	json_add_text(d, o, key, at_s > 0 ? utc_text(at_s, text) : NULL);
}

char *alert_text(enum alert a, const struct project_status *p, const char *site, int64_t now_s)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *o = yyjson_mut_obj(d);
	char remedy[STATUS_REMEDY_MAX];

	json_add_text(d, o, "event", alert_names[a]);
	json_add_text(d, o, "pop", site);
	json_add_text(d, o, "project", p->name);
	add_time(d, o, "at", now_s);
	json_add_text(d, o, "words", p->words);
	json_add_text(d, o, "remedy", status_remedy(p, remedy));
	add_time(d, o, "good", p->good);
	return json_take(d, o);
}
