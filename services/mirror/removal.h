/* Deleting what a listing says is to go, in a tree that somebody else has filled: never outside of it. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_REMOVAL_H
#define FONTAINE_MIRROR_REMOVAL_H

#include <stdint.h>

/**
 * Delete the names in the file @names, each ended by NUL, below the folder @tree. What is not there, or is in what
 * has become a link, is passed over; so is a folder that is not empty, for something in it is to stay. Blocks.
 * Return: 0 and how many went; -EBADMSG: something in @names is no name; or a negative errno.
 */
int removal_run(const char *tree, const char *names, uint64_t *ret_n);

#endif
