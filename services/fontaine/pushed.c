/* SPDX-License-Identifier: MIT */
#include "fontaine/pushed.h"

#include <stdio.h>
#include <string.h>

#define ARCHIVE "sync:archive:"

/** The project with this name; NULL: it may not be pushed. */
static const char *find(const char *name, const char *const *projects, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(projects[i], name) == 0)
			return projects[i];
	return NULL;
}

enum pushed pushed_read(const char *text, const char *const *projects, size_t n, const char **ret_project)
{
	/* A callback is not made, and further hops are pushed by who publishes: both words change nothing here. */
	static const char *const now[] = {"sync:all", "sync:stage2", "sync:mhop", "sync:callback"};
	char copy[PUSHED_MAX_BYTES], *rest = NULL;
	const char *project = projects[0];
	enum pushed when = PUSHED_NOW;

	if (text == NULL)
		text = "";
	if (strlen(text) >= sizeof(copy))
		return PUSHED_REFUSED;
	(void)snprintf(copy, sizeof(copy), "%s", text);
	for (const char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
		if (strncmp(word, ARCHIVE, strlen(ARCHIVE)) == 0)
			project = find(word + strlen(ARCHIVE), projects, n);
		else if (strcmp(word, "sync:stage1") == 0)
			when = PUSHED_LATER;
		else if (find(word, now, sizeof(now) / sizeof(*now)) == NULL)
			return PUSHED_REFUSED;
		if (project == NULL)
			return PUSHED_REFUSED;
	}
	*ret_project = project;
	return when;
}
