/* Lines of md5sum(1) and its like: "HASH  NAME", "HASH *NAME" or "SHA256 (NAME) = HASH". Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_SUMS_H
#define FONTAINE_MIRROR_SUMS_H

#include "mirror/checksum.h"
#include "mirror/tree.h"

/** Read a line of @len bytes. Return: whether it is one, and its hash and name, without "./" before it. */
bool sums_read(const char *line, size_t len, struct checksum *ret, char ret_name[TREE_PATH_MAX]);

#endif
