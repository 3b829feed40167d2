/*
 * What an operator asks of mirrord, over a Unix socket whose permissions say who may: JSON over HTTP.
 *
 *   GET  /projects             all of them, and what they do
 *   GET  /projects/NAME/runs   its newest runs
 *   GET  /projects/NAME/log    what the programs of its newest run said; ?run=ID of another one
 *   POST /projects/NAME/WISH   push, start, stop, hold, release
 *   GET  /metrics
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_API_H
#define FONTAINE_MIRROR_API_H

#include "mirror/engine.h"
#include "net/http.h"

/** The data of the server that has them is the engine. */
extern const struct http_route api_routes[];

/** What a path below /projects/ asks for. */
struct api_target {
	char project[64];
	enum {
		API_RUNS,
		API_LOG,
		API_WISH
	} what;
	enum engine_wish wish;
};

/** Read "/projects/debian/start". Return: 0, -ENOENT, or -ENOTSUP: another method than @method. Pure. */
int api_target(const char *path, unsigned method, struct api_target *ret);

#endif
