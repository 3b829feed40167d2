/*
 * What a mirror of Debian says of itself: project/trace/HOST, _traces and _hierarchy, as ftpsync writes them and
 * the project's mirror checker reads them; and the marker of an update in progress.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_DEBIAN_TRACE_H
#define FONTAINE_MIRROR_DEBIAN_TRACE_H

#include "mirror/tree.h"

#include <stdbool.h>
#include <stdint.h>

/** Texts are borrowed, one line each; what is NULL is left out. */
struct debian_trace {
	const char *host;     /* the mirror's name: that of its trace file */
	const char *machine;  /* it runs on */
	const char *version;  /* ours */
	const char *upstream; /* host */
	const char *maintainer, *sponsor, *country, *location;
	const char *throughput, *trigger;
	const char *architectures; /* "amd64 arm64 source", or NULL */
	bool is_partial;           /* the operator excludes some */
	int64_t started, ended;    /* Unix seconds */
	uint64_t serial;           /* of the archive; 0: unknown */
	uint64_t bytes;            /* received */
	uint64_t stage1_s, stage2_s;
};

/** Append the text of the trace file. Pure. */
void debian_trace_text(const struct debian_trace *t, struct buf *b);

/** The Archive serial of a trace file's @text (NUL-terminated). Return: 0, or -EINVAL: it has none. Pure. */
int debian_trace_serial(const char *text, uint64_t *ret);

/** The Archive serial of the archive @t; 0: it does not say. Blocking. */
uint64_t debian_serial(const struct tree *t);

/**
 * Write trace, _hierarchy (and .mirror, for mirrors of this one) and _traces into project/trace of the tree @fd
 * (borrowed), made if need be. Blocking. Return: 0 or a negative errno.
 */
int debian_trace_put(int fd, const struct debian_trace *t);

enum {
	DEBIAN_MARKER_MAX = 320,
	DEBIAN_MARKER_AGE_S = 12 * 3600, /* older ones were left behind: what verifies is published all the same */
};

/** The name of the marker of @host's updates, at the archive's top. Pure. */
char *debian_marker(const char *host, char ret[DEBIAN_MARKER_MAX]);

/** Whether the path @name is the marker of somebody else's update than @own's: then upstream is not whole. Pure. */
bool debian_is_foreign_marker(const char *name, const char *own);

/**
 * Look for a foreign marker at the top of the archive @fd (borrowed) that was set less than DEBIAN_MARKER_AGE_S
 * before @now_s. Blocking. Return: 1 and its name, 0, or a negative errno.
 */
int debian_marker_find(int fd, const char *own, int64_t now_s, char ret[DEBIAN_MARKER_MAX]);

/** Take all markers away from the top of the archive @fd: it is whole. Blocking. Return: 0 or a negative errno. */
int debian_marker_drop(int fd);

#endif
