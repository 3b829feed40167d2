/*
 * A certificate with its chain, in PEM files: what it is for, until when, and what
 * would be wrong with it as that of a server (RFC 5280; on OpenSSL).
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_CERTIFICATE_H
#define FONTAINE_NET_CERTIFICATE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct certificate; /* opaque; release with certificate_free() */

/** Read the server's certificate, and those after it, from @path. Return: 0, -EINVAL when it has none, or -errno. */
int certificate_read(const char *path, struct certificate **ret);
void certificate_free(struct certificate *c);

/** Unix seconds. */
int64_t certificate_begins_s(const struct certificate *c);
int64_t certificate_ends_s(const struct certificate *c);

/** Of at most @size bytes, for people: the organisation and the name. Return: @out. */
const char *certificate_issuer(const struct certificate *c, char *out, size_t size);

/** Call @add with each name and @data: "DNS:pop.example", "IP:192.0.2.1". */
void certificate_names(const struct certificate *c, void (*add)(void *data, const char *name), void *data);

/** Whether it is good for @name, written as certificate_names() does; "DNS:*.pop.example" stands for itself alone. */
bool certificate_is_for(const struct certificate *c, const char *name);

/** Hold the private key in the PEM file @path against it. Return: 0, -EINVAL when it is no key of its, or -errno. */
int certificate_check_key(const struct certificate *c, const char *path);

/**
 * Whether a client would trust it at @now_s that trusts the CA certificates in the file @ca_path, or with NULL those
 * of the system. Return: NULL, or why not, in OpenSSL's words (static).
 */
const char *certificate_distrust(const struct certificate *c, const char *ca_path, int64_t now_s);

#endif
