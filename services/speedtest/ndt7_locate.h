/*
 * The reply of a locate service (version 2), by which ndt7 clients find servers.
 * Pure. The nearest comes first: ourselves, since the client asked here.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_NDT7_LOCATE_H
#define FONTAINE_SPEEDTEST_NDT7_LOCATE_H

#include "base/pop.h"

/**
 * Name this POP, which has a speed test, and its neighbours.
 * @host: as the client reached us, an address or a name, IPv6 in brackets.
 * Return: JSON. Release with free().
 */
char *ndt7_locate_json(const struct pop *p, const char *host);

#endif
