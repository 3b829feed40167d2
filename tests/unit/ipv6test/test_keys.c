/* Keys are made once, for their owner's eyes alone, and the delegations lead to them. */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/keys.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const served[] = {"ds", "v6ns", "alg8", "alg13", "bogus"};
static const char domain[] = "ipv6test.pop.example";

static char folder[] = "/tmp/fontaine-keys-XXXXXX";
static struct zones *zones;
static char said[512];

static void remember(const struct log_record *record)
{
	(void)snprintf(said, sizeof(said), "%s", record->message);
}

static int setup(void **state)
{
	static const struct zone_settings settings = {
		.domain = domain, .contact = "noc@example.net", .ipv6 = "::1", .tests = served, .n_tests = 5};
	(void)state;

	log_set_sink(remember);
	return mkdtemp(folder) == NULL || zones_new(&settings, &zones) < 0;
}

static char *path_of(const char *name)
{
	return mem_printf("%s/%s", folder, name);
}

static int teardown(void **state)
{
	static const char *const files[] = {"algorithm-8.private", "algorithm-13.private", "delegations"};
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		char *path = path_of(files[i]);
		(void)unlink(path);
		free(path);
	}
	free(zones);
	return rmdir(folder); /* nothing else was left there */
}

static char *read_file(const char *path)
{
	struct buf b;

	buf_init(&b, 1 << 16);
	assert_int_equal(buf_add_file(&b, path), 0);
	return buf_take_text(&b);
}

static void without_keys_it_says_what_to_do(void **state)
{
	struct keys k = {.by_algorithm = {NULL}};
	(void)state;

	assert_int_equal(keys_open(&k, folder, zones, false), -ENOENT);
	assert_non_null(strstr(said, "algorithm-8.private: No such file"));
	assert_non_null(strstr(said, "run ipv6testd --prepare"));
	keys_close(&k);
	assert_int_equal(keys_open(&k, "/nonexistent", zones, true), -EIO);
	assert_non_null(strstr(said, "make its folder"));
	keys_close(&k);
}

static void keys_are_made_once(void **state)
{
	struct keys first = {.by_algorithm = {NULL}}, again = {.by_algorithm = {NULL}};
	char *path = path_of("algorithm-13.private");
	struct stat st;
	size_t len, len_again;
	(void)state;

	assert_int_equal(keys_open(&first, folder, zones, true), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(keys_open(&again, folder, zones, true), 0);
	for (unsigned i = 0; i < SIGNER_ALGORITHMS; i++) {
		assert_int_equal(first.by_algorithm[i] != NULL, i == SIGN_RSA_SHA256 || i == SIGN_ECDSA_P256);
		if (first.by_algorithm[i] == NULL)
			continue;
		const uint8_t *data = sign_key_data(first.by_algorithm[i], &len);
		assert_memory_equal(data, sign_key_data(again.by_algorithm[i], &len_again), len);
		assert_int_equal(len, len_again);
	}
	keys_close(&again);
	keys_close(&first);
	free(path);
}

static void delegations_lead_to_them(void **state)
{
	static const char *const lines[] = {
		"ds.t.ipv6test.pop.example. 3600 NS ns.ipv6test.pop.example.\n",
		"v6ns.t.ipv6test.pop.example. 3600 NS ns6.ipv6test.pop.example.\n",
		"v6ns.ipv6test.pop.example. 3600 NS ns6.ipv6test.pop.example.\n",
		"alg8.t.ipv6test.pop.example.\t3600\tIN\tDS\t",
		"alg13.t.ipv6test.pop.example.\t3600\tIN\tDS\t",
		"bogus.t.ipv6test.pop.example.\t3600\tIN\tDS\t",
	};
	struct keys k = {.by_algorithm = {NULL}};
	char *path = path_of("delegations");
	struct stat st;
	(void)state;

	assert_int_equal(keys_open(&k, folder, zones, true), 0);
	assert_int_equal(keys_write_delegations(&k, domain, zones, path), 0);
	char *text = read_file(path);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (strstr(text, lines[i]) == NULL)
			fail_msg("no %s in %s", lines[i], text);
	assert_null(strstr(text, "ds.t.ipv6test.pop.example.\t3600\tIN\tDS"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0444, 0444); /* Knot reads it as a user of its own */
	assert_true(keys_write_delegations(&k, domain, zones, "/nonexistent/delegations") < 0);
	keys_close(&k);
	free(text);
	free(path);
}

static void a_spoilt_key_is_named(void **state)
{
	struct keys k = {.by_algorithm = {NULL}};
	char *path = path_of("algorithm-8.private"), *other = path_of("algorithm-13.private");
	(void)state;

	char *text = read_file(other);
	FILE *file = fopen(path, "w");
	assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
	assert_int_equal(keys_open(&k, folder, zones, true), -EINVAL);
	assert_non_null(strstr(said, "algorithm-8.private: no key of algorithm 8: remove the file"));
	keys_close(&k);
	free(text);
	free(other);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_keys_it_says_what_to_do),
		cmocka_unit_test(keys_are_made_once),
		cmocka_unit_test(delegations_lead_to_them),
		cmocka_unit_test(a_spoilt_key_is_named),
	};

	(void)umask(022);
	return cmocka_run_group_tests_name("ipv6test/keys", tests, setup, teardown);
}
