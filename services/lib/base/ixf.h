/*
 * The IX-F Member Export: an exchange point's own list of its members (JSON schema,
 * version 1.0, https://github.com/euro-ix/json-schemas). Of their prefixes it knows how many
 * they may announce, and of their addresses those on the peering LAN.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_IXF_H
#define FONTAINE_BASE_IXF_H

#include "base/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	IXF_CONTACTS_MAX = 8, /* of a member; further ones are passed over */
	IXF_ERROR_MAX = 160,
};

/** One member, as far as the export says; texts are NULL where it does not. */
struct ixf_member {
	uint32_t asn; /* 0 where the export has none that can be */
	const char *name, *url;
	const char *since;                      /* as the export writes it: date and time (RFC 3339) */
	uint64_t speed_mbps;                    /* of all its ports; 0: not said */
	uint32_t max_ipv4, max_ipv6;            /* prefixes it may announce, the most of a connection; 0: not said */
	bool route_server, route_collector;     /* it is connected to that of the exchange */
	const char *contacts[IXF_CONTACTS_MAX]; /* mail addresses, as they stand there */
	unsigned n_contacts;
};

/** What is found; what it points at is good for the time of a call. */
struct ixf_visitor {
	/** A member, before its addresses. */
	void (*on_member)(const struct ixf_member *m, void *data); /* or NULL */
	/** Its address, as /32 or /128; what is none is passed over. */
	void (*on_address)(uint32_t asn, const struct prefix *address, void *data);
	void *data;
};

/**
 * Tell @v what the @len bytes at @text, followed by a NUL, have.
 * Return: 0, or -EINVAL and *reterr, then nothing was told.
 */
int ixf_read(const char *text, size_t len, const struct ixf_visitor *v, char reterr[IXF_ERROR_MAX]);

#endif
