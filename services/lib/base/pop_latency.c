/* The POP file's targets of latency. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_latency.h"

#include "base/pop_rule.h"

#include <stdio.h>
#include <string.h>

enum { PATH_MAX_BYTES = 96 };

/** Its history is kept by its name, which neighbours have as well. */
static int check_name(struct pop_doc *d, const struct pop *p, unsigned i)
{
	const struct pop_latency_target *all = p->latency->targets;
	char path[PATH_MAX_BYTES];
	bool is_taken = false;

	(void)snprintf(path, sizeof(path), "latency.targets[%u].name", i);
	for (unsigned j = 0; j < i; j++)
		is_taken = is_taken || strcmp(all[i].name, all[j].name) == 0;
	for (unsigned j = 0; j < p->n_neighbours; j++)
		is_taken = is_taken || strcmp(all[i].name, p->neighbours[j].name) == 0;
	if (is_taken)
		return pop_doc_refuse(d, path, "choose another name",
		                      "\"%s\" is a target or a neighbour already", all[i].name);
	return 0;
}

int pop_latency_check(struct pop_doc *d, const struct pop *p)
{
	const struct pop_latency *l = p->latency;

	if (l == NULL)
		return 0;
	if (p->services->pages == NULL)
		return pop_doc_refuse(d, "latency", "switch the service \"pages\" on, or remove this section",
		                      "it is shown by the pages, which are off");
	if (l->n_targets + p->n_neighbours > POP_LATENCY_TARGETS_MAX)
		return pop_doc_refuse(d, "latency.targets", "leave some out", "more than %d with the neighbours",
		                      POP_LATENCY_TARGETS_MAX);
	for (unsigned i = 0; i < l->n_targets; i++) {
		int rc = pop_rule_check(d, &pop_rule_label, l->targets[i].name, "latency.targets[%u].name", i);
		if (rc == 0)
			rc = pop_rule_check(d, &pop_rule_host, l->targets[i].host, "latency.targets[%u].host", i);
		if (rc == 0)
			rc = check_name(d, p, i);
		if (rc < 0)
			return rc;
	}
	return 0;
}
