/* SPDX-License-Identifier: MIT */
#include "net/http_transport.h"

#include "net/assets.h"
#include "net/http_route.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void http_reply(struct http_request *r, const struct http_reply *reply)
{
	r->transport->reply(r, reply);
}

int http_upgrade(struct http_request *r, const char *headers, const struct conn_ops *ops, void *data)
{
	if (r->transport->upgrade == NULL)
		return -ENOTSUP;
	return r->transport->upgrade(r, headers, ops, data);
}

int http_request_socket(const struct http_request *r)
{
	return conn_socket(r->transport->conn(r));
}

uv_loop_t *http_request_loop(const struct http_request *r)
{
	return conn_loop(r->transport->conn(r));
}

bool http_request_is_secure(const struct http_request *r)
{
	return conn_is_secure(r->transport->conn(r));
}

void http_send_large(struct http_request *r)
{
	conn_set_segments(r->transport->conn(r), 0);
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

/* Methods that r->route allows (RFC 9110, 15.5.6). */
static void reply_not_allowed(struct http_request *r)
{
	unsigned allowed = http_route_methods(r->route);
	char header[80] = "Allow: ";
	const char *separator = "";

	for (unsigned i = 0; i < HTTP_METHODS; i++) {
		if (!(allowed & 1u << i))
			continue;
		strcat(strcat(header, separator), http_method_names[i]);
		separator = ", ";
	}
	reply_reason(r, 405, strcat(header, "\r\n"));
}

/* Whoever comes by a Unix socket is a proxy of our own, and says who asks; nobody else is believed. */
static bool know_client(struct http_request *r)
{
	if (addr_family(&r->client) != AF_UNSPEC)
		return true;
	const char *forwarded = http_request_header(r, "X-Forwarded-For");
	return forwarded != NULL && addr_parse(forwarded, 0, &r->client) == 0;
}

bool http_admit(struct http_server *s, struct http_request *r)
{
	uint32_t wait_ms;

	if (!know_client(r)) {
		http_reply_status(r, 400);
		return false;
	}
	if (limit_take(s->limit, &r->client, uv_now(s->loop), &wait_ms) < 0) {
		http_count(&s->counters->limited, 1);
		http_reply_wait(r, 429, wait_ms);
		return false;
	}
	int status = http_route_find(s->routes, s->config->assets != NULL, r);
	if (status == 405) {
		reply_not_allowed(r);
		return false;
	}
	if (status == 0 && r->route != NULL && r->route->on_head != NULL)
		status = r->route->on_head(r, s->config->data);
	if (status > 0)
		http_reply_status(r, status);
	return status == 0; /* else: HTTP_REPLIED */
}

void http_handle(struct http_server *s, struct http_request *r)
{
	if (r->route != NULL)
		r->route->on_request(r, s->config->data);
	else if (!assets_reply(s->config->assets, r))
		http_reply_status(r, 404);
}

void http_received(struct http_server *s, struct http_request *r, size_t len)
{
	r->body_bytes += len;
	http_count(&s->counters->body_bytes_in, len);
	if (r->route->on_body != NULL)
		r->route->on_body(r, len);
}

int http_received_piece(struct http_server *s, struct http_request *r, const char *piece, size_t len)
{
	if (len > r->route->max_body_bytes - r->body_bytes)
		return 413;
	if (r->route->body == HTTP_BODY_KEEP && buf_add(&r->body, piece, len) < 0)
		return 413;
	http_received(s, r, len);
	return 0;
}

void http_sent(struct http_server *s, struct http_request *r, size_t len)
{
	http_count(&s->counters->body_bytes_out, len);
	if (r->route != NULL && r->route->on_sent != NULL)
		r->route->on_sent(r, len);
}

void http_ended(struct http_server *s, struct http_request *r)
{
	if (r->route != NULL && r->route->on_done != NULL)
		r->route->on_done(r, s->config->data);
}
