/* SPDX-License-Identifier: MIT */
#include "net/reply.h"

void reply_json(struct http_request *r, const char *body, size_t len)
{
	http_reply(r, &(struct http_reply){.status = 200,
	                                   .type = "application/json",
	                                   .headers = REPLY_HEADERS,
	                                   .body = body,
	                                   .body_bytes = len});
}

static void reply_preflight(struct http_request *r)
{
	http_reply(r, &(struct http_reply){
			      .status = 204,
			      .headers = REPLY_HEADERS
			      "Access-Control-Allow-Methods: GET, POST\r\n"
			      "Access-Control-Allow-Headers: Content-Encoding, Content-Type\r\n"
			      "Access-Control-Max-Age: 86400\r\n"});
}

void reply_empty(struct http_request *r)
{
	if (r->method == HTTP_METHOD_OPTIONS)
		reply_preflight(r);
	else
		http_reply(r, &(struct http_reply){.status = 200, .headers = REPLY_HEADERS});
}

enum language reply_language(const struct http_request *r, enum language otherwise)
{
	enum language liked = language_wanted(http_request_header(r, "Accept-Language"), otherwise);
	char wanted[8];

	return http_request_query(r, "lang", wanted, sizeof(wanted)) == 0 ? language_of(wanted, liked) : liked;
}
