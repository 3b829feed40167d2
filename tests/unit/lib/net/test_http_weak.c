/* SPDX-License-Identifier: MIT */
#include "net/http_weak.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_client_that_goes_is_not_replied_to(void **state)
{
	struct http_request r = {.data = NULL}, *weak;
	(void)state;

	http_weak_set(&weak, &r);
	assert_ptr_equal(weak, &r);
	http_weak_gone(&r, NULL);
	assert_null(weak);
	assert_null(http_weak_take(&weak));
}

static void one_that_was_replied_to_is_forgotten(void **state)
{
	struct http_request r = {.data = NULL}, *weak;
	(void)state;

	http_weak_set(&weak, &r);
	assert_ptr_equal(http_weak_take(&weak), &r);
	weak = (struct http_request *)&state; /* the waiter is no more: nothing may write there */
	http_weak_gone(&r, NULL);
	assert_ptr_equal(weak, &state);
	assert_null(r.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_that_goes_is_not_replied_to),
		cmocka_unit_test(one_that_was_replied_to_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
