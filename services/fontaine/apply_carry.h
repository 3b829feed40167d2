/* Putting a POP file in place while the POP runs, and going back. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_APPLY_CARRY_H
#define FONTAINE_FONTAINE_APPLY_CARRY_H

#include "base/buf.h"
#include "fontaine/apply_plan.h"

#define APPLY_STATE "/run/fontaine-apply" /* folder; it is there */

/**
 * Put @new in the place of @old, tell servers as @plan says, and wait until all are as well as they were.
 * Return: 0; -ECANCELED when @old is back, with the reason in @why; -EIO when that failed too.
 */
int apply_carry_out(const struct apply_side *old, const struct apply_side *new, const struct apply_plan *plan,
                    struct buf *why);

/**
 * Go back if one that was carried out did not come to its end.
 * Return: 0 when there was none; else as apply_carry_out().
 */
int apply_recover(struct buf *why);

#endif
