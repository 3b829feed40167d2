/*
 * The IX-F Member Export: an exchange point's own list of its members (JSON schema,
 * version 1.0). All that it knows of their networks is their addresses on the peering LAN.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_IXF_H
#define FONTAINE_BASE_IXF_H

#include "base/addr.h"

#include <stddef.h>

/** What is found; what it points at is good for the time of a call. */
struct ixf_visitor {
	/** A member, before its addresses. @asn is 0 and @name NULL where the export has none that can be. */
	void (*on_member)(uint32_t asn, const char *name, void *data); /* or NULL */
	/** Its address, as /32 or /128; what is none is passed over. */
	void (*on_address)(uint32_t asn, const struct prefix *address, void *data);
	void *data;
};

enum { IXF_ERROR_MAX = 160 };

/**
 * Tell @v what the @len bytes at @text, followed by a NUL, have.
 * Return: 0, or -EINVAL and *reterr, then nothing was told.
 */
int ixf_read(const char *text, size_t len, const struct ixf_visitor *v, char reterr[IXF_ERROR_MAX]);

#endif
