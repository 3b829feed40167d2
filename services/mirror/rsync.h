/*
 * The command lines of rsync(1), whose upstream is not trusted: no devices, no links out of the tree, no set-uid,
 * nothing of the upstream's that is shown. What is fetched is a list of names, so that it is what was judged, or all
 * that differs, which is judged afterwards. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_RSYNC_H
#define FONTAINE_MIRROR_RSYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Borrowed for the call. */
struct rsync_job {
	const char *from; /* URL, or a folder, of a tree, or of a file for a probe */
	const char *to;   /* folder, or the probe's file */
	const char *const *exclude;
	size_t n_exclude;
	const char *kept;        /* pattern of what does not go when the upstream has it not; NULL: none */
	unsigned bandwidth_mbps; /* 0: any */
	unsigned silence_s;      /* how long the upstream may send nothing */
	/* of rsync_fetch(): */
	const char *names;   /* file of the names to fetch, each ended by NUL; NULL: all that there is */
	const char *compare; /* folder whose files need not come once more; NULL: none */
	const char *link;    /* folder whose files are linked instead of fetched; NULL: none */
};

/** A command, for execvp(3). Release with command_free(). */
struct command {
	char **argv; /* ended by NULL */
	size_t n;
};

/** List what would come and go, as mirror/listing.h reads it. */
struct command rsync_list(const struct rsync_job *job);

/** Fetch what is named; delete nothing. */
struct command rsync_fetch(const struct rsync_job *job);

/** Fetch what differs, delete the rest at the end, and print what came and went, as rsync_list() does. */
struct command rsync_sync(const struct rsync_job *job);

/** Fetch one small file. */
struct command rsync_probe(const struct rsync_job *job);

/** Bytes that it received, by what rsync_fetch() said at its end; 0 when it did not. */
uint64_t rsync_received(const char *said);

/** A program without arguments. */
struct command command_of(const char *path);

void command_free(struct command *c);

#endif
