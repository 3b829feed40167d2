/* Exclusions: the same files that rsync itself leaves out. */
/* SPDX-License-Identifier: MIT */
#include "mirror/exclude.h"

#include "folder.h"

static const char *const files[] = {
	"top.txt",
	"dists/x/main/binary-arm64/Packages.xz",
	"dists/x/main/binary-amd64/Packages.xz",
	"dists/x/main/Contents-arm64.gz",
	"pool/main/a/a_1_arm64.deb",
	"pool/main/a/a_1_amd64.deb",
	"pool/main/[b]/b.deb",
	"iso/big.iso",
	"sub/iso/big.iso",
	"iso.txt",
};

static const char *const patterns[] = {
	"*.deb",
	"*_arm64.deb",
	"binary-arm64/",
	"/binary-arm64/",
	"binary-arm64/**",
	"/iso",
	"iso/",
	"iso/big.iso",
	"/iso/*.iso",
	"pool/main/*",
	"/dists/*/main",
	"/dists/**/Packages.xz",
	"Contents-*",
	"top.txt/",
	"*.iso",
	"[a-c]_1_amd64.deb",
	"/*.txt",
	"main/**.deb",
	"a/a_?_*.deb",
	"/sub/**",
	"**/a_1_*",
	"/pool/main/\\[b\\]/",
	"Packages.x",
	"/dists/x/main/binary-a*64/Packages.xz",
};

/** Whether rsync leaves @path out: what it lists without the pattern, it must not list with it. */
static bool rsync_lists(const char *listing, const char *path)
{
	char line[256];

	(void)snprintf(line, sizeof(line), " %s\n", path);
	return strstr(listing, line) != NULL;
}

static void list(const char *pattern, char *ret, size_t size)
{
	char command[512];

	(void)snprintf(command, sizeof(command), "rsync -rn --out-format=' %%n' '--exclude=%s' tree/ nowhere/",
	               pattern);
	FILE *pipe = popen(command, "re"); /* NOLINT(cert-env33-c): of the test's own text */
	assert_non_null(pipe);
	ret[0] = '\n';
	size_t n = fread(ret + 1, 1, size - 2, pipe);
	ret[n + 1] = '\0';
	assert_int_equal(pclose(pipe), 0);
}

static void test_as_rsync(void **state)
{
	static char listing[65536];
	char path[256];
	unsigned n_left_out = 0;
	(void)state;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		(void)snprintf(path, sizeof(path), "tree/%s", files[i]);
		folder_write(path, "x");
	}
	for (size_t p = 0; p < sizeof(patterns) / sizeof(*patterns); p++) {
		struct exclude e = {&patterns[p], 1};
		list(patterns[p], listing, sizeof(listing));
		for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
			bool is_left_out = exclude_matches(&e, files[i]);
			n_left_out += is_left_out;
			if (is_left_out == rsync_lists(listing, files[i]))
				fail_msg("%s %s: rsync does not agree", patterns[p], files[i]);
		}
	}
	assert_in_range(n_left_out, 20, 100);
}

static void test_several(void **state)
{
	static const char *const two[] = {"*.iso", "pool/"};
	struct exclude e = {two, 2}, none = {0};
	char path[2000];
	(void)state;

	assert_true(exclude_matches(&e, "pool/a"));
	assert_true(exclude_matches(&e, "a/b.iso"));
	assert_false(exclude_matches(&e, "a/b"));
	assert_false(exclude_matches(&none, "a/b"));
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	assert_false(exclude_matches(&e, path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_as_rsync, folder_setup, folder_teardown),
		cmocka_unit_test(test_several),
	};
	return cmocka_run_group_tests_name("mirror/exclude", tests, NULL, NULL);
}
