/* SPDX-License-Identifier: MIT */
#include "rdns/api.h"

#include "net/bearer.h"
#include "net/http_daemon.h"
#include "net/http_weak.h"
#include "rdns/api_bulk.h"
#include "rdns/api_call.h"
#include "rdns/api_change.h"
#include "rdns/api_check.h"
#include "rdns/api_forward.h"
#include "rdns/api_import.h"
#include "rdns/api_read.h"
#include "rdns/api_session.h"
#include "rdns/auth.h"
#include "rdns/notifying.h"
#include "rdns/publishing.h"
#include "rdns/rechecking.h"
#include "rdns/roster.h"

#include <string.h>

/* What each operation does once it is known who asks. */
static void (*const handlers[API_OPERATIONS])(struct api_call *c) = {
	[API_LIST_PREFIXES] = api_list_prefixes,
	[API_LIST_DELEGATIONS] = api_list_delegations,
	[API_IMPORT_DELEGATIONS] = api_import_delegations,
	[API_GET_DELEGATION] = api_get_delegation,
	[API_PUT_DELEGATION] = api_change_delegation,
	[API_DELETE_DELEGATION] = api_change_delegation,
	[API_LIST_PTRS] = api_list_ptrs,
	[API_CHANGE_PTRS] = api_change_ptrs,
	[API_GET_PTR] = api_get_ptr,
	[API_GET_FORWARD] = api_get_forward,
	[API_PUT_PTR] = api_change_ptr,
	[API_DELETE_PTR] = api_change_ptr,
	[API_LIST_CHECKS] = api_list_checks,
	[API_GET_CHECK] = api_get_check,
	[API_START_CHECK] = api_start_check,
	[API_LIST_AUDIT] = api_list_audit,
	[API_GET_SESSION] = api_get_session,
	[API_END_SESSION] = api_end_session,
};

/* Only who is known is told what is wrong with the request. */
static void on_known(struct api_call *c)
{
	struct api_problem problem;

	if (c->request == NULL) /* its client has gone: nothing was begun */
		api_call_problem(c, API_FAILED, "");
	else if (api_call_parse(c, &problem) < 0)
		api_call_reply_problem(c, &problem);
	else if (handlers[c->wanted.route->operation] == NULL)
		api_call_problem(c, API_NOT_FOUND, "");
	else
		handlers[c->wanted.route->operation](c);
}

/* The one request whose token is in its body. */
static void start_session(struct api_call *c)
{
	struct api_problem problem;

	if (api_call_parse(c, &problem) < 0)
		api_call_reply_problem(c, &problem);
	else
		api_start_session(c);
}

static void on_request(struct http_request *r, void *data)
{
	struct rdnsd *d = data;
	struct api_call *c = api_call_new(d, r);

	if (d->n_calls > API_CALLS_MAX)
		api_call_problem(c, API_BUSY, "");
	else if (r->method == HTTP_METHOD_POST && strcmp(r->path, API_ROOT "session") == 0)
		start_session(c);
	else
		auth_find(c, on_known);
}

static void add_metrics(const void *data, struct buf *b)
{
	const struct rdnsd *d = data;

	roster_metrics(d->roster, b);
	bearer_metrics(d->bearer, "rdnsd", b);
	publishing_add_metrics(d->publishing, b);
	checking_add_metrics(d->checking, b);
	rechecking_add_metrics(d->rechecking, b);
	following_add_metrics(d->following, b);
	notifying_add_metrics(d->notifying, b);
	whose_metrics(d->whose, b, "rdnsd");
}

static void on_metrics(struct http_request *r, void *data)
{
	const struct rdnsd *d = data;

	http_daemon_metrics(d->daemon, r, add_metrics, d);
}

const struct http_route api_http_routes[] = {
	{.path = API_ROOT "*",
         .methods = HTTP_METHOD_GET | HTTP_METHOD_POST | HTTP_METHOD_PUT | HTTP_METHOD_DELETE,
         .body = HTTP_BODY_KEEP,
         .max_body_bytes = API_BODY_MAX_BYTES,
         .on_request = on_request,
         .on_done = http_weak_gone},
	{.path = "/metrics", .methods = HTTP_METHOD_GET, .on_request = on_metrics},
	{.path = NULL},
};
