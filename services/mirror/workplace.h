/*
 * The folder of a project, as a run uses it: work/ is written by programs, current is the published generation,
 * and run/ has what one run leaves for itself. All of it blocks, and is for a worker thread.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_WORKPLACE_H
#define FONTAINE_MIRROR_WORKPLACE_H

#include "mirror/listing.h"

#include <limits.h>

enum { WORKPLACE_ROOM = 32 }; /* what its files' paths have beyond the folder's */

enum workplace_file {
	WORKPLACE_LOCK,
	WORKPLACE_WORK,    /* folder */
	WORKPLACE_CURRENT, /* link to a folder; may be missing */
	WORKPLACE_TREE,    /* folder that current leads to where no farm can be made; may be missing */
	WORKPLACE_GENERATIONS,
	WORKPLACE_PRUNED,  /* folder of a generation that is being removed; may be missing */
	WORKPLACE_NOTHING, /* a folder that is empty */
	WORKPLACE_PROBE,
	WORKPLACE_PRINTED, /* what rsync says to a dry run */
	WORKPLACE_COMING,
	WORKPLACE_GOING,
	WORKPLACE_FILES,
};

struct workplace {
	char paths[WORKPLACE_FILES][PATH_MAX];
	char dirty[PATH_MAX];
};

/** The places below @folder. Return: 0 or -ENAMETOOLONG. Pure. */
int workplace_init(struct workplace *w, const char *folder);

/** Make what is missing, and forget what another run has left in run/. Return: 0 or a negative errno. */
int workplace_prepare(const struct workplace *w);

/**
 * Remove from work/ what an rsync that was killed had begun, so that it takes no room; and whatever is called so: it
 * is fetched again. Return: 0 or a negative errno.
 */
int workplace_drop_begun(const struct workplace *w);

/** Make work/ a farm of the published tree (farm_update()). Return: 0 or a negative errno. */
int workplace_restore(const struct workplace *w);

/** Empty work/. Return: 0 or a negative errno. */
int workplace_clear_work(const struct workplace *w);

/** From now on work/ is not what is published, until workplace_set_clean(); on the disk. */
int workplace_set_dirty(const struct workplace *w);
int workplace_set_clean(const struct workplace *w);
bool workplace_is_dirty(const struct workplace *w);

/** Whether anything is published. */
bool workplace_has_current(const struct workplace *w);

/** Whether anything is published in WORKPLACE_TREE. */
bool workplace_has_tree(const struct workplace *w);

/** Whether generations can be made of work/ (farm_probe()). Return: 0; -EOPNOTSUPP; or another negative errno. */
int workplace_can_farm(const struct workplace *w);

struct workplace_probe {
	bool is_same; /* the probe is, byte for byte, the published file */
	uint64_t serial_here, serial_there;
};

/** Compare what was fetched as WORKPLACE_PROBE with the file @name of the published tree. */
int workplace_compare(const struct workplace *w, const char *name, struct workplace_probe *ret);

/** Read what rsync printed into WORKPLACE_COMING and WORKPLACE_GOING. Return: as listing_read(). */
int workplace_list(const struct workplace *w, const char *sentinel, struct listing *ret);

/** Free and all bytes of the file system. */
int workplace_space(const struct workplace *w, uint64_t *ret_free, uint64_t *ret_size);

#endif
