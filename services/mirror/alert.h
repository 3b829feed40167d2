/* What an operator is told of a project: that it waits for him, that it is stale, that it is well again. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_ALERT_H
#define FONTAINE_MIRROR_ALERT_H

#include "mirror/status_json.h"

enum alert {
	ALERT_WELL,
	ALERT_STALE,
	ALERT_HELD,
	ALERTS,
};

extern const char *const alert_names[ALERTS + 1]; /* "recovered", "stale", "held", NULL; as events and the database */

/** What is to be said of @p when @told was said last; the same: nothing is. It is well again after a good run only. */
enum alert alert_next(enum alert told, const struct project_status *p);

/** The event, as JSON on one line; @site: of the POP. Release with free(). */
char *alert_text(enum alert a, const struct project_status *p, const char *site, int64_t now_s);

#endif
