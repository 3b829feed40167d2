/*
 * A cgroup for each run, below the one that the service manager delegates to the daemon (systemd.resource-control(5),
 * Delegate=), so that whatever a program starts ends with it (cgroup v2, cgroup.kill). Where there is none, a run
 * has its process group alone.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_CGROUP_H
#define FONTAINE_MIRROR_CGROUP_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * Find the folder of this process's cgroup. @self: what /proc/self/cgroup says; @root: where cgroup v2 is mounted.
 * Return: 0, or -ENOENT when @self has none of version 2. Pure.
 */
int cgroup_of(const char *self, const char *root, char ret[PATH_MAX]);

/**
 * Make the cgroup @name below this process's own. Whoever writes 0 to its cgroup.procs is in it.
 * Return: 0 and its folder; or a negative errno where cgroups are not ours to make.
 */
int cgroup_make(const char *name, char ret[PATH_MAX]);

/** Kill all that is in there. Return: 0 or a negative errno. */
int cgroup_kill(const char *folder);

/** Whether a process is in there. */
bool cgroup_is_used(const char *folder);

/** Return: 0, or -EBUSY while processes are in there. */
int cgroup_remove(const char *folder);

#endif
