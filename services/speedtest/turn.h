/*
 * `/turn`: where a page finds the relay of the packet-loss test, and a name and a
 * password that coturn takes for a minute ("TURN REST API": the password is made
 * from the name by a secret that both know).
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_TURN_H
#define FONTAINE_SPEEDTEST_TURN_H

#include "base/buf.h"
#include "base/pop.h"
#include "net/http.h"

#include <stdatomic.h>

enum {
	TURN_TTL_S = 60,
	TURN_SECRET_MAX = 128,
	TURN_NAME_MAX = 48,
	TURN_PASSWORD_MAX = 32,
};

/** Handlers' data is struct speedtest. */
extern const struct http_route turn_routes[];

struct turn {
	char secret[TURN_SECRET_MAX]; /* "": there is no relay */
	struct addr ipv4, ipv6;       /* of the relay; AF_UNSPEC where it has none */
	_Atomic uint64_t given;       /* credentials so far */
};

/**
 * The relay of @p, by the credential "turn-secret" that the service manager passes
 * (systemd.exec(5)). Without one there is none, with a warning when @p says so.
 * Call before the sandbox: a library loads what it needs.
 */
void turn_init(struct turn *t, const struct pop *p);

struct turn_credential {
	char name[TURN_NAME_MAX]; /* "1767225660:4b6c1d0f9a8e7c25" */
	char password[TURN_PASSWORD_MAX];
};

/**
 * For @client, until @expires_s of Unix time. The name tells one household from
 * another, for coturn's quota, but not who it is. Pure.
 */
void turn_credential_make(const char *secret, const struct addr *client, int64_t expires_s,
                          struct turn_credential *ret);

/** Append what it has done. */
void turn_metrics(const struct turn *t, struct buf *text);

#endif
