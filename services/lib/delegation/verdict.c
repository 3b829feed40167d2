/* SPDX-License-Identifier: MIT */
#include "delegation/verdict.h"

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const severity_ids[SEVERITIES] = {"notice", "warning", "error"};

struct verdict *verdict_new(const char *zone)
{
	struct verdict *v = mem_new(sizeof(*v));

	(void)snprintf(v->zone, sizeof(v->zone), "%s", zone);
	return v;
}

void verdict_free(struct verdict *v)
{
	for (size_t p = 0; p < PROBLEMS; p++) {
		struct finding *f = v->findings[p];
		for (size_t i = 0; f != NULL && i < f->n_seen; i++) {
			free(f->seen[i].server);
			free(f->seen[i].address);
			free(f->seen[i].query);
			free(f->seen[i].answer);
		}
		if (f != NULL)
			free(f->seen);
		free(f);
	}
	free(v);
}

void verdict_untested(struct verdict *v, enum check_id check, enum untested why)
{
	v->untested[check] = why;
}

struct finding *verdict_find(struct verdict *v, enum problem_id problem)
{
	if (v->findings[problem] == NULL) {
		v->findings[problem] = mem_new(sizeof(*v->findings[problem]));
		v->findings[problem]->problem = problem;
	}
	return v->findings[problem];
}

/** "NOERROR aa tc", and what else there is to say. */
static char *describe(const ldns_pkt *p, const char *detail)
{
	unsigned rcode = ldns_pkt_get_rcode(p) | (unsigned)ldns_pkt_edns_extended_rcode(p) << 4;
	char *text = rcode == 16 ? mem_strdup("BADVERS") : ldns_pkt_rcode2str(ldns_pkt_get_rcode(p));
	const char *comma = detail != NULL ? ", " : "";
	char *all = mem_printf("%s%s%s%s%s%s", text == NULL ? "?" : text, ldns_pkt_aa(p) ? " aa" : "",
	                       ldns_pkt_tc(p) ? " tc" : "", ldns_pkt_ra(p) ? " ra" : "", comma,
	                       detail != NULL ? detail : "");

	free(text);
	return all;
}

void verdict_see_name(struct verdict *v, enum problem_id problem, const char *server,
                      const struct observed_answer *answer, const char *detail)
{
	struct finding *f = verdict_find(v, problem);
	struct seen s = {.server = mem_strdup(server)};

	if (answer != NULL) {
		s.query = mem_strdup(answer->query);
		s.rc = answer->rc;
	}
	if (answer != NULL && answer->packet != NULL)
		s.answer = describe(answer->packet, detail);
	else
		s.answer = mem_strdup(detail);
	f->seen = mem_resize(f->seen, f->n_seen + 1, sizeof(*f->seen));
	f->seen[f->n_seen++] = s;
}

void verdict_see(struct verdict *v, enum problem_id problem, const struct observed_target *t,
                 const struct observed_answer *answer, const char *detail)
{
	char text[ADDR_TEXT_MAX];

	verdict_see_name(v, problem, t->server->name, answer, detail);
	struct finding *f = v->findings[problem];
	f->seen[f->n_seen - 1].address = mem_strdup(addr_text(&t->addr, text));
}

bool verdict_has(const struct verdict *v, enum check_id check, enum severity *ret_worst)
{
	bool has = false;

	*ret_worst = SEVERITY_NOTICE;
	for (size_t p = 0; p < PROBLEMS; p++) {
		if (v->findings[p] == NULL || problems[p].check != check)
			continue;
		has = true;
		if (problems[p].severity > *ret_worst)
			*ret_worst = problems[p].severity;
	}
	return has;
}

size_t verdict_count(const struct verdict *v, enum severity severity)
{
	size_t n = 0;

	for (size_t p = 0; p < PROBLEMS; p++)
		n += v->findings[p] != NULL && problems[p].severity == severity;
	return n;
}

