/* A compressed archive of files, written and read again (POSIX.1-2017, pax, "ustar Interchange Format"; RFC 1952). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_BUNDLE_ARCHIVE_H
#define FONTAINE_FONTAINE_BUNDLE_ARCHIVE_H

#include "fontaine/scrub.h"

#include <stdint.h>

enum { BUNDLE_NAME_MAX = 100 }; /* with its NUL */

struct bundle_archive; /* opaque */

/** Write to the file @fd (taken), whose files have the time @time_s (Unix). */
struct bundle_archive *bundle_archive_new(int fd, int64_t time_s);

/** Add a file, readable by its owner alone; @name is shorter than BUNDLE_NAME_MAX. */
void bundle_archive_add(struct bundle_archive *a, const char *name, const char *text, size_t len);

/** End it, on the disk. Return: 0, or the negative errno that the first failure had. */
int bundle_archive_close(struct bundle_archive *a);

/**
 * Read the archive at @path from its beginning, and look in each file and name for what @s leaves in no text.
 * Return: 0; -EPERM, the file in @reterr_name and what it has; or -EBADMSG: it is not whole.
 */
int bundle_archive_check(const char *path, struct scrub *s, char reterr_name[BUNDLE_NAME_MAX],
                         enum scrub_kind *reterr_kind);

#endif
