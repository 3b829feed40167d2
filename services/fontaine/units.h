/* Which systemd units carry the POP's services. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_UNITS_H
#define FONTAINE_FONTAINE_UNITS_H

#include "base/pop.h"

#include <stdint.h>

/** The unit that runs @service, a key of the POP file, in the POP @p. */
const char *units_of(const struct pop *p, const char *service);

/**
 * When the unit of @service became active, in seconds since the epoch, as the
 * service manager of this machine says; 0 when it is not active, or not to be asked.
 */
uint64_t units_active_since_s(const struct pop *p, const char *service);

#endif
