/*
 * What a dry run of rsync(1) prints (rsync_list()): one line for each file that would come or go, then a summary.
 * rsync writes what is not plain text in a name as \#ooo, so a line is a line; the names are the upstream's all
 * the same, and none that leaves the tree is taken. Pure, but for listing_read(), which blocks.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_LISTING_H
#define FONTAINE_MIRROR_LISTING_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LISTING_LINE_MAX = 5 * PATH_MAX }; /* every byte of a name as \#ooo */

enum listing_kind {
	LISTING_OTHER, /* a message, or a part of the summary that says nothing to us */
	LISTING_COMES, /* new, or no longer the same */
	LISTING_GOES,
	LISTING_WRONG, /* a line of ours with something in it that none has */
};

struct listing_entry {
	enum listing_kind kind;
	const char *name; /* relative to the tree, in the line; a folder's without a slash at its end */
	bool is_folder;
	bool is_file; /* regular */
	bool is_new;
	uint64_t bytes;
};

/** Read a line, without its end, whose escapes are undone in place. */
enum listing_kind listing_parse(char *line, struct listing_entry *ret);

struct listing {
	uint64_t n_coming, n_going;          /* of all kinds */
	uint64_t n_files_new, n_files_going; /* regular, and links */
	uint64_t fetch_bytes;                /* at most */
	uint64_t n_listed;                   /* regular files that the upstream has */
	uint64_t listed_bytes;               /* of them all */
	uint64_t received_bytes;             /* over the network */
	bool is_whole;                       /* it has its summary */
	bool is_sentinel_new, is_sentinel_going;
};

/** Files of a listing; NULL: not needed. */
struct listing_files {
	const char *from;     /* what rsync printed */
	const char *coming;   /* is written: the names that come, each ended by NUL */
	const char *going;    /* and those that go, what is in a folder before the folder */
	const char *sentinel; /* a name to look for */
};

/**
 * Read a listing as large as it may be, in a memory of a few pages.
 * Return: 0; -EBADMSG: a line that rsync never writes, or no summary; or a negative errno.
 */
int listing_read(const struct listing_files *files, struct listing *ret);

/** Files that are published, as far as the listing tells. */
uint64_t listing_n_published(const struct listing *l);

#endif
