/* A message as RFC 5322 and RFC 2047 have it. That mail programs read it is shown by tests/e2e/test_notices.py. */
/* SPDX-License-Identifier: MIT */
#include "peers/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *message(const char *subject, const char *text)
{
	return mail_write(&(struct mail){.from = "ix@example.net",
	                                 .to = "noc@example.org",
	                                 .reply_to = "noc@example.net",
	                                 .subject = subject,
	                                 .text = text,
	                                 .id = "0123@lyon.example.net",
	                                 .language = "fr",
	                                 .date_s = 1773480413});
}

static void test_a_plain_message(void **state)
{
	char *text = message("[IX] 1 down", "One = 1\n\nEnd ");

	(void)state;
	assert_string_equal(text, "Date: Sat, 14 Mar 2026 09:26:53 +0000\r\n"
	                          "From: <ix@example.net>\r\n"
	                          "Reply-To: <noc@example.net>\r\n"
	                          "To: <noc@example.org>\r\n"
	                          "Subject: [IX] 1 down\r\n"
	                          "Message-ID: <0123@lyon.example.net>\r\n"
	                          "Auto-Submitted: auto-generated\r\n"
	                          "Content-Language: fr\r\n"
	                          "MIME-Version: 1.0\r\n"
	                          "Content-Type: text/plain; charset=utf-8\r\n"
	                          "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	                          "One =3D 1\r\n\r\nEnd=20\r\n");
	free(text);
}

/** No line is longer than RFC 5322 recommends, none has an end of its own, and all is ASCII. */
static void expect_lines(const char *text)
{
	for (const char *at = text; *at != '\0'; at += strcspn(at, "\r") + 2) {
		size_t len = strcspn(at, "\r\n");
		assert_in_range(len, 0, 78);
		assert_memory_equal(at + len, "\r\n", 2);
		for (size_t i = 0; i < len; i++)
			assert_in_range(at[i], ' ', '~');
	}
}

static void test_what_is_not_ascii_is_encoded_by_whole_characters(void **state)
{
	static const char letters[] = "éàœ€ü";
	char subject[256] = "", body[512] = "";

	(void)state;
	for (size_t n = 0; n < 20; n++) {
		(void)strcat(subject, n % 3 == 0 ? "x" : letters);
		(void)strcat(body, letters);
		char *text = message(subject, body);
		expect_lines(text);
		if (n > 0)
			assert_non_null(strstr(text, "Subject: =?UTF-8?B?"));
		free(text);
	}
}

static void test_no_subject_is_a_header(void **state)
{
	char *text = message("one\r\nBcc: all@example.net", "");

	(void)state;
	assert_null(strstr(text, "Bcc"));
	expect_lines(text);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_plain_message),
		cmocka_unit_test(test_what_is_not_ascii_is_encoded_by_whole_characters),
		cmocka_unit_test(test_no_subject_is_a_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
