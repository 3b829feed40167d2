/*
 * What is served beside a large file: a line for sha256sum(1), a torrent (BEP 3) whose seeds are web servers (BEP 19),
 * and a Metalink (RFC 5854). Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_METAINFO_H
#define FONTAINE_MIRROR_METAINFO_H

#include "base/buf.h"
#include "mirror/pieces.h"

#include <stdbool.h>

enum metainfo_kind {
	METAINFO_SHA256,
	METAINFO_TORRENT,
	METAINFO_METALINK,
	METAINFO_KINDS,
};

extern const char *const metainfo_endings[METAINFO_KINDS]; /* ".sha256", ".torrent", ".meta4" */
extern const char *const metainfo_types[METAINFO_KINDS];   /* media types */

enum { METAINFO_URLS_MAX = 16 };

/** A file, where it can be had. All is borrowed; texts are UTF-8 without control characters. */
struct metainfo {
	const char *name; /* without a folder */
	const struct pieces *pieces;
	const char *urls[METAINFO_URLS_MAX]; /* of the file, the best one first */
	size_t n_urls;
};

/** The kind that @path ends with, and *ret_len of the path before it; METAINFO_KINDS: with none. */
enum metainfo_kind metainfo_kind_of(const char *path, size_t *ret_len);

/** Append it. Return: 0, or -ENOBUFS. */
int metainfo_add(enum metainfo_kind kind, const struct metainfo *m, struct buf *b);

/** Whether @text can be written in all of them. */
bool metainfo_is_text(const char *text);

#endif
