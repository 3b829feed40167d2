/* The verdict on a delegation, for people. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/rdns.h"

#include <stdio.h>

static const char *const severity_texts[SEVERITIES][LANGUAGES] = {
	[SEVERITY_NOTICE] = {"Notice", "Remarque"},
	[SEVERITY_WARNING] = {"Warning", "Avertissement"},
	[SEVERITY_ERROR] = {"Error", "Erreur"},
};

static void print_seen(const struct seen *s, enum language language)
{
	const char *answer = s->rc < 0 ? verdict_silence(s->rc, language) : s->answer;

	(void)printf("    %s%s%s", s->server != NULL ? s->server : "", s->address != NULL ? " " : "",
	             s->address != NULL ? s->address : "");
	if (s->query != NULL)
		(void)printf("%s%s?", s->server != NULL ? ": " : "", s->query);
	(void)printf("%s%s\n", answer != NULL ? " " : "", answer != NULL ? answer : "");
}

static void print_finding(const struct finding *f, enum language language)
{
	const struct problem *p = &problems[f->problem];

	(void)printf("\n%s (%s): %s\n", severity_texts[p->severity][language], checks[p->check].id, p->what[language]);
	for (size_t i = 0; i < f->n_seen; i++)
		print_seen(&f->seen[i], language);
	(void)printf("  -> %s\n", p->remedy[language]);
}

/** The checks that were not made for one reason, on one line. */
static void print_untested(const struct verdict *v, enum untested why, enum language language)
{
	bool is_first = true;

	for (enum check_id c = 0; c < CHECKS; c++) {
		enum severity worst;
		if (v->untested[c] != why || verdict_has(v, c, &worst))
			continue;
		if (is_first)
			(void)printf(language == LANGUAGE_FR ? "\nNon testé, car %s : %s" : "\nNot tested, for %s: %s",
			             untested_texts[why][language], checks[c].id);
		else
			(void)printf(", %s", checks[c].id);
		is_first = false;
	}
}

static void print_checks(const struct verdict *v, enum language language)
{
	int n_passed = 0;

	for (enum check_id c = 0; c < CHECKS; c++) {
		enum severity worst;
		n_passed += v->untested[c] == TESTED && !verdict_has(v, c, &worst);
	}
	for (enum untested why = TESTED + 1; why < UNTESTED; why++)
		print_untested(v, why, language);
	(void)printf(language == LANGUAGE_FR ? "\n\n%d contrôles réussis sur %d.\n" : "\n\n%d of %d checks passed.\n",
	             n_passed, CHECKS);
}

void rdns_report(const struct verdict *v, enum language language)
{
	static const enum severity order[] = {SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTICE};

	(void)printf(language == LANGUAGE_FR ? "%s : erreurs %zu, avertissements %zu, remarques %zu\n"
	                                     : "%s: errors %zu, warnings %zu, notices %zu\n",
	             v->zone, verdict_count(v, SEVERITY_ERROR), verdict_count(v, SEVERITY_WARNING),
	             verdict_count(v, SEVERITY_NOTICE));
	for (size_t s = 0; s < SEVERITIES; s++)
		for (size_t p = 0; p < PROBLEMS; p++)
			if (v->findings[p] != NULL && problems[p].severity == order[s])
				print_finding(v->findings[p], language);
	print_checks(v, language);
}
