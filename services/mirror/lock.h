/*
 * The lock of a project (flock(2)): its descriptor is passed on to the programs of a run, so it is held as long
 * as any of them lives, and no longer. Whoever holds it after a kill of the daemon is found by it.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_LOCK_H
#define FONTAINE_MIRROR_LOCK_H

enum { LOCK_CHILD_FD = 3 }; /* what it is in programs */

/** Return: 0 and *ret_fd, for close(); -EWOULDBLOCK when another one holds it; or a negative errno. */
int lock_take(const char *path, int *ret_fd);

/**
 * Kill whatever program has the lock at @path as its LOCK_CHILD_FD, until nobody holds it: what a run left over.
 * Blocks, up to @limit_ms. To be called before a sandbox hides other processes.
 * Return: 1 when something was killed, 0 when nobody held it; -EWOULDBLOCK when somebody else still holds it; or a
 * negative errno.
 */
int lock_reap(const char *path, unsigned limit_ms);

#endif
