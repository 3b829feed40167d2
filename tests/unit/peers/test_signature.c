/* Signatures of webhooks: the example that Standard Webhooks gives, and secrets that are none. */
/* SPDX-License-Identifier: MIT */
#include "peers/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

static void test_the_example(void **state)
{
	char text[SIGNATURE_MAX];

	(void)state;
	assert_int_equal(signature_write(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
	                                 "{\"test\": 2432232314}", text),
	                 0);
	assert_string_equal(text, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

static void test_what_is_no_secret(void **state)
{
	static const char *const bad[] = {"",
	                                  "whsec_",
	                                  "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	                                  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La",
	                                  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
	                                  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa!!"};
	char text[SIGNATURE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(signature_write(bad[i], "msg_1", 1, "{}", text), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_example),
		cmocka_unit_test(test_what_is_no_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
