/* What the credentials of a POP look like, and which of them a POP file asks for. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_CREDENTIAL_RULES_H
#define FONTAINE_FONTAINE_CREDENTIAL_RULES_H

#include "base/pop.h"

/** What is wrong with a credential, for people; never what is in it. */
struct credential_fault {
	char what[256];
	const char *remedy;
};

/** Whether a POP takes what is called @name. */
bool credential_is_known(const char *name);

/** Whether @text, @len bytes and a NUL, is what the credential @name is to be; else *reterr says why not. */
bool credential_is_right(const char *name, const char *text, size_t len, struct credential_fault *reterr);

/** Call @on_name for each credential that does not work without: @why is the key of the POP file. Both for the call. */
void credential_each_needed(const struct pop *p, void (*on_name)(void *data, const char *name, const char *why),
                            void *data);

#endif
