/* Tables of prefixes, filled with origins: the longest wins, whatever the order and the quality of the lines. */
/* SPDX-License-Identifier: MIT */
#include "base/prefix_table.h"

#include "base/mem.h"
#include "origin_table.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static void test_longest_prefix(void **state)
{
	static const char *const lines[] = {
		"64502\t192.0.2.128/25\t300", "64500\t192.0.0.0/16\t300", "64501\t192.0.2.0/24\t300",
		"64503\t192.0.2.255/32\t300", "64510\t2001:db8::/32\t200", "64511\t2001:db8:1::/48\t200",
		"64512\t2001:db8:1::1/128\t200", "64504\t198.51.100.0/24\t300", "4294967295\t128.0.0.0/1\t300", NULL};
	static const struct {
		const char *address, *answer;
	} cases[] = {
		{"192.0.2.1", "192.0.2.0/24 64501"},
		{"192.0.2.127", "192.0.2.0/24 64501"},
		{"192.0.2.128", "192.0.2.128/25 64502"},
		{"192.0.2.255", "192.0.2.255/32 64503"},
		{"192.0.3.0", "192.0.0.0/16 64500"},
		{"192.0.255.255", "192.0.0.0/16 64500"},
		{"192.1.0.0", "128.0.0.0/1 4294967295"},
		{"198.51.100.255", "198.51.100.0/24 64504"},
		{"255.255.255.255", "128.0.0.0/1 4294967295"},
		{"127.0.0.1", "none"},
		{"0.0.0.0", "none"},
		{"2001:db8::", "2001:db8::/32 64510"},
		{"2001:db8:1::", "2001:db8:1::/48 64511"},
		{"2001:db8:1::1", "2001:db8:1::1/128 64512"},
		{"2001:db8:1:ffff::1", "2001:db8:1::/48 64511"},
		{"2001:db8:2::", "2001:db8::/32 64510"},
		{"2001:db9::", "none"},
		{"::1", "none"},
	};
	struct prefix_table *o = table(lines);
	char text[128];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(answer(o, cases[i].address, text), cases[i].answer);
	prefix_table_release(o);
}

/* A file in /tmp with these bytes, compressed if asked. */
static int add_text(struct prefix_table *o, const char *text, size_t len, bool compress, struct prefix_report *ret)
{
	char path[] = "/tmp/fontaine-origin-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	(void)close(fd);
	gzFile file = gzopen(path, compress ? "w" : "wT");
	assert_int_equal(gzwrite(file, text, (unsigned)len), (int)len);
	assert_int_equal(gzclose(file), Z_OK);
	int rc = prefix_table_add_file(o, path, ret);
	(void)unlink(path);
	return rc;
}

static void test_files(void **state)
{
	static const char text[] = "% RIS\n\n64500\t192.0.2.0/24\t3\nrubbish\n64501\t2001:db8::/32\t3\n"
				   "64\0500\t198.51.100.0/24\t3\n64502\t203.0.113.0/24\t3";
	struct prefix_report report;
	char found[128];
	(void)state;

	for (int compress = 0; compress < 2; compress++) {
		struct prefix_table *o = prefix_table_new(&origin_kind);
		assert_int_equal(add_text(o, text, sizeof(text) - 1, compress, &report), 0);
		assert_int_equal(report.n_used, 3);
		assert_int_equal(report.n_malformed, 2);
		assert_int_equal(report.first_malformed, 4);
		assert_int_equal(prefix_table_seal(o), 3);
		assert_string_equal(answer(o, "203.0.113.1", found), "203.0.113.0/24 64502");
		assert_string_equal(answer(o, "2001:db8::1", found), "2001:db8::/32 64501");
		prefix_table_release(o);
	}
}

static void test_a_line_without_end(void **state)
{
	enum { LEN = 100000 };
	struct prefix_table *o = prefix_table_new(&origin_kind);
	struct prefix_report report;
	char *text = mem_new(LEN + 64);
	(void)state;

	memset(text, '6', LEN);
	(void)snprintf(text + LEN, 64, "\n64500\t192.0.2.0/24\t3\n");
	assert_int_equal(add_text(o, text, strlen(text), false, &report), 0);
	assert_int_equal(report.n_malformed, 1);
	assert_int_equal(report.n_used, 1);
	free(text);
	prefix_table_release(o);
}

static void test_broken_files(void **state)
{
	struct prefix_table *o = prefix_table_new(&origin_kind);
	struct prefix_report report;
	(void)state;

	assert_int_equal(prefix_table_add_file(o, "/missing/origins", &report), -ENOENT);
	assert_int_equal(prefix_table_add_file(o, "/tmp", &report), -EISDIR);
	assert_int_equal(add_text(o, "", 0, false, &report), -ENODATA);
	assert_int_equal(add_text(o, "% nothing\n", 10, true, &report), -ENODATA);
	assert_int_equal(add_text(o, "one\ntwo\n", 8, false, &report), -ENODATA);
	prefix_table_release(o);
}

