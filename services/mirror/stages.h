/*
 * A run's tree where no farm can be made: work/ has what differs and lies over tree/, which is served and gets it
 * in the order of two_stage.h. Blocking.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_STAGES_H
#define FONTAINE_MIRROR_STAGES_H

#include "mirror/names.h"
#include "mirror/runner.h"
#include "mirror/tree.h"

/**
 * Open what would be published, in either mode: work/ alone, or over tree/ without what goes, which is @gone, for
 * names_done() after tree_close(). Return: 0 or a negative errno.
 */
int stages_open(const struct runner_job *job, struct tree *ret, struct names *gone);

/**
 * Put what has come into tree/ of the project @fd; what goes is still there. The first time, work/ becomes tree/.
 * Until debian_marker_drop(), a Debian archive has the marker of @host. To be called again after it was cut off.
 * Return: 0 or a negative errno.
 */
int stages_publish(const struct runner_job *job, int fd, const char *host, enum tree_kind kind);

#endif
