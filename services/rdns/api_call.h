/*
 * One request of the API on its way: read, authenticated, handled, replied to. It outlives its client:
 * what was begun is finished, and nobody is told.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_API_CALL_H
#define FONTAINE_RDNS_API_CALL_H

#include "rdns/rdnsd.h"
#include "rdns/request.h"
#include "rdns/rights.h"

#include <sqlite3.h>

enum {
	API_CALLS_MAX = 256, /* at hand; more are told to come back */
	API_WHO_MAX = 128,
	API_NEXT_MAX = PREFIX_TEXT_MAX,
};

/** Who asks, as the database has them. */
struct caller {
	struct who who;
	int64_t member; /* 0: an operator */
	char token[TOKEN_ID_LEN + 1];
	char name[API_WHO_MAX]; /* of a member */
	char text[API_WHO_MAX]; /* for the audit log: "AS64500, token backup" */
};

struct api_call;

/**
 * In a job: add to the array @items what @c asks for and belongs to @member, 0: to anybody.
 * @ret_next: what the next page comes after, "" after the last. Return: 0, or as db_exec().
 */
typedef int (*api_list_fn)(sqlite3 *db, const struct api_call *c, int64_t member, yyjson_mut_val *items,
                           char ret_next[API_NEXT_MAX]);

struct api_call {
	struct rdnsd *d;
	struct http_request *request; /* NULL: its client has gone */
	struct api_request wanted;    /* nothing in it is the client's own memory */
	struct caller caller;
	enum language language;

	/* The reply: a job of the store may make it. */
	yyjson_mut_doc *doc;
	yyjson_mut_val *root; /* of API_CHECK: the verdicts */
	int64_t version;      /* for ETag; 0: none */
	api_list_fn list;     /* private to api_read.c */

	/* Private to api_call.c. */
	char *if_match, *if_none_match;
	int (*work)(sqlite3 *db, struct api_call *c);
	void (*on_worked)(struct api_call *c, int rc);
	void *data; /* the handler's own; it is NULL or freed before the reply */
};

/** For @r, whose on_done is http_weak_gone(). Ends with one of the replies below. Never NULL. */
struct api_call *api_call_new(struct rdnsd *d, struct http_request *r);

/** Read what is wanted, and keep it. Return: 0, or -EINVAL and *reterr. */
int api_call_parse(struct api_call *c, struct api_problem *reterr);

/**
 * Have @work done by the store, in a transaction, then call @on_worked on the loop with what it returned;
 * at once with -ENOBUFS when too much waits. Return: whether it is queued.
 */
bool api_call_store(struct api_call *c, int (*work)(sqlite3 *db, struct api_call *c),
                    void (*on_worked)(struct api_call *c, int rc));

/** Each of these replies, then frees @c. @status: 200, 201 or 202 with c->root, 204 or 304 without. */
void api_call_reply(struct api_call *c, int status);
void api_call_reply_with(struct api_call *c, int status, const char *headers);
void api_call_problem(struct api_call *c, enum api_problem_id id, const char *detail);
void api_call_reply_problem(struct api_call *c, const struct api_problem *p);
void api_call_refuse(struct api_call *c, enum refusal r);

/** When a job has failed with @rc; logged when it is a fault of ours. */
void api_call_fail(struct api_call *c, int rc);

#endif
