/* All that the IPv6 test is asked. */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/tables.h"

#include "ipv6test/connection.h"
#include "ipv6test/dns.h"
#include "ipv6test/echo.h"
#include "ipv6test/ipv6test.h"
#include "ipv6test/readiness.h"
#include "ipv6test/session.h"
#include "ipv6test/share.h"
#include "ipv6test/who.h"

const struct http_route *const ipv6test_tables[] = {
	ipv6test_routes,
	session_routes,
	echo_routes,
	connection_routes,
	who_routes,
	share_routes,
	dns_routes,
	readiness_routes,
	NULL,
};
