/* Requests to the API of a daemon, one after the other: on this machine by its Unix socket, or at a URL. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_ASKING_H
#define FONTAINE_FONTAINE_ASKING_H

#include "base/buf.h"

enum { ASKING_LIMIT_S = 120 };

/** Zeroed but for socket and url before asking_open(). */
struct asking {
	const char *socket, *url; /* borrowed; the URL, when there is one */
	void *curl, *headers;     /* private */
};

void asking_open(struct asking *a);
void asking_close(struct asking *a);

/** With each request; copied. */
void asking_add_header(struct asking *a, const char *line);

/**
 * Send @body ("": none) and append the reply's to @answer. Return: the status of HTTP, or 0 and *reterr_why (static):
 * nobody has answered.
 */
long asking_send(struct asking *a, const char *method, const char *path, const char *body, struct buf *answer,
                 const char **reterr_why);

#endif
