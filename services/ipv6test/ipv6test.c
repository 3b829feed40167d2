/* SPDX-License-Identifier: MIT */
#include "ipv6test/ipv6test.h"

#include "ipv6test/dns.h"
#include "ipv6test/readiness.h"
#include "ipv6test/share.h"
#include "ipv6test/who.h"
#include "net/http_daemon.h"
#include "net/whose.h"

uint64_t ipv6test_now_s(void)
{
	return uv_hrtime() / 1000000000;
}

static void add_metrics(const void *data, struct buf *b)
{
	const struct ipv6test *t = data;

	whose_metrics(t->whose, b, "ipv6testd");
	who_metrics(t->who, b);
	archive_metrics(t->archive, b, "ipv6testd");
	share_metrics(t->share, b);
	dns_metrics(t->dns, b);
	readiness_metrics(t->readiness, b);
}

static void on_metrics(struct http_request *r, void *data)
{
	const struct ipv6test *t = data;

	http_daemon_metrics(t->daemon, r, add_metrics, t);
}

const struct http_route ipv6test_routes[] = {
	{.path = "/metrics", .methods = HTTP_METHOD_GET, .on_request = on_metrics},
	{.path = NULL},
};
