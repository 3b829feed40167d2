/* A TSIG key in a file as keymgr(8) writes and kdig(1) reads it: "ALGORITHM:NAME:SECRET", maybe after "# ". Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_KEY_FILE_H
#define FONTAINE_RDNS_KEY_FILE_H

#include "rdns/message.h"

enum { KEY_FILE_FIELD_MAX = 256 };

struct key_file {
	char name[KEY_FILE_FIELD_MAX], algorithm[KEY_FILE_FIELD_MAX]; /* each with a dot at its end */
	char secret[KEY_FILE_FIELD_MAX];
};

/** Read the first line of @text. Return: 0, or -EINVAL when it has no such key. */
int key_file_parse(const char *text, struct key_file *ret);

/** The same for message.h; borrows @file. */
struct tsig_key key_file_key(const struct key_file *file);

#endif
