/*
 * Whether a Release file is signed by who may: gpgv(1) is asked, and what it says on its status lines is read
 * (GnuPG's doc/DETAILS). Its exit code is none of this: it is bad when one of several keys is not known. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_SIGNATURE_H
#define FONTAINE_MIRROR_SIGNATURE_H

#include <stddef.h>

enum {
	SIGNATURE_ARGUMENTS_MAX = 12,
	SIGNATURE_TEXT_MAX = 192,
	SIGNATURE_STATUS_MAX = 65536, /* bytes of status lines that are worth reading */
};

/**
 * The command that writes status lines to standard output: for the clear-signed file @path when @text is NULL,
 * else for the signature @path of the file @text. All is borrowed. NULL-terminated.
 */
void signature_command(const char *keyring, const char *path, const char *text,
                       const char *ret[SIGNATURE_ARGUMENTS_MAX]);

/**
 * Read the @len bytes of status lines. One good signature is enough, beside others whose keys we do not have, but
 * not beside a bad one.
 * Return: 0 and in *ret whose it is; or -EBADMSG and in *ret why it is not believed, with the remedy.
 */
int signature_verdict(const char *status, size_t len, char ret[SIGNATURE_TEXT_MAX]);

#endif
