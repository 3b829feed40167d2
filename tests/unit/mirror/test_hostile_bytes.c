/* Whatever an upstream sends is read to an end: good texts, changed at random. Sanitizers see the rest. */
/* SPDX-License-Identifier: MIT */
#include "mirror/debian_trace.h"
#include "mirror/osm.h"
#include "mirror/packages.h"
#include "mirror/release.h"
#include "mirror/repomd.h"
#include "mirror/signature.h"
#include "mirror/sums.h"
#include "mirror/tar.h"
#include "mirror/traffic_line.h"
#include "mirror/traffic_log.h"

#include "folder.h"

#include <errno.h>

enum {
	ROUNDS = 400,
	TEXT_MAX = 4096,
};

#define MD5 "d41d8cd98f00b204e9800998ecf8427e"
#define SHA "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void read_release(const char *text, size_t len)
{
	char error[RELEASE_ERROR_MAX] = "";
	struct release r;
	struct buf b;

	buf_init(&b, TEXT_MAX);
	(void)release_signed_text(text, len, &b);
	buf_done(&b);
	if (release_parse(text, len, &r, error) < 0) {
		assert_true(strlen(error) > 0);
		return;
	}
	for (size_t i = 0; i < r.n_files; i++)
		assert_true(r.files[i].stem <= strlen(r.files[i].listed.path));
	release_done(&r);
}

static int on_listed(const struct listed *f, void *data)
{
	(void)data;
	assert_true(strlen(f->path) < TREE_PATH_MAX);
	return 0;
}

