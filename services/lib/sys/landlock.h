/* The sandbox's part that names files and ports: Landlock (landlock(7)). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SYS_LANDLOCK_H
#define FONTAINE_SYS_LANDLOCK_H

#include "sys/sandbox.h"

/**
 * Restrict the calling thread, and the threads it starts later, to what @s allows,
 * as far as the kernel knows how. No new privileges must be set already.
 * Return: 0 (with a warning where the kernel has no Landlock) or a negative errno, logged.
 */
int landlock_apply(const struct sandbox *s);

#endif
