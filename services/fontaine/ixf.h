/* The IX-F Member Export: an exchange point's own list of its members (version 1.0). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_IXF_H
#define FONTAINE_FONTAINE_IXF_H

#include <yyjson.h>

/**
 * Append the members' addresses on the peering LAN, which are all that the export
 * knows of them, as prefixes to the list @prefixes.
 * Return: 0 or a negative errno, logged with @path.
 */
int ixf_add_prefixes(const char *path, yyjson_mut_doc *d, yyjson_mut_val *prefixes);

#endif
