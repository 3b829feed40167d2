/* What is served beside large files, byte for byte. */
/* SPDX-License-Identifier: MIT */
#include "mirror/metainfo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#define SUM  "abababababababababababababababababababababababababababababababab"
#define SHA1 "6161616161616161616161616161616161616161"

static uint8_t sha1[] = "aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbb";
static struct pieces pieces = {.size_bytes = 300000, .piece_bytes = 262144, .sha1 = sha1, .n = 2};
static const struct metainfo info = {
	.name = "a & b.iso", .pieces = &pieces, .urls = {"http://a.example/x", "http://b.example/?x&y"}, .n_urls = 2};

static void test_endings(void **state)
{
	size_t len = 0;
	(void)state;

	assert_int_equal(metainfo_kind_of("iso/a.iso.torrent", &len), METAINFO_TORRENT);
	assert_int_equal(len, strlen("iso/a.iso"));
	assert_int_equal(metainfo_kind_of("a.meta4", &len), METAINFO_METALINK);
	assert_int_equal(metainfo_kind_of("a.torrent.sha256", &len), METAINFO_SHA256);
	assert_int_equal(len, strlen("a.torrent"));
	assert_int_equal(metainfo_kind_of(".meta4", &len), METAINFO_KINDS);
	assert_int_equal(metainfo_kind_of("a.iso", &len), METAINFO_KINDS);
	assert_int_equal(metainfo_kind_of("", &len), METAINFO_KINDS);
}

static void assert_written(enum metainfo_kind kind, const char *wanted)
{
	struct buf b;

	pieces.whole.kind = CHECKSUM_SHA256;
	memset(pieces.whole.bytes, 0xab, 32);
	buf_init(&b, 4096);
	assert_int_equal(metainfo_add(kind, &info, &b), 0);
	assert_string_equal(b.data, wanted);
	buf_done(&b);
	buf_init(&b, strlen(wanted) - 1);
	assert_int_equal(metainfo_add(kind, &info, &b), -ENOBUFS);
	buf_done(&b);
}

static void test_texts(void **state)
{
	(void)state;

	assert_written(METAINFO_SHA256, SUM "  a & b.iso\n");
	assert_written(METAINFO_TORRENT, "d4:infod6:lengthi300000e4:name9:a & b.iso12:piece lengthi262144e6:pieces40:"
	                                 "aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbe8:url-listl18:http://a.example/x"
	                                 "21:http://b.example/?x&yee");
	assert_written(METAINFO_METALINK,
	               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	               "<metalink xmlns=\"urn:ietf:params:xml:ns:metalink\">\n"
	               "<file name=\"a &amp; b.iso\">\n<size>300000</size>\n<hash type=\"sha-256\">" SUM "</hash>\n"
	               "<pieces length=\"262144\" type=\"sha-1\">\n<hash>" SHA1 "</hash>\n"
	               "<hash>6262626262626262626262626262626262626262</hash>\n</pieces>\n"
	               "<url priority=\"1\">http://a.example/x</url>\n"
	               "<url priority=\"2\">http://b.example/?x&amp;y</url>\n</file>\n</metalink>\n");
}

static void test_names(void **state)
{
	(void)state;

	assert_true(metainfo_is_text("iso/\xc3\xa9t\xc3\xa9 1.iso"));
	assert_false(metainfo_is_text("new\nline"));
	assert_false(metainfo_is_text("latin\xe9"));
	assert_false(metainfo_is_text("cut\xc3"));
	assert_false(metainfo_is_text("rub\x7f"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_endings),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests_name("mirror/metainfo", tests, NULL, NULL);
}
