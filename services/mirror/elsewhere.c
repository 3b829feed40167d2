/* SPDX-License-Identifier: MIT */
#include "mirror/elsewhere.h"

#include "base/mem.h"
#include "base/siphash.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

/** A name of a project, of @len letters. */
static bool is_name(const char *text, size_t len)
{
	return len > 0 && len < ELSEWHERE_NAME_MAX && text[0] != '-' && strspn(text, NAME_LETTERS) >= len;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/** @text ends with @end, but for one more suffix, which says how it is compressed or signed. */
static bool ends(const char *text, const char *end)
{
	const char *at = strstr(text, end);

	for (const char *more = at; more != NULL; more = strstr(more + 1, end))
		at = more;
	if (at == NULL)
		return false;
	const char *rest = at + strlen(end);
	return *rest == '\0' || *rest == '.';
}

/* As the POP's nginx has them (stock/nginx/nginx.conf), but for what is found by its hash and so is never another. */
static bool is_index(const char *path)
{
	static const char *const folders[] = {"/repodata/", "/dep11/", "/trace/", "/i18n/"};
	static const char *const names[] = {"InRelease", "Release", "Packages", "Sources", "Contents-",
	                                    "Translation-", "lastsync", "lastupdate", "state.txt", "SHA256SUMS",
	                                    "MD5SUMS", "ls-lR"};
	static const char *const suffixes[] = {".db", ".files"};
	const char *file = strrchr(path, '/') + 1;

	if (strstr(path, "/by-hash/") != NULL)
		return false;
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (strstr(path, folders[i]) != NULL)
			return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (begins(file, names[i]))
			return true;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (ends(file, suffixes[i]))
			return true;
	return false;
}

int elsewhere_read(const char *path, const char *query, struct elsewhere_path *ret)
{
	size_t len = *path == '/' ? strcspn(path + 1, "/") : 0;

	if (!is_name(path + 1, len) || path[1 + len] != '/')
		return -ENOENT;
	*ret = (struct elsewhere_path){.is_index = is_index(path),
	                               .is_folder = path[strlen(path) - 1] == '/',
	                               .was_sent = strstr(query, ELSEWHERE_MARK) != NULL};
	(void)snprintf(ret->project, sizeof(ret->project), "%.*s", (int)len, path + 1);
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

int elsewhere_held_read(const char *json, size_t len, struct elsewhere_held *ret)
{
	yyjson_doc *doc = yyjson_read(json, len, 0);
	yyjson_val *list = yyjson_doc_get_root(doc), *o;
	struct elsewhere_held h = {.n = 0};
	size_t i, n;

	if (!yyjson_is_arr(list)) {
		yyjson_doc_free(doc);
		return -EINVAL;
	}
	h.names = mem_new(ELSEWHERE_PROJECTS_MAX * sizeof(*h.names));
	yyjson_arr_foreach(list, i, n, o) {
		const char *name = yyjson_get_str(yyjson_obj_get(o, "name"));
		bool is_published = yyjson_is_int(yyjson_obj_get(o, "published"));
		if (h.n < ELSEWHERE_PROJECTS_MAX && name != NULL && is_published && is_name(name, strlen(name)))
			(void)snprintf(h.names[h.n++], ELSEWHERE_NAME_MAX, "%s", name);
	}
	qsort(h.names, h.n, sizeof(*h.names), compare);
	yyjson_doc_free(doc);
	*ret = h;
	return 0;
}

void elsewhere_held_done(struct elsewhere_held *h)
{
	free(h->names);
	*h = (struct elsewhere_held){.n = 0};
}

bool elsewhere_held_has(const struct elsewhere_held *h, const char *project)
{
	return h->n > 0 && bsearch(project, h->names, h->n, sizeof(*h->names), compare) != NULL;
}

struct slot {
	uint64_t key;
	int64_t until_s;
	enum elsewhere_answer answer;
};

struct elsewhere_answers {
	uint64_t key[2];
	struct slot slots[ELSEWHERE_ANSWERS];
};

struct elsewhere_answers *elsewhere_answers_new(const uint64_t key[2])
{
	struct elsewhere_answers *a = mem_new(sizeof(*a));

	memcpy(a->key, key, sizeof(a->key));
	return a;
}

static uint64_t key_of(const struct elsewhere_answers *a, size_t pop, const char *path)
{
	uint64_t key[2] = {a->key[0], a->key[1] ^ pop};

	return siphash(key, path, strlen(path));
}

enum elsewhere_answer elsewhere_answers_get(const struct elsewhere_answers *a, size_t pop, const char *path,
                                            int64_t now_s)
{
	uint64_t key = key_of(a, pop, path);
	const struct slot *s = &a->slots[key % ELSEWHERE_ANSWERS];

	return s->key == key && s->until_s > now_s ? s->answer : ELSEWHERE_UNKNOWN;
}

void elsewhere_answers_put(struct elsewhere_answers *a, size_t pop, const char *path, enum elsewhere_answer answer,
                           int64_t now_s)
{
	uint64_t key = key_of(a, pop, path);
	int64_t lasts_s = answer == ELSEWHERE_THERE ? ELSEWHERE_THERE_S : ELSEWHERE_MISSING_S;

	a->slots[key % ELSEWHERE_ANSWERS] = (struct slot){key, now_s + lasts_s, answer};
}
