/* Names that people write into files: domain names, mail addresses, web addresses. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_NAME_H
#define FONTAINE_BASE_NAME_H

#include <stdbool.h>

/*
 * All of them accept a subset of what the standards allow: nothing that needs an
 * escape in a configuration file, a zone file or a page.
 */

/** Letters, digits and inner hyphens, 1 to 63 (RFC 1123, 2.1). */
bool name_is_label(const char *text);

/** Labels with dots between them, up to 253, no dot at the end. */
bool name_is_domain(const char *text);

/** "noc@example.net": letters, digits and "._+-" before the @. */
bool name_is_mail(const char *text);

/** "https://example.net/path" or http; the characters of RFC 3986 without quotes and brackets. */
bool name_is_url(const char *text);

/** Whether the domain @domain is below a name that no registry delegates (RFC 6761, RFC 9476). */
bool name_is_set_aside(const char *domain);

#endif
