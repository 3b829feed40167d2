/* SPDX-License-Identifier: MIT */
#include "ipv6test/connection.h"

#include "ipv6test/tunnel.h"
#include "ipv6test/visitor.h"
#include "net/reply.h"
#include "net/tcp.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	BODY_MAX_BYTES = 64 * 1024,
	TCP_TEXT_MAX = 256,
	REPLY_MAX_BYTES = 1024,
};

/* "null" when a proxy is in between: its connection is not the visitor's. */
static void write_tcp(const struct http_request *r, char ret[TCP_TEXT_MAX])
{
	struct tcp_stats t;

	if (tcp_stats_read(http_request_socket(r), &t) < 0) {
		(void)snprintf(ret, TCP_TEXT_MAX, "null");
		return;
	}
	(void)snprintf(ret, TCP_TEXT_MAX,
	               "{\"rtt_us\":%" PRIu32 ",\"min_rtt_us\":%" PRIu32 ",\"snd_mss\":%" PRIu32
	               ",\"rcv_mss\":%" PRIu32 ",\"advmss\":%" PRIu32 ",\"pmtu\":%" PRIu32
	               ",\"retransmits\":%" PRIu32 "}",
	               t.rtt_us, t.min_rtt_us, t.send_mss, t.receive_mss, t.advertised_mss, t.path_mtu,
	               t.retransmits);
}

static void on_connection(struct http_request *r, void *data)
{
	char address[ADDR_TEXT_MAX], via[VISITOR_TEXT_MAX], host[VISITOR_TEXT_MAX], tcp[TCP_TEXT_MAX];
	char body[REPLY_MAX_BYTES];
	(void)data;

	if (r->method == HTTP_METHOD_OPTIONS) {
		reply_empty(r);
		return;
	}
	write_tcp(r, tcp);
	int n = snprintf(body, sizeof(body),
	                 "{\"ip\":\"%s\",\"family\":\"%s\",\"type\":\"%s\",\"subtype\":\"%s\",\"via\":\"%s\","
	                 "\"port\":%u,\"tcp\":%s,\"host\":\"%s\"}\n",
	                 addr_text(&r->client, address), visitor_family(&r->client), visitor_family(&r->client),
	                 tunnel_of(&r->client), visitor_header(r, "Via", via), addr_port(&r->client), tcp,
	                 visitor_header(r, "Host", host));
	reply_json(r, body, (size_t)n);
}

const struct http_route connection_routes[] = {
	{.path = "/connection.json",
         .methods = HTTP_METHOD_GET | HTTP_METHOD_POST | HTTP_METHOD_OPTIONS,
         .body = HTTP_BODY_COUNT,
         .max_body_bytes = BODY_MAX_BYTES,
         .on_request = on_connection},
	{.path = NULL},
};
