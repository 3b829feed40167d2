/* DNS over HTTPS: our request, and what is worth nothing as an answer. */
/* SPDX-License-Identifier: MIT */
#include "probe/doh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const uint8_t message[] = "twelve bytes";

static const uint8_t answer[] = {
	0, 0, 0, 4, 0, 0, 0, 0, 0,                     /* SETTINGS, with none */
	0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88,               /* HEADERS: status 200 */
	0, 0, 4, 0, 1, 0, 0, 0, 1, 'n', 'o', 'n', 'e', /* DATA, the last one */
};
enum { STATUS_AT = 18,
       TYPE_AT = 22 };

static void a_request_has_the_message_at_its_end(void **state)
{
	uint8_t out[DOH_REQUEST_MAX_BYTES];
	(void)state;

	size_t len = doh_request(message, sizeof(message), out);
	assert_memory_equal(out, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24); /* RFC 9113, 3.4 */
	assert_memory_equal(out + len - sizeof(message), message, sizeof(message));
	assert_non_null(memmem(out, len, "\x04\x0a/dns-query", 12)); /* the path, by HPACK */
	assert_non_null(memmem(out, len, "\x0f\x10\x17"
	                                 "application/dns-message",
	                       26));
	assert_non_null(memmem(out, len, "\x0f\x0d\x02"
	                                 "13",
	                       5)); /* content-length */
}

static void an_answer_is_whole_with_its_last_frame(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(answer); len++)
		assert_false(doh_is_whole(answer, len));
	assert_true(doh_is_whole(answer, sizeof(answer)));
}

static void its_message_is_found(void **state)
{
	const uint8_t *found;
	size_t len;
	(void)state;

	assert_null(doh_message(answer, sizeof(answer), &found, &len));
	assert_int_equal(len, 4);
	assert_ptr_equal(found, answer + sizeof(answer) - 4);
}

static void what_is_no_answer_is_said(void **state)
{
	uint8_t bad[sizeof(answer)];
	const uint8_t *found;
	size_t len;
	(void)state;

	memcpy(bad, answer, sizeof(bad));
	bad[STATUS_AT] = 0x8d; /* 404 */
	assert_string_equal(doh_message(bad, sizeof(bad), &found, &len), "it does not answer with status 200");
	memcpy(bad, answer, sizeof(bad));
	bad[TYPE_AT] = 7; /* GOAWAY */
	assert_true(doh_is_whole(bad, sizeof(bad)));
	assert_string_equal(doh_message(bad, sizeof(bad), &found, &len), "it answers without a message");
	assert_string_equal(doh_message(answer, 9, &found, &len), "it answers without a message");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_has_the_message_at_its_end),
		cmocka_unit_test(an_answer_is_whole_with_its_last_frame),
		cmocka_unit_test(its_message_is_found),
		cmocka_unit_test(what_is_no_answer_is_said),
	};

	return cmocka_run_group_tests_name("probe/doh", tests, NULL, NULL);
}
