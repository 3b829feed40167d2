/* SPDX-License-Identifier: MIT */
#include "net/http_route.h"

#include "net/http_reply.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool http_has_body(const struct http_request *r)
{
	return r->chunked || r->content_bytes > 0;
}

/* Pages are only read. */
static unsigned methods_of(const struct http_route *route)
{
	unsigned methods = route != NULL ? route->methods : HTTP_METHOD_GET;

	return methods & HTTP_METHOD_GET ? methods | HTTP_METHOD_HEAD : methods;
}

int http_route_find(const struct http_config *config, struct http_request *r)
{
	const struct http_route *route = config->routes;

	while (route->path != NULL && strcmp(route->path, r->path) != 0)
		route++;
	r->route = route->path != NULL ? route : NULL;
	if (r->route == NULL && config->assets == NULL)
		return 404;
	if (!(methods_of(r->route) & r->method))
		return 405;
	if (!http_has_body(r))
		return 0;
	bool wanted = r->route != NULL && r->route->body != HTTP_BODY_NONE;
	return wanted && r->content_bytes <= r->route->max_body_bytes ? 0 : 413;
}

static void reply_reason(struct http_request *r, int status, const char *headers)
{
	char body[64];
	int n = snprintf(body, sizeof(body), "%s\n", http_reason(status));

	http_reply(r, &(struct http_reply){.status = status,
	                                   .type = "text/plain",
	                                   .headers = headers,
	                                   .body = body,
	                                   .body_bytes = (size_t)n});
}

void http_reply_status(struct http_request *r, int status)
{
	reply_reason(r, status, NULL);
}

void http_reply_wait(struct http_request *r, int status, uint32_t wait_ms)
{
	char header[40];

	(void)snprintf(header, sizeof(header), "Retry-After: %" PRIu32 "\r\n",
	               wait_ms / 1000 + (wait_ms % 1000 != 0));
	reply_reason(r, status, header);
}

void http_reply_not_allowed(struct http_request *r)
{
	static const struct {
		enum http_method bit;
		const char *name;
	} methods[] = {
		{HTTP_METHOD_GET, "GET"},
		{HTTP_METHOD_HEAD, "HEAD"},
		{HTTP_METHOD_POST, "POST"},
		{HTTP_METHOD_PUT, "PUT"},
		{HTTP_METHOD_DELETE, "DELETE"},
		{HTTP_METHOD_OPTIONS, "OPTIONS"},
	};
	unsigned allowed = methods_of(r->route);
	char header[80] = "Allow: ";
	const char *separator = "";

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (!(allowed & methods[i].bit))
			continue;
		strcat(strcat(header, separator), methods[i].name);
		separator = ", ";
	}
	reply_reason(r, 405, strcat(header, "\r\n"));
}
