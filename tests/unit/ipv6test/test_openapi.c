/* The description of the API has every route. */
/* SPDX-License-Identifier: MIT */
#include "../../support/described.h"

#include "ipv6test/connection.h"
#include "ipv6test/dns.h"
#include "ipv6test/echo.h"
#include "ipv6test/ipv6test.h"
#include "ipv6test/readiness.h"
#include "ipv6test/session.h"
#include "ipv6test/share.h"
#include "ipv6test/who.h"

static void test_routes(void **state)
{
	static const struct http_route *const tables[] = {
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
	(void)state;

	assert_described("services/ipv6test/web/openapi.yaml", tables);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes),
	};
	return cmocka_run_group_tests_name("ipv6test/openapi", tests, NULL, NULL);
}
