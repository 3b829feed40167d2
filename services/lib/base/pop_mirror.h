/* The POP file's mirrors: what its texts mean, and what a schema cannot say of them. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_MIRROR_H
#define FONTAINE_BASE_POP_MIRROR_H

#include "base/pop_doc.h"

enum { POP_INTERVAL_MIN_S = 60 };

/** "30m", "6h" or "1d". Return: 0, or -EINVAL, also for less than POP_INTERVAL_MIN_S. */
int pop_mirror_interval(const char *text, uint32_t *ret_s);

/**
 * How much of a file system of @size_bytes the text keeps free: "5%", "200GiB" (MiB, TiB).
 * Return: 0, or -EINVAL.
 */
int pop_mirror_reserve(const char *text, uint64_t size_bytes, uint64_t *ret_bytes);

/** Fill in what the file does not give. */
void pop_mirror_fill(struct pop_mirror *m);

/** Return: 0, or -EINVAL, refused by pop_doc_refuse(). */
int pop_mirror_check(struct pop_doc *d, const struct pop *p);

#endif