/* Compressed by us, then cut or damaged. */
static void test_damaged_compression(void **state)
{
	char path[] = "/tmp/fontaine-origin-XXXXXX", line[64];
	struct prefix_table *o = prefix_table_new(&origin_kind);
	struct prefix_report report;
	int fd = mkstemp(path);
	(void)state;

	gzFile file = gzdopen(dup(fd), "w");
	for (unsigned i = 0; i < 20000; i++) {
		int n = snprintf(line, sizeof(line), "%u\t10.%u.%u.0/24\t%u\n", i * 7919 + 1, i / 256, i % 256,
		                 i % 351);
		assert_int_equal(gzwrite(file, line, (unsigned)n), n);
	}
	assert_int_equal(gzclose(file), Z_OK);
	assert_int_equal(prefix_table_add_file(o, path, &report), 0);
	off_t size = lseek(fd, 0, SEEK_END);
	assert_int_equal(pwrite(fd, "\0\0\0\0\0\0\0\0", 8, size / 2), 8);
	assert_int_equal(prefix_table_add_file(o, path, &report), -EBADMSG);
	assert_int_equal(ftruncate(fd, size / 2), 0);
	assert_int_equal(prefix_table_add_file(o, path, &report), -EBADMSG);
	(void)close(fd);
	(void)unlink(path);
	prefix_table_release(o);
}

static struct addr random_address(void)
{
	uint32_t ip = (uint32_t)random() & 0x0fff0fff; /* few enough to meet often */

	return (struct addr){.in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(ip)}};
}

/* Against a search through all of many nested prefixes. */
static void test_like_a_plain_search(void **state)
{
	enum { N = 3000,
	       QUESTIONS = 3000 };
	struct prefix_table *o = prefix_table_new(&origin_kind);
	struct prefix *prefixes = mem_new(N * sizeof(*prefixes));
	char line[128], text[PREFIX_TEXT_MAX];
	(void)state;

	srandom(1);
	for (unsigned i = 0; i < N; i++) {
		struct addr a = random_address();
		prefixes[i] = prefix_of(&a, 4 + (unsigned)random() % 29);
		(void)snprintf(line, sizeof(line), "%u\t%s\t1", i + 1, prefix_text(&prefixes[i], text));
		assert_int_equal(prefix_table_add_line(o, line), 1);
	}
	(void)prefix_table_seal(o);
	for (unsigned q = 0; q < QUESTIONS; q++) {
		struct addr a = random_address();
		struct origin_match m = {0};
		unsigned longest = 0;
		for (unsigned i = 0; i < N; i++)
			if (prefix_contains(&prefixes[i], &a) && prefixes[i].len > longest)
				longest = prefixes[i].len;
		assert_int_equal(origin_find(o, &a, &m), longest > 0 ? 0 : -ENOENT);
		assert_int_equal(m.prefix.len, longest);
	}
	free(prefixes);
	prefix_table_release(o);
}

/* A table as large as the Internet's, with as many origins as prefixes. Under sanitizers nothing is counted. */
static void test_size(void **state)
{
	enum { IPV4 = 1000000,
	       IPV6 = 220000,
	       MAX_BYTES = 32 << 20 };
	struct prefix_table *o = prefix_table_new(&origin_kind);
	char line[128];
	(void)state;

	size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
	for (unsigned i = 0; i < IPV4; i++) {
		(void)snprintf(line, sizeof(line), "%u\t%u.%u.%u.0/24\t300", i + 1, 1 + (i >> 16), i >> 8 & 0xff,
		               i & 0xff);
		assert_int_equal(prefix_table_add_line(o, line), 1);
	}
	for (unsigned i = 0; i < IPV6; i++) {
		(void)snprintf(line, sizeof(line), "%u\t2001:%x:%x::/48\t300", i + 1, i >> 16, i & 0xffff);
		assert_int_equal(prefix_table_add_line(o, line), 1);
	}
	assert_int_equal(prefix_table_seal(o), IPV4 + IPV6);
	assert_true(mallinfo2().uordblks + mallinfo2().hblkhd - before < MAX_BYTES);
	assert_int_equal(prefix_table_size(o), IPV4 + IPV6);
	assert_string_equal(answer(o, "2.2.3.4", line), "2.2.3.0/24 66052");
	prefix_table_release(o);
}

static void test_holders(void **state)
{
	struct prefix_table *o = prefix_table_new(&origin_kind);
	(void)state;

	(void)prefix_table_add_line(o, "64500\t192.0.2.0/24\t3");
	assert_int_equal(prefix_table_seal(o), 1);
	struct prefix_table *same = prefix_table_hold(o);
	char text[128];
	assert_ptr_equal(same, o);
	prefix_table_release(o);
	assert_string_equal(answer(same, "192.0.2.1", text), "192.0.2.0/24 64500");
	prefix_table_release(same);
	prefix_table_release(NULL);
	assert_null(prefix_table_hold(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_longest_prefix),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_a_line_without_end),
		cmocka_unit_test(test_broken_files),
		cmocka_unit_test(test_damaged_compression),
		cmocka_unit_test(test_like_a_plain_search),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_holders),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
