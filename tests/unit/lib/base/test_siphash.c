/* SPDX-License-Identifier: MIT */
#include "base/siphash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Key and messages are 0, 1, 2...: the example of the paper, appendix A, and more of its authors' vectors. */
static void the_vectors_of_its_authors(void **state)
{
	static const uint64_t key[2] = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
	static const struct {
		size_t len;
		uint64_t hash;
	} vectors[] = {
		{0, 0x726fdb47dd0e0e31u},
		{1, 0x74f839c593dc67fdu},
		{8, 0x93f5f5799a932462u},
		{15, 0xa129ca6149be45e5u},
	};
	unsigned char message[16];
	(void)state;

	for (unsigned char i = 0; i < sizeof(message); i++)
		message[i] = i;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
		assert_int_equal(siphash(key, message, vectors[i].len), vectors[i].hash);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_its_authors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
