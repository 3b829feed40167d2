/* What BIRD says of its protocols, by "show protocols all" at its control socket, made metrics. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_BIRD_METRICS_H
#define FONTAINE_FONTAINE_BIRD_METRICS_H

#include "base/buf.h"

#include <stdbool.h>

/** Append what @text, BIRD's answer, has. Return: whether it was understood. */
bool bird_metrics_write(struct buf *out, const char *text);

#endif
