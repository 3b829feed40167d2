/*
 * What the rules of a project's tree are in a run (struct runner_tree): work/ is verified as its kind is, and becomes
 * a generation, which is switched to.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_PUBLICATION_H
#define FONTAINE_MIRROR_PUBLICATION_H

#include "mirror/runner.h"

/** For all projects of @pop (borrowed), which has mirrors. */
struct runner_tree publication_tree(const struct pop *pop);

/** Whether generations can be made below @root. Blocks. Return: 0, or a negative errno, logged with the remedy. */
int publication_probe(const char *root);

#endif
