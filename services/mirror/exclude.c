/* SPDX-License-Identifier: MIT */
#include "mirror/exclude.h"

#include <fnmatch.h>
#include <string.h>

enum { TEXT_MAX = 1024 };

/** Copy @len bytes as a text of its own. Return: whether it fits. */
static bool cut(const char *text, size_t len, char ret[TEXT_MAX])
{
	if (len >= TEXT_MAX)
		return false;
	memcpy(ret, text, len);
	ret[len] = '\0';
	return true;
}

/** Whether the pattern, without the "/" at its ends, is @path; "**" makes every star pass over a "/". */
static bool is_whole(const char *pattern, const char *path)
{
	return fnmatch(pattern, path, strstr(pattern, "**") != NULL ? 0 : FNM_PATHNAME) == 0;
}

/** Whether an end of @path that begins with a part of it is the pattern. */
static bool is_end(const char *pattern, const char *path)
{
	for (const char *at = path; at != NULL; at = strchr(at, '/')) {
		at += *at == '/';
		if (is_whole(pattern, at))
			return true;
	}
	return false;
}

/** @path: of a file, or of a folder around one. */
static bool matches(const char *given, const char *path, bool is_folder)
{
	char pattern[TEXT_MAX];
	bool is_tied = given[0] == '/';
	size_t len = strlen(given + is_tied);
	bool is_for_folders = len > 0 && given[is_tied + len - 1] == '/';

	if (len == 0 || (is_for_folders && !is_folder) || !cut(given + is_tied, len - is_for_folders, pattern))
		return false;
	return is_tied ? is_whole(pattern, path) : is_end(pattern, path);
}

bool exclude_matches(const struct exclude *e, const char *path)
{
	char part[TEXT_MAX];

	for (const char *end = strchr(path, '/'); end != NULL; end = strchr(end + 1, '/')) {
		if (!cut(path, (size_t)(end - path), part))
			continue;
		for (size_t i = 0; i < e->n; i++)
			if (matches(e->patterns[i], part, true))
				return true;
	}
	for (size_t i = 0; i < e->n; i++)
		if (matches(e->patterns[i], path, false))
			return true;
	return false;
}
