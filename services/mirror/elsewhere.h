/*
 * What may be had at another POP, of what is not here: which project a path is of, whether the file is an index, and
 * a memory of a fixed size for what other POPs have said of single files. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_ELSEWHERE_H
#define FONTAINE_MIRROR_ELSEWHERE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELSEWHERE_MARK "redirected" /* in the query of whoever was sent on */

enum {
	ELSEWHERE_NAME_MAX = 64,
	ELSEWHERE_ANSWERS = 4096,
	ELSEWHERE_THERE_S = 60,
	ELSEWHERE_MISSING_S = 10,
	ELSEWHERE_PROJECTS_MAX = 1000,
};

struct elsewhere_path {
	char project[ELSEWHERE_NAME_MAX];
	bool is_index;  /* it names other files, which have to be of the same generation */
	bool is_folder; /* it ends with "/" */
	bool was_sent;  /* by another POP, which is done once */
};

/** Read the target of a request, as sent. Return: 0, or -ENOENT: it is of no project. */
int elsewhere_read(const char *path, const char *query, struct elsewhere_path *ret);

/** The projects that a POP has published: names, sorted. */
struct elsewhere_held {
	char (*names)[ELSEWHERE_NAME_MAX];
	size_t n;
};

/** Read what a POP says at /api/v1/mirrors. Return: 0 and *ret, for elsewhere_held_done(); or -EINVAL. */
int elsewhere_held_read(const char *json, size_t len, struct elsewhere_held *ret);
void elsewhere_held_done(struct elsewhere_held *h);
bool elsewhere_held_has(const struct elsewhere_held *h, const char *project);

enum elsewhere_answer {
	ELSEWHERE_UNKNOWN,
	ELSEWHERE_THERE,
	ELSEWHERE_MISSING,
};

struct elsewhere_answers; /* opaque; never NULL; release with free() */

/** @key: random, so that nobody can choose whose place in the memory he takes. */
struct elsewhere_answers *elsewhere_answers_new(const uint64_t key[2]);
enum elsewhere_answer elsewhere_answers_get(const struct elsewhere_answers *a, size_t pop, const char *path,
                                            int64_t now_s);
void elsewhere_answers_put(struct elsewhere_answers *a, size_t pop, const char *path, enum elsewhere_answer answer,
                           int64_t now_s);

#endif
