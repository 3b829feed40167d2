/*
 * What is served beside large files: of FILE in a project's tree FILE.sha256, FILE.torrent and FILE.meta4
 * (mirror/metainfo.h). nginx asks for those that the tree does not have itself, below API_LARGE_PREFIX.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_API_LARGE_H
#define FONTAINE_MIRROR_API_LARGE_H

#include "mirror/api.h"

#define API_LARGE_PREFIX "/beside/"

/** Of both sockets; the data of their servers is a struct api. */
extern const struct http_route api_large_routes[];

#endif
