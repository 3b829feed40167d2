/* What a parent zone says, or would say, of a reverse zone below it: name servers, glue, DS. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_DELEGATION_DELEGATION_H
#define FONTAINE_DELEGATION_DELEGATION_H

#include "base/addr.h"
#include "base/reverse.h"

#include <ldns/ldns.h>
#include <stddef.h>

enum {
	DELEGATION_SERVERS_MAX = 12,
	DELEGATION_ADDRESSES_MAX = 4, /* of one server */
	DELEGATION_DS_MAX = 12,
	DELEGATION_NAME_MAX = 256,
};

struct delegation_server {
	char name[DELEGATION_NAME_MAX]; /* lower case, no dot at the end */
	bool is_inside;                 /* of the zone itself: nobody finds it without glue */
	struct addr addresses[DELEGATION_ADDRESSES_MAX];
	size_t n_addresses;
};

struct delegation {
	char zone[DELEGATION_NAME_MAX]; /* lower case, no dot at the end */
	struct prefix prefix;           /* whose zone that is */
	struct delegation_server servers[DELEGATION_SERVERS_MAX];
	size_t n_servers;
	ldns_rr_list *ds; /* owned */
};

/**
 * Begin with a zone's name, or with a prefix that has one zone ("192.0.2.0/24").
 * All that is read returns NULL, or what is wrong, for people; then nothing was added.
 * Release with delegation_done() in any case.
 */
const char *delegation_init(struct delegation *d, const char *zone);
void delegation_done(struct delegation *d);

/** Add "NAME" or "NAME=ADDR,ADDR". */
const char *delegation_add_server(struct delegation *d, const char *text);

/** Add "TAG ALGORITHM TYPE DIGEST". */
const char *delegation_add_ds(struct delegation *d, const char *text);

/** Whether @name is @zone or below it; both lower case, no dot at the end. */
bool delegation_is_below(const char *name, const char *zone);

#endif
