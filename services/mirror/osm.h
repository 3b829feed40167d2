/* The state of OpenStreetMap's replication: state.txt, and the names of changes by their number. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_OSM_H
#define FONTAINE_MIRROR_OSM_H

#include <stdint.h>

enum { OSM_NAME_MAX = 64 };

struct osm_state {
	uint64_t sequence; /* below 10^9 */
	int64_t date;      /* Unix seconds */
};

/** Read a state.txt (NUL-terminated). Return: 0, or -EINVAL. */
int osm_state_parse(const char *text, struct osm_state *ret);

/** "012/345/678.ENDING" of 12345678. */
char *osm_name(uint64_t sequence, const char *ending, char ret[OSM_NAME_MAX]);

#endif
