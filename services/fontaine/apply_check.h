/* Configurations that are not in place yet, as the servers that will read them judge them. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_APPLY_CHECK_H
#define FONTAINE_FONTAINE_APPLY_CHECK_H

#include "base/buf.h"
#include "fontaine/fileset.h"

#include <stdbool.h>

/**
 * Have each server that has a checker read its file of @staged, which is written. @but_dns: not those of zones,
 * whose keys are not made yet. Blocks for seconds. Return: 0, or -EINVAL with what the first one says in @why.
 */
int apply_check(const struct fileset *staged, bool but_dns, struct buf *why);

#endif
