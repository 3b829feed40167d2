/* Secrets that the service manager passes (systemd.exec(5), CREDENTIALS). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SYS_CREDENTIAL_H
#define FONTAINE_SYS_CREDENTIAL_H

/** The first line of the credential called @name; NULL: there is none, or it is empty. Release with free(). */
char *credential_read(const char *name);

#endif
