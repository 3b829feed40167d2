/* SPDX-License-Identifier: MIT */
#include "mirror/api_problem.h"

#include "base/json_write.h"

#include <errno.h>
#include <stdio.h>

/* Where a problem is explained (RFC 9457, 3.1.1). */
#define TYPE_PREFIX "/mirror/openapi.yaml#/components/x-problems/"

/* clang-format off */
const struct api_problem api_problems[] = {
	{-EINVAL, 400, "malformed", "This request cannot be read",
	 "run and generation are numbers; a span is day, month or year; an address is of IPv4 or IPv6"},
	{-EACCES, 401, "no-token", "A token is needed",
	 "send one that is not revoked: Authorization: Bearer TOKEN; fontaine mirror token makes them"},
	{-EPERM, 403, "forbidden", "This token is not good for that",
	 "a token of a project pushes that project and nothing else"},
	{-ENOENT, 404, "not-found", "There is nothing here",
	 "no project, or no run, is called that"},
	{-ENOTSUP, 405, "method", "This cannot be done here",
	 "wishes are sent by POST, all else is asked for by GET"},
	{-EBUSY, 409, "held", "The project is held",
	 "see why, then release it"},
	{-ENODATA, 409, "nothing", "There is nothing to do that with",
	 "nothing of the project is held, or it has no such generation or none before the published one"},
	{-EINPROGRESS, 409, "running", "A run of the project goes on",
	 "wait for its end, or stop it"},
	{-EDQUOT, 429, "limited", "Too many tokens were tried",
	 "wait a moment"},
	{-EAGAIN, 503, "busy", "Not now",
	 "too much is waiting, or mirrord is about to stop: ask again"},
	{0, 500, "failed", "We have failed",
	 "the journal of mirrord says why"},
};
/* clang-format on */

const size_t api_n_problems = sizeof(api_problems) / sizeof(*api_problems);

const struct api_problem *api_problem_of(int rc)
{
	size_t i = 0;

	if (rc == -ENOBUFS)
		rc = -EAGAIN;
	while (api_problems[i].rc != rc && i + 1 < api_n_problems)
		i++;
	return &api_problems[i];
}

char *api_problem_text(const struct api_problem *p, const char *instance)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *o = yyjson_mut_obj(d);
	char type[128];

	(void)snprintf(type, sizeof(type), TYPE_PREFIX "%s", p->id);
	json_add_text(d, o, "type", type);
	json_add_text(d, o, "title", p->title);
	yyjson_mut_obj_add_int(d, o, "status", p->status);
	json_add_text(d, o, "detail", p->detail);
	json_add_text(d, o, "instance", instance);
	return json_take(d, o);
}
