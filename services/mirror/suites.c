/* SPDX-License-Identifier: MIT */
#include "mirror/suites.h"

#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DISTS "dists"

static struct suite *suite_of(struct suites *s, const char *folder)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->all[i].folder, folder) == 0)
			return &s->all[i];
	s->all = mem_resize(s->all, s->n + 1, sizeof(*s->all));
	s->all[s->n] = (struct suite){.folder = mem_strdup(folder)};
	return &s->all[s->n++];
}

/** Whether the operator wants @folder looked at: "dists/SUITE", or what is in it. */
static bool is_wanted(const struct verify *v, const char *folder)
{
	size_t n_top = strlen(DISTS "/");

	for (size_t i = 0; i < v->n_suites && strlen(folder) > n_top; i++) {
		const char *rest = folder + n_top, *suite = v->suites[i];
		size_t len = strlen(suite);
		if (strncmp(rest, suite, len) == 0 && (rest[len] == '\0' || rest[len] == '/'))
			return true;
	}
	return v->n_suites == 0;
}

/** @path ends with "Release", or with "Release.gpg". */
static int on_release(struct verify *v, const char *path, void *data)
{
	char folder[TREE_PATH_MAX];
	struct suites *s = data;
	const char *name = strrchr(path, '/') + 1;

	verify_folder(path, folder);
	if (!is_wanted(v, folder))
		return 0;
	if (s->n == SUITES_MAX) {
		findings_add(&v->findings, FINDING_MALFORMED, folder, "is one suite more than we take");
		return 0;
	}
	struct suite *suite = suite_of(s, folder);
	suite->has_inrelease = suite->has_inrelease || strcmp(name, "InRelease") == 0;
	suite->has_release = suite->has_release || strcmp(name, "Release") == 0;
	suite->has_signature = suite->has_signature || strcmp(name, "Release.gpg") == 0;
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct suite *)a)->folder, ((const struct suite *)b)->folder);
}

static bool is_within(const char *folder, const char *around)
{
	size_t len = strlen(around);

	return strncmp(folder, around, len) == 0 && folder[len] == '/';
}

/** Leave the suites: within one, "Release" describes a component, unless it is signed too. */
static void drop_parts(struct suites *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct suite *suite = &s->all[i];
		bool is_part = !suite->has_inrelease && !suite->has_release; /* a signature of nothing */
		bool is_signed = suite->has_inrelease || suite->has_signature;
		for (size_t k = 0; k < n && !is_signed; k++)
			is_part = is_part || is_within(suite->folder, s->all[k].folder);
		if (is_part)
			free(suite->folder);
		else
			s->all[n++] = *suite;
	}
	s->n = n;
}

int suites_find(struct verify *v, struct suites *ret)
{
	static const char *const endings[] = {"InRelease", "Release", "Release.gpg"};
	struct suites s = {0};

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		int rc = verify_walk(v, &(struct verify_walk){DISTS, endings[i], endings[i], on_release, &s});
		if (rc < 0) {
			suites_done(&s);
			return rc;
		}
	}
	if (s.n > 0)
		qsort(s.all, s.n, sizeof(*s.all), compare);
	drop_parts(&s);
	*ret = s;
	return 0;
}

void suites_done(struct suites *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->all[i].folder);
	free(s->all);
	*s = (struct suites){0};
}
