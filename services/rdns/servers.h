/*
 * The name servers of a delegation, as far as they can be told wrong without asking them: how
 * many, their names, and glue exactly where it is needed (RFC 1034, 4.2.1). The rest is for the
 * checker. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_SERVERS_H
#define FONTAINE_RDNS_SERVERS_H

#include "rdns/plan.h"

enum {
	SERVERS_MIN = 2,
	SERVERS_MAX = 13,
	GLUE_MAX = 8, /* addresses of one server */
};

struct name_server {
	const char *name; /* with or without a dot at its end */
	const struct addr *glue;
	size_t n_glue;
};

/** Whether a name server may have the address @a: addr_is_global(), but in a test lab. */
typedef bool (*servers_may_have)(const struct addr *a);

/**
 * Hold the @n servers at @all against the zones of @plan.
 * Return: REFUSAL_NONE; or why not, and in *reterr_which the server that it is about, from 0;
 * @n when it is about all of them.
 */
enum refusal servers_refuse(const struct plan *plan, const struct name_server *all, size_t n,
                            servers_may_have may_have, size_t *reterr_which);

#endif
