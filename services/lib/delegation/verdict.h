/* What the check of a delegation has found. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_DELEGATION_VERDICT_H
#define FONTAINE_DELEGATION_VERDICT_H

#include "delegation/checks.h"
#include "delegation/observed.h"

#include <stdbool.h>
#include <yyjson.h>

/** What a problem was seen in. Texts are owned; NULL: there is none. */
struct seen {
	char *server, *address, *query;
	int rc;       /* below 0: there was no answer, as dns_answer says why */
	char *answer; /* "REFUSED"; in no language */
};

struct finding {
	enum problem_id problem;
	struct seen *seen;
	size_t n_seen;
};

struct verdict {
	char zone[DELEGATION_NAME_MAX];
	enum untested untested[CHECKS];
	struct finding *findings[PROBLEMS]; /* NULL: no such problem */
};

/** Never NULL. Release with verdict_free(). */
struct verdict *verdict_new(const char *zone);
void verdict_free(struct verdict *v);

/** Note that a check could not be made; findings of it count all the same. */
void verdict_untested(struct verdict *v, enum check_id check, enum untested why);

/** Note a problem, without a server to name. Return: what the next ones are added to. */
struct finding *verdict_find(struct verdict *v, enum problem_id problem);

/** Note a problem that @answer of @t shows; @detail follows what is told of the answer anyway, or is NULL. */
void verdict_see(struct verdict *v, enum problem_id problem, const struct observed_target *t,
                 const struct observed_answer *answer, const char *detail);

/** The same, of a server's name alone; @answer may be NULL. */
void verdict_see_name(struct verdict *v, enum problem_id problem, const char *server,
                      const struct observed_answer *answer, const char *detail);

/** Whether something was found of @check, and the worst of it. */
bool verdict_has(const struct verdict *v, enum check_id check, enum severity *ret_worst);

/** How many problems there are of a severity. */
size_t verdict_count(const struct verdict *v, enum severity severity);

/** What to say of a server that did not answer. */
const char *verdict_silence(int rc, enum language language);

enum { VERDICT_SEEN_MAX = 16 }; /* of one problem, as JSON */

/**
 * {"zone","passed","errors","warnings","notices","checks":[{"id","group","title","result","why",
 * "findings":[{"severity","what","remedy","seen":[{"server","address","query","answer"}]}]}]};
 * where there is more to be seen, its number is in "more";
 * result: "passed", "notice", "warning", "error" or "untested", then with why. Owned by @doc.
 */
yyjson_mut_val *verdict_json(const struct verdict *v, enum language language, yyjson_mut_doc *doc);

extern const char *const severity_ids[SEVERITIES]; /* "notice", "warning", "error" */

#endif
