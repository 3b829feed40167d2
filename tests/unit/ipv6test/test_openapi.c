/* The description of the API has every route. */
/* SPDX-License-Identifier: MIT */
#include "../../support/described.h"

#include "ipv6test/tables.h"

static void test_routes(void **state)
{
	(void)state;

	assert_described("services/ipv6test/web/openapi.yaml", ipv6test_tables);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes),
	};
	return cmocka_run_group_tests_name("ipv6test/openapi", tests, NULL, NULL);
}
