/* Requests to the API of a daemon, one after the other: on this machine by its Unix socket, or at a URL. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_API_CLIENT_H
#define FONTAINE_FONTAINE_API_CLIENT_H

#include "base/buf.h"

enum { API_CLIENT_LIMIT_S = 120 };

/** Zeroed but for socket and url before api_client_open(). */
struct api_client {
	const char *socket, *url; /* borrowed; the URL, when there is one */
	void *curl, *headers;     /* private */
};

void api_client_open(struct api_client *a);
void api_client_close(struct api_client *a);

/** With each request; copied. */
void api_client_add_header(struct api_client *a, const char *line);

/**
 * Send @body ("": none) and append the reply's to @answer. Return: the status of HTTP, or 0 and *reterr_why (static):
 * nobody has answered.
 */
long api_client_send(struct api_client *a, const char *method, const char *path, const char *body, struct buf *answer,
                     const char **reterr_why);

#endif
