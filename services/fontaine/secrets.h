/* What in a file is secret, so that it is found wherever it turns up. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_SECRETS_H
#define FONTAINE_FONTAINE_SECRETS_H

#include "fontaine/scrub.h"

/** Have @s look for the secrets in @text, that of a file of keys or of a credential. Return: how many. */
unsigned secrets_in_file(struct scrub *s, const char *text, size_t len);

/** The same for a POP file, of which webhooks are secret behind their host: whoever knows them may tell. */
unsigned secrets_in_pop(struct scrub *s, const char *text, size_t len);

#endif
