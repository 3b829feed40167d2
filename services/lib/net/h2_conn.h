/* A connection that speaks HTTP/2: a socket and its deadlines around a session (net/h2_session.h). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_H2_CONN_H
#define FONTAINE_NET_H2_CONN_H

#include "net/http_conn.h"

/** Whom a connection of the server is handed over to, with h2_conn_new() as its data, when its client chose h2. */
extern const struct conn_ops h2_conn_ops;

/** @conn is borrowed until on_closed; so is @server. Never NULL. */
struct h2_conn *h2_conn_new(struct http_server *server, struct conn *conn, const struct addr *client);

#endif
