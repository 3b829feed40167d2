/* A program that is run, and what it says. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_CHILD_H
#define FONTAINE_FONTAINE_CHILD_H

#include "base/buf.h"

/**
 * Run @argv, which ends with NULL and is looked for along $PATH, without input, and append its output and what it
 * complains of to @said, as far as there is room. Blocks for @limit_ms at most.
 * Return: its exit status, 128 and more when a signal ended it; or a negative errno: -ETIMEDOUT when it was ended,
 * another when it cannot be run, which @said has too.
 */
int child_run(const char *const argv[], unsigned limit_ms, struct buf *said);

#endif
