/* Static pages, read into memory at start: no file is opened for a request. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_ASSETS_H
#define FONTAINE_NET_ASSETS_H

#include "net/http.h"

struct assets; /* opaque; release with assets_free() */

/** Never NULL. */
struct assets *assets_new(void);
void assets_free(struct assets *a);

/**
 * Add every file below @dir at @url_prefix ("/" or "/shared/"); index.html is
 * served at its folder's path.
 * Return: 0, or a negative errno, logged with the file.
 */
int assets_add_dir(struct assets *a, const char *dir, const char *url_prefix);

/** Add one document; @text is copied. */
void assets_add(struct assets *a, const char *path, const char *type, const char *text, size_t len);

/** Reply to @r with the page at its path. Return: false when there is none. */
bool assets_reply(const struct assets *a, struct http_request *r);

#endif
