/* The description of the API has every route. */
/* SPDX-License-Identifier: MIT */
#include "../../support/described.h"

#include "speedtest/tables.h"

static void test_routes(void **state)
{
	(void)state;

	assert_described("services/speedtest/web/openapi.yaml", speedtest_tables);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes),
	};
	return cmocka_run_group_tests_name("speedtest/openapi", tests, NULL, NULL);
}
