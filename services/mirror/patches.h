/* The patches that the Index of a folder like Packages.diff names (Debian's RepositoryFormat, "Diffs"). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_PATCHES_H
#define FONTAINE_MIRROR_PATCHES_H

#include "mirror/packages.h"

/** Read an Index to its end, by paths beside it. Return: as packages_read(). */
int patches_read(struct lines *l, packages_on_file on_file, void *data, char reterr[PACKAGES_ERROR_MAX]);

#endif
