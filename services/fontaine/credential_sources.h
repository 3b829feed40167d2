/* Where the credentials of a machine come from (systemd.exec(5), systemd-system-credentials(7)). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_CREDENTIAL_SOURCES_H
#define FONTAINE_FONTAINE_CREDENTIAL_SOURCES_H

#include "base/buf.h"

/** @source is for people; all are borrowed for the call, and @text ends with a NUL. */
typedef void (*on_credential)(void *data, const char *source, const char *name, const struct buf *text);

/** Of each file in the folder @dir. Return: 0, or a negative errno of the folder or the first file. */
int credential_each_in(const char *dir, on_credential on_one, void *data);

/** Those that services get: of the system, and of its stores. @root ("": none) comes before every path. */
void credential_each_in_force(const char *root, on_credential on_one, void *data);

/** What this machine was given, some of it perhaps twice: by fw_cfg, SMBIOS and credentials disks. */
void credential_each_given(const char *root, on_credential on_one, void *data);

#endif
