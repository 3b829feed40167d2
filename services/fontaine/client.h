/*
 * HTTP/1.1 requests to one server over one family of addresses, many at once on one
 * thread, by libcurl. No proxy is asked: it would be measured instead of the line.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_CLIENT_H
#define FONTAINE_FONTAINE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CLIENT_ANSWER_MS = 10000,      /* a question without an answer for so long has failed */
	CLIENT_BODY_MAX_BYTES = 65536, /* of an answer */
	CLIENT_WHY_MAX = 288,
};

struct client;   /* opaque; release with client_free() */
struct transfer; /* one request; opaque; ended by transfer_end() */

/** @url: of the server, no slash at its end; @family: AF_INET or AF_INET6; @ca_path: NULL for the system's. */
struct client *client_new(const char *url, int family, const char *ca_path);

/** No transfer is left. */
void client_free(struct client *c);

/** GET @path, below the server's URL, and keep the answer. */
struct transfer *client_ask(struct client *c, const char *path);

/** GET @path and add the bytes of its body to @count (borrowed), as they arrive. */
struct transfer *client_download(struct client *c, const char *path, uint64_t *count);

/** POST @len random bytes to @path and add them to @count (borrowed), as they are sent. */
struct transfer *client_upload(struct client *c, const char *path, uint64_t len, uint64_t *count);

/** Go on for up to @wait_ms. Return: a transfer that is complete, or NULL. */
struct transfer *client_run(struct client *c, int wait_ms);

/** What has come of a transfer. */
struct answer {
	const char *reason;       /* NULL: all is well; "none", "lost", "silent", "refused", "busy", "tls" */
	char why[CLIENT_WHY_MAX]; /* the same for people */
	long status;              /* of HTTP; 0 without an answer */
	double latency_ms;        /* from the question to its answer, with the time to connect when it had to */
};

/** Of a complete transfer. Return: whether all is well. */
bool transfer_answer(struct transfer *t, struct answer *ret);

/** Body of a complete client_ask(), always with a 0 after it; borrowed. */
const char *transfer_body(const struct transfer *t);

/** The socket of a download or an upload, or -1. */
int transfer_socket(const struct transfer *t);

/** The same request once more. */
void transfer_restart(struct transfer *t);

/** End it, complete or not, and free it. */
void transfer_end(struct transfer *t);

#endif
