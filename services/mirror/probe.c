/* SPDX-License-Identifier: MIT */
#include "mirror/probe.h"

#include <stddef.h>

const char *probe_name(enum pop_mirror_kind kind)
{
	switch (kind) {
	case POP_MIRROR_DEBIAN:
		return "project/trace/master";
	case POP_MIRROR_RPM:
		return "repodata/repomd.xml";
	case POP_MIRROR_ARCH:
		return "lastupdate";
	case POP_MIRROR_OSM_PLANET:
		return "state.txt";
	case POP_MIRROR_FILES:
	case POP_MIRROR_COMMAND:
		break;
	}
	return NULL;
}
