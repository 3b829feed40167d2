/* Asking gpgv(1) whether a Release file is signed by who may (mirror/signature.h). Blocks. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_GPGV_H
#define FONTAINE_MIRROR_GPGV_H

#include "mirror/signature.h"

/** Paths as of signature_command(). Return: as signature_verdict(), or a negative errno when it cannot be asked. */
int gpgv_check(const char *keyring, const char *path, const char *text, char ret[SIGNATURE_TEXT_MAX]);

#endif
