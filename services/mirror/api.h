/*
 * What mirrord is asked, as services/mirror/web/openapi.yaml says: by everybody how the projects are, by operators
 * and by upstreams what they want. Two sockets have it: of one the permissions say who may, so no token is asked
 * for; to the other nginx passes on.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_API_H
#define FONTAINE_MIRROR_API_H

#include "mirror/auth.h"
#include "mirror/engine.h"
#include "mirror/redirect.h"
#include "mirror/traffic.h"
#include "net/http.h"

#define API_MIRRORS "/api/v1/mirrors"

/** The data of a server; all of it is borrowed. */
struct api {
	struct engine *engine;
	struct auth *auth;
	struct traffic *traffic;
	struct redirect *redirect;
	bool is_open; /* whoever asks may do everything */
	const struct pop *pop;
	const struct http_counters *counters; /* of all sockets, for the metrics */
	unsigned n_counters;
};

/** For both sockets; the metrics, for the open one; and, for the other, what nginx does not find. */
extern const struct http_route api_routes[];
extern const struct http_route api_metrics_routes[];
extern const struct http_route api_missing_routes[];

enum api_what {
	API_SHOW,
	API_RUNS,
	API_LOG,
	API_LARGE,
	API_WISH,
	API_ROLLBACK,
	API_TRAFFIC, /* of all projects, and of another path */
};

/** Who may ask for it. */
enum api_right {
	API_ANYBODY,
	API_PUSHER, /* and operators */
	API_OPERATOR,
};

/** What a path below /api/v1/mirrors/ asks for. */
struct api_target {
	char project[64];
	enum api_what what;
	enum api_right right;
	enum engine_wish wish;
};

/** Read "/api/v1/mirrors/debian/start". Return: 0, -ENOENT, or -ENOTSUP: another method than @method. Pure. */
int api_target(const char *path, unsigned method, struct api_target *ret);

#endif
