/* What healthd knows, for an operator's terminal. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_WATCH_H
#define FONTAINE_FONTAINE_WATCH_H

#include "base/buf.h"

#define WATCH_SOCKET "/run/healthd/control.sock" /* of healthd(8) */

/** Write a line of each address in @json, healthd's /status.json: its state, and its services. */
void watch_add_addresses(struct buf *b, const char *json, size_t len);

/** Write all of @json in lines of 80 columns at most: how each service is, and what is announced. Pure. */
void watch_add_status(struct buf *b, const char *json, size_t len);

/** Show that each second until a signal ends it. Return: the exit status, when there is no terminal. */
int watch_run(void);

#endif
