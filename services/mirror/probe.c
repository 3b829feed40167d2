/* SPDX-License-Identifier: MIT */
#include "mirror/probe.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

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

uint64_t probe_serial(const char *text)
{
	static const char key[] = "Archive serial:";

	while (strncmp(text, key, sizeof(key) - 1) != 0) {
		text = strchr(text, '\n');
		if (text == NULL)
			return 0;
		text++;
	}
	text += sizeof(key) - 1;
	text += strspn(text, " ");
	size_t digits = strspn(text, "0123456789");
	return digits > 0 && digits < 19 ? strtoull(text, NULL, 10) : 0;
}
