/* Release files: dates, lists of hashes, and clear-signed texts that are not what they seem. */
/* SPDX-License-Identifier: MIT */
#include "mirror/release.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DATE "Date: Sat, 09 Aug 2025 09:25:10 UTC\n"
#define MD5  "d41d8cd98f00b204e9800998ecf8427e"
#define SHA  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void test_dates(void **state)
{
	static const struct {
		const char *text;
		int64_t at; /* -1: it is none */
	} cases[] = {
		{"Sat, 09 Aug 2025 09:25:10 UTC", 1754731510},
		{"Sat, 9 Aug 2025 09:25:10 +0000", 1754731510},
		{"Thu, 01 Jan 1970 00:00:00 GMT", 0},
		{"Thu, 29 Feb 2024 23:59:59 UTC", 1709251199},
		{"Thu, 30 Feb 2024 23:59:59 UTC", -1},
		{"Sat, 09 Aug 2025 09:25:10 CEST", -1},
		{"Sat, 09 Abc 2025 09:25:10 UTC", -1},
		{"Sat, 09 uJa 2025 09:25:10 UTC", -1},
		{"Sat, 09 Aug 2025 25:25:10 UTC", -1},
		{"2025-08-09", -1},
		{"", -1},
		{"Sat, 09 Aug 2025 09:25:10                                               UTC", -1},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t at = -1;
		int rc = release_date(cases[i].text, strlen(cases[i].text), &at);
		if ((rc == 0) != (cases[i].at >= 0) || at != cases[i].at)
			fail_msg("%s: %jd", cases[i].text, (intmax_t)at);
	}
}

static void test_parse(void **state)
{
	static const char text[] =
	    "Origin: Test\nSuite: stable\n" DATE "Valid-Until: Sun, 10 Aug 2025 09:25:10 UTC\nAcquire-By-Hash: yes\n"
	    "MD5Sum:\n " MD5 " 0 main/only-md5\n"
	    "SHA256:\n " SHA "     7 main/Packages-x\n " SHA " 9 main/Packages.xz\n " SHA " 8 main/Packages\n"
	    "SHA1:\n da39a3ee5e6b4b0d3255bfef95601890afd80709 0 main/only-sha1\n"
	    "Description: none\n of it\n";
	char error[RELEASE_ERROR_MAX] = "";
	struct release r;
	(void)state;

	assert_int_equal(release_parse(text, strlen(text), &r, error), 0);
	assert_int_equal(r.date, 1754731510);
	assert_int_equal(r.valid_until, 1754731510 + 86400);
	assert_true(r.has_by_hash);
	assert_int_equal(r.n_files, 3); /* of the strongest list */
	assert_string_equal(r.files[0].listed.path, "main/Packages");
	assert_string_equal(r.files[1].listed.path, "main/Packages.xz"); /* beside its other form */
	assert_string_equal(r.files[2].listed.path, "main/Packages-x");
	assert_int_equal(r.files[1].stem, r.files[0].stem);
	assert_int_equal(r.files[1].listed.size, 9);
	assert_int_equal(r.files[1].listed.checksum.kind, CHECKSUM_SHA256);
	release_done(&r);
}

static void test_malformed(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{"", "it has no Date"},
		{"Suite: x\n", "it has no Date"},
		{"Date: today\n", "its Date is none"},
		{DATE "Valid-Until: never\n", "its Valid-Until is no date"},
		{DATE "<html>\n", "a line is neither a field nor its continuation"},
		{DATE ": x\n", "a line is neither a field nor its continuation"},
		{DATE "SHA256:\n " MD5 " 0 x\n", "a line of a list is not \"checksum size path\""},
		{DATE "SHA256:\n " SHA " -1 x\n", "a line of a list is not \"checksum size path\""},
		{DATE "SHA256:\n " SHA " 99999999999999999999 x\n", "a line of a list is not \"checksum size path\""},
		{DATE "SHA256:\n " SHA " 1\n", "a line of a list is not \"checksum size path\""},
		{DATE "SHA256:\n " SHA " 1 a b\n", "a line of a list is not \"checksum size path\""},
	};
	char error[RELEASE_ERROR_MAX];
	struct release r;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(release_parse(cases[i].text, strlen(cases[i].text), &r, error), -EINVAL);
		assert_string_equal(error, cases[i].error);
	}
	assert_int_equal(release_parse(DATE "a\0b: c\n", strlen(DATE) + 7, &r, error), -EINVAL);
	assert_string_equal(error, "it has a NUL byte");
}

#define BEGIN     "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"
#define SIGNATURE "-----BEGIN PGP SIGNATURE-----\n\nabc=\n-----END PGP SIGNATURE-----\n"

static void test_signed_text(void **state)
{
	static const struct {
		const char *text, *inside; /* NULL: it is not one text */
	} cases[] = {
		{BEGIN "a: b\nc: d\n" SIGNATURE, "a: b\nc: d\n"},
		{BEGIN "- -x\n- - y\n" SIGNATURE, "-x\n- y\n"},
		{BEGIN SIGNATURE, ""},
		{"a: b\n", NULL},
		{"a: b\n" BEGIN "c: d\n" SIGNATURE, NULL},
		{"\n" BEGIN "c: d\n" SIGNATURE, NULL},
		{BEGIN "c: d\n" SIGNATURE "e: f\n", NULL},
		{BEGIN "c: d\n" SIGNATURE BEGIN "e: f\n" SIGNATURE, NULL},
		{BEGIN "c: d\n" BEGIN "e: f\n" SIGNATURE, NULL},
		{BEGIN "c: d\n", NULL},
		{BEGIN "c: d\n-----BEGIN PGP SIGNATURE-----\nabc\n", NULL},
		{"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n", NULL},
		{"", NULL},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf b;
		buf_init(&b, 4096);
		int rc = release_signed_text(cases[i].text, strlen(cases[i].text), &b);
		assert_int_equal(rc, cases[i].inside != NULL ? 0 : -EINVAL);
		if (rc == 0)
			assert_string_equal(buf_text(&b), cases[i].inside);
		buf_done(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_signed_text),
	};
	return cmocka_run_group_tests_name("mirror/release", tests, NULL, NULL);
}
