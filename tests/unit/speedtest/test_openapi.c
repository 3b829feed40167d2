/* The description of the API has every route. */
/* SPDX-License-Identifier: MIT */
#include "../../support/described.h"

#include "speedtest/cloudflare.h"
#include "speedtest/librespeed.h"
#include "speedtest/ndt7.h"
#include "speedtest/ookla.h"
#include "speedtest/openspeedtest.h"
#include "speedtest/queue.h"
#include "speedtest/responsiveness.h"
#include "speedtest/results.h"
#include "speedtest/servers.h"
#include "speedtest/speedtest.h"
#include "speedtest/turn.h"

static void test_routes(void **state)
{
	static const struct http_route *const tables[] = {
		speedtest_routes,
		queue_routes,
		turn_routes,
		librespeed_routes,
		ndt7_routes,
		servers_routes,
		cloudflare_routes,
		openspeedtest_routes,
		ookla_routes,
		responsiveness_routes,
		results_routes,
		NULL,
	};
	(void)state;

	assert_described("services/speedtest/web/openapi.yaml", tables);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes),
	};
	return cmocka_run_group_tests_name("speedtest/openapi", tests, NULL, NULL);
}
