/* A pointer to a request that waits for something: it becomes NULL when the client goes before that is there. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_HTTP_WEAK_H
#define FONTAINE_NET_HTTP_WEAK_H

#include "net/http_request.h"

/** Have *@weak (borrowed until http_weak_take()) point to @r, whose route has http_weak_gone() as its on_done. */
void http_weak_set(struct http_request **weak, struct http_request *r);

/** It waits no more. Return: the request, to be replied to, or NULL when its client has gone. */
struct http_request *http_weak_take(struct http_request **weak);

void http_weak_gone(struct http_request *r, void *data);

#endif
