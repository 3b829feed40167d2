/* Names that people write into files: domain names, mail addresses, web addresses. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_NAME_H
#define FONTAINE_BASE_NAME_H

#include <stdbool.h>
#include <stdint.h>

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

enum { NAME_HOST_MAX = 256 };

/**
 * Split what a Host header or :authority says: "example.net", "192.0.2.1:80" or
 * "[2001:db8::1]:80" (RFC 3986, 3.2.2). @ret_host keeps the brackets; *ret_port is
 * 0 without a port.
 * Return: 0, or -EINVAL when that is no host of ours to repeat in a URL.
 */
int name_split_authority(const char *text, char ret_host[NAME_HOST_MAX], uint16_t *ret_port);

/** Whether the domain @domain is below a name that no registry delegates (RFC 6761, RFC 9476). */
bool name_is_set_aside(const char *domain);

#endif
