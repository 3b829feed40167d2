/* SPDX-License-Identifier: MIT */
#include "rdns/check_result.h"

#include "base/json_write.h"
#include "base/mem.h"

#include <stdlib.h>

static char *verdicts_text(const struct verdict *const *verdicts, size_t n, enum language language)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc);

	for (size_t i = 0; i < n; i++)
		yyjson_mut_arr_append(list, verdict_json(verdicts[i], language, doc));
	return json_take(doc, list);
}

/** A problem once, and how many zones have it. In English: the audit log and programs read it. */
static void add_problem(yyjson_mut_doc *doc, yyjson_mut_val *list, enum problem_id id, size_t n_zones)
{
	const struct problem *p = &problems[id];
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, list);

	yyjson_mut_obj_add_str(doc, o, "check", checks[p->check].id);
	yyjson_mut_obj_add_str(doc, o, "severity", severity_ids[p->severity]);
	yyjson_mut_obj_add_str(doc, o, "what", p->what[LANGUAGE_EN]);
	yyjson_mut_obj_add_uint(doc, o, "zones", n_zones);
}

static char *summary_text(const struct check_result *r, const struct verdict *const *verdicts, size_t n)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *o = yyjson_mut_obj(doc);

	yyjson_mut_obj_add_bool(doc, o, "passed", r->passed);
	yyjson_mut_obj_add_uint(doc, o, "errors", r->n[SEVERITY_ERROR]);
	yyjson_mut_obj_add_uint(doc, o, "warnings", r->n[SEVERITY_WARNING]);
	yyjson_mut_obj_add_uint(doc, o, "notices", r->n[SEVERITY_NOTICE]);
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, o, "problems");
	for (size_t p = 0; p < PROBLEMS; p++) {
		size_t n_zones = 0;
		for (size_t i = 0; i < n; i++)
			n_zones += verdicts[i]->findings[p] != NULL;
		if (n_zones > 0)
			add_problem(doc, list, (enum problem_id)p, n_zones);
	}
	return json_take(doc, o);
}

void check_result_init(struct check_result *r, const struct verdict *const *verdicts, size_t n)
{
	*r = (struct check_result){.passed = true};
	for (size_t i = 0; i < n; i++)
		for (unsigned s = 0; s < SEVERITIES; s++)
			r->n[s] += verdict_count(verdicts[i], (enum severity)s);
	r->passed = r->n[SEVERITY_ERROR] == 0;
	for (unsigned l = 0; l < LANGUAGES; l++)
		r->verdicts[l] = verdicts_text(verdicts, n, (enum language)l);
	r->summary = summary_text(r, verdicts, n);
}

void check_result_copy(const struct check_result *r, struct check_result *ret)
{
	*ret = *r;
	for (unsigned l = 0; l < LANGUAGES; l++)
		ret->verdicts[l] = mem_strdup(r->verdicts[l]);
	ret->summary = mem_strdup(r->summary);
}

void check_result_done(struct check_result *r)
{
	for (unsigned l = 0; l < LANGUAGES; l++)
		free(r->verdicts[l]);
	free(r->summary);
	*r = (struct check_result){.passed = false};
}
