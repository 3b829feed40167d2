/* Where a POP keeps what is secret. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_SECRET_FILES_H
#define FONTAINE_FONTAINE_SECRET_FILES_H

#include <stdbool.h>
#include <sys/stat.h>

/** @is_reachable: everybody may enter the folders above it. */
typedef void (*on_secret_file)(void *data, const char *path, mode_t mode, bool is_reachable);

/** Call @on_file for each of them that can be seen. Return: how many. */
unsigned secret_files_each(on_secret_file on_file, void *data);

#endif