const char *verdict_silence(int rc, enum language language)
{
	static const struct {
		int rc;
		const char *texts[LANGUAGES];
	} known[] = {
		{-ETIMEDOUT, {"no answer in time", "pas de réponse à temps"}},
		{-ECONNREFUSED, {"connection refused", "connexion refusée"}},
		{-ECONNRESET, {"closed without an answer", "fermé sans réponse"}},
		{-EBADMSG, {"what came is no answer to the question", "ce qui est venu ne répond pas à la question"}},
		{-EMSGSIZE, {"the answer is far too long", "la réponse est bien trop longue"}},
		{-ENETUNREACH, {"there is no route to it from here", "aucune route d'ici vers cette adresse"}},
		{-EHOSTUNREACH, {"the host cannot be reached", "l'hôte est injoignable"}},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].rc == rc)
			return known[i].texts[language];
	return language == LANGUAGE_FR ? "impossible de l'interroger" : "it could not be asked";
}

static void add_seen(yyjson_mut_doc *doc, yyjson_mut_val *list, const struct seen *s, enum language language)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, list);

	if (s->server != NULL)
		yyjson_mut_obj_add_strcpy(doc, o, "server", s->server);
	if (s->address != NULL)
		yyjson_mut_obj_add_strcpy(doc, o, "address", s->address);
	if (s->query != NULL)
		yyjson_mut_obj_add_strcpy(doc, o, "query", s->query);
	if (s->rc < 0)
		yyjson_mut_obj_add_str(doc, o, "answer", verdict_silence(s->rc, language));
	else if (s->answer != NULL)
		yyjson_mut_obj_add_strcpy(doc, o, "answer", s->answer);
}

static void add_finding(yyjson_mut_doc *doc, yyjson_mut_val *list, const struct finding *f, enum language language)
{
	const struct problem *p = &problems[f->problem];
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, list);

	yyjson_mut_obj_add_str(doc, o, "severity", severity_ids[p->severity]);
	yyjson_mut_obj_add_str(doc, o, "what", p->what[language]);
	yyjson_mut_obj_add_str(doc, o, "remedy", p->remedy[language]);
	yyjson_mut_val *seen = yyjson_mut_obj_add_arr(doc, o, "seen");
	for (size_t i = 0; i < f->n_seen && i < VERDICT_SEEN_MAX; i++)
		add_seen(doc, seen, &f->seen[i], language);
	if (f->n_seen > VERDICT_SEEN_MAX)
		yyjson_mut_obj_add_uint(doc, o, "more", f->n_seen - VERDICT_SEEN_MAX);
}

static void add_check(yyjson_mut_doc *doc, yyjson_mut_val *list, const struct verdict *v, enum check_id id,
                      enum language language)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, list);
	enum severity worst;
	bool has = verdict_has(v, id, &worst);
	const char *otherwise = v->untested[id] == TESTED ? "passed" : "untested";

	yyjson_mut_obj_add_str(doc, o, "id", checks[id].id);
	yyjson_mut_obj_add_str(doc, o, "group", checks[id].group);
	yyjson_mut_obj_add_str(doc, o, "title", checks[id].title[language]);
	yyjson_mut_obj_add_str(doc, o, "result", has ? severity_ids[worst] : otherwise);
	if (!has && v->untested[id] != TESTED)
		yyjson_mut_obj_add_str(doc, o, "why", untested_texts[v->untested[id]][language]);
	yyjson_mut_val *findings = yyjson_mut_obj_add_arr(doc, o, "findings");
	for (size_t p = 0; p < PROBLEMS; p++)
		if (v->findings[p] != NULL && problems[p].check == id)
			add_finding(doc, findings, v->findings[p], language);
}

yyjson_mut_val *verdict_json(const struct verdict *v, enum language language, yyjson_mut_doc *doc)
{
	yyjson_mut_val *o = yyjson_mut_obj(doc);

	yyjson_mut_obj_add_strcpy(doc, o, "zone", v->zone);
	yyjson_mut_obj_add_bool(doc, o, "passed", verdict_count(v, SEVERITY_ERROR) == 0);
	yyjson_mut_obj_add_uint(doc, o, "errors", verdict_count(v, SEVERITY_ERROR));
	yyjson_mut_obj_add_uint(doc, o, "warnings", verdict_count(v, SEVERITY_WARNING));
	yyjson_mut_obj_add_uint(doc, o, "notices", verdict_count(v, SEVERITY_NOTICE));
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, o, "checks");
	for (enum check_id id = 0; id < CHECKS; id++)
		add_check(doc, list, v, id, language);
	return o;
}