static int open_text(const char *text, size_t len)
{
	folder_write_bytes("text", text, len);
	int fd = open("text", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void read_packages(const char *text, size_t len)
{
	char error[PACKAGES_ERROR_MAX];
	struct lines *l = lines_open(open_text(text, len), "text", TEXT_MAX);
	int rc = packages_read(l, on_listed, NULL, error);

	assert_int_equal(rc < 0, error[0] != '\0');
	lines_close(l);
}

static int on_xml_file(const struct repomd_file *f, void *data)
{
	return on_listed(&f->listed, data);
}

static void read_xml(const char *text, size_t len)
{
	static const enum repomd_kind kinds[] = {REPOMD_REPOMD, REPOMD_PRIMARY};
	char error[REPOMD_ERROR_MAX];

	for (size_t i = 0; i < 2; i++) {
		struct repomd *r = repomd_new(kinds[i], on_xml_file, NULL);
		int rc = 0;
		for (size_t at = 0; at < len && rc == 0; at += 7) /* pieces of any size */
			rc = repomd_feed(r, text + at, len - at < 7 ? len - at : 7, len - at <= 7, error);
		repomd_free(r);
	}
}

static void read_tar(const char *text, size_t len)
{
	struct tar t = {.from = unpack_open(open_text(text, len), "text", TEXT_MAX)};
	struct buf b;

	buf_init(&b, TEXT_MAX);
	while (tar_next(&t) > 0) {
		assert_true(strlen(t.name) < TAR_NAME_MAX);
		if (tar_read(&t, &b) < 0)
			break;
		buf_drop(&b, b.len);
	}
	buf_done(&b);
	unpack_close(t.from);
}

static void read_lines(const char *text, size_t len)
{
	char said[SIGNATURE_TEXT_MAX], name[TREE_PATH_MAX], copy[TEXT_MAX + 1];
	struct checksum sum;
	struct osm_state state;
	uint64_t serial;

	memcpy(copy, text, len);
	copy[len] = '\0';
	(void)signature_verdict(text, len, said);
	(void)sums_read(text, len, &sum, name);
	(void)osm_state_parse(copy, &state);
	(void)debian_trace_serial(copy, &serial);
}

static uint32_t state_of_chance = 1;

static uint32_t chance(uint32_t below)
{
	state_of_chance = state_of_chance * 1664525 + 1013904223;
	return (state_of_chance >> 8) % below;
}

/** Change a few bytes, cut, or repeat a part. Return: the new length. */
static size_t change(char text[TEXT_MAX], size_t len)
{
	static const char bytes[] = "\n\n :/.<>\"&\0\xff-09aZ \t#";

	for (uint32_t n = 1 + chance(4); n > 0; n--)
		text[chance((uint32_t)len)] = bytes[chance(sizeof(bytes))];
	if (chance(4) == 0)
		len = 1 + chance((uint32_t)len);
	if (chance(4) == 0 && 2 * len <= TEXT_MAX) {
		memmove(text + len, text + chance((uint32_t)len) / 2, len / 2);
		len += len / 2;
	}
	return len;
}

static void on_traffic(void *data, const char *line)
{
	struct traffic_request request;
	struct traffic_rsync said;
	(void)data;

	if (line == NULL)
		return;
	if (traffic_line_http(line, &request) == 0)
		assert_true(request.status <= 5 && strlen(request.project) < TRAFFIC_PROJECT_MAX);
	if (traffic_line_rsync(line, &said) == 0)
		assert_true(strlen(said.project) < TRAFFIC_PROJECT_MAX);
}

static void read_traffic(const char *text, size_t len)
{
	static struct traffic_log log;

	folder_write_bytes("traffic", text, len);
	assert_int_equal(traffic_log_open(&log, "traffic"), 0);
	while (traffic_log_read(&log, on_traffic, NULL))
		;
	traffic_log_close(&log);
}

static void run(const char *good, size_t len, void (*read)(const char *text, size_t len))
{
	char text[TEXT_MAX];

	assert_true(len > 0 && len <= sizeof(text));
	read(good, len);
	for (unsigned i = 0; i < ROUNDS; i++) {
		memcpy(text, good, len);
		size_t changed = change(text, len);
		char *exact = mem_new(changed); /* so that a sanitizer sees one byte too many */
		memcpy(exact, text, changed);
		read(exact, changed);
		free(exact);
	}
}

static void test_texts(void **state)
{
	static const struct {
		void (*read)(const char *text, size_t len);
		const char *good;
	} cases[] = {
		{read_release, "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"
	                       "Date: Sat, 09 Aug 2025 09:25:10 UTC\n"
	                       "SHA256:\n " SHA " 7 main/Packages.xz\n-----BEGIN PGP SIGNATURE-----\n\nabc\n"
	                       "-----END PGP SIGNATURE-----\n"},
		{read_release, "Date: Sat, 09 Aug 2025 09:25:10 UTC\nAcquire-By-Hash: yes\nMD5Sum:\n " MD5
	                       " 7 a\nSHA256:\n " SHA
	                       " 7 main/Packages.xz\n " SHA " 8 main/Packages\n"},
		{read_packages, "Package: a\nFilename: pool/a.deb\nSize: 7\nSHA256: " SHA "\nDescription: x\n y\n\n"
	                        "Package: s\nDirectory: pool/s\nFiles:\n " MD5
	                        " 1 s.dsc\nChecksums-Sha256:\n " SHA " 1 s.dsc\n"},
		{read_xml, "<?xml version=\"1.0\"?><r><data type=\"primary\"><checksum type=\"md5\">" MD5 "</checksum>"
	                   "<location href=\"repodata/p\"/><size>7</size><timestamp>7.5</timestamp></data><package>"
	                   "<size package=\"7\"/><location xml:base=\"a\" href=\"b\"/></package></r>"},
		{read_lines, "[GNUPG:] GOODSIG 1 A\n[GNUPG:] VALIDSIG 2\n"},
		{read_lines, SHA "  ./name"},
		{read_lines, "SHA256 (name) = " SHA},
		{read_lines, "sequenceNumber=12345\ntimestamp=2026-11-21T14\\:00\\:00Z\n"},
		{read_lines, "Sat Aug  9\nArchive serial: 12345\n"},
		{read_traffic, "debian 200 4711 192.0.2.1 HTTP/1.1\ndebian 404 0 2001:db8::1 HTTP/3.0\n"},
		{read_traffic, "2026/11/21 21:13:04 [848] rsync allowed access on module debian from X (192.0.2.1)\n"
	                       "2026/11/21 21:13:04 [848] sent 301250 bytes  received 70 bytes  total size 301000\n"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		run(cases[i].good, strlen(cases[i].good), cases[i].read);
}

static void test_archive(void **state)
{
	char good[TEXT_MAX];
	(void)state;

	folder_run("mkdir -p a/b && echo text >a/b/desc && tar --format=ustar -b 4 -cf good a");
	int fd = open("good", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, good, sizeof(good));
	(void)close(fd);
	assert_true(n > 0);
	run(good, (size_t)n, read_tar);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_texts, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_archive, folder_setup, folder_teardown),
	};
	return cmocka_run_group_tests_name("mirror/hostile_bytes", tests, NULL, NULL);
}
