/* An archive made by Debian's own tools, then changed in each way that makes a mirror inconsistent. */
/* SPDX-License-Identifier: MIT */
#include "verify.h"

#define SUITE    "dists/trixie"
#define AMD64    SUITE "/main/binary-amd64"
#define ALPHA    "pool/main/a/alpha/alpha_1.0_amd64.deb"
#define SAME_LEN "dd if=/dev/zero bs=1 count=8 seek=64 conv=notrunc status=none of="

static const struct verify_case cases[] = {
	{"true", {NULL}},
	{"rm -r pool/main/a",
         {ALPHA ": is named in " AMD64 "/Packages.gz and not there",
          "alpha_1.0_arm64.deb: is named in", "alpha_1.0.dsc: is named in " SUITE "/main/source/Sources.gz",
          "alpha_1.0.tar.gz"}},
	{"truncate -s 5 " ALPHA, {ALPHA ": has 5 bytes, " AMD64 "/Packages.gz says 2"}},
	{"rm " ALPHA "; mkdir " ALPHA, {ALPHA ": is named in " AMD64 "/Packages.gz and is no file"}},
	{"rm " ALPHA "; mkfifo " ALPHA, {ALPHA ": is named in " AMD64 "/Packages.gz and is no file"}},
	{"rm " ALPHA "; ln -s /etc/passwd " ALPHA, {ALPHA ": is a link out of the tree"}},
	{"mv pool/main/a ..; ln -s ../../../a pool/main/a",
         {"alpha_1.0_amd64.deb: is a link out",
          "arm64.deb: is a link out", "alpha_1.0.dsc: is a link", "alpha_1.0.tar.gz: is a link"}},
	{"rm -r ../a; mv pool/main/a pool/elsewhere; ln -s ../elsewhere pool/main/a", {NULL}},

	/* indexes */
	{SAME_LEN AMD64 "/Packages.gz; " SAME_LEN AMD64 "/Packages.xz",
         {"Packages.gz: has another hash", "Packages.xz: has another hash"}}, /* neither is read */
	{"truncate -s 5 " AMD64 "/Packages.xz", {AMD64 "/Packages.xz: has 5 bytes, " SUITE "/InRelease says"}},
	{SAME_LEN AMD64 "/Packages.xz", {AMD64 "/Packages.xz: has another hash than " SUITE "/InRelease says"}},
	{SAME_LEN AMD64 "/Packages.gz",
         {"Packages.gz: has another hash"}},
	{"rm " AMD64 "/Packages.gz", {NULL}}, /* one form is enough */
	{"rm " AMD64 "/Packages.?z",
         {"main/binary-amd64/Packages: is named in " SUITE "/InRelease and not there, in no form"}},
	{"rm -r " SUITE "/main/binary-arm64 pool/main/a/alpha/*arm64.deb", {NULL}}, /* not mirrored at all */
	{"rm -r " AMD64 "/by-hash", {AMD64 "/by-hash/SHA256/", AMD64 "/by-hash/SHA256/"}},
	{"rm " SUITE "/main/i18n/Translation-en.*", {"main/i18n/Translation-en: is named in"}},
	{"gunzip " AMD64 "/Packages.gz; truncate -s -1 " AMD64 "/Packages",
         {AMD64 "/Packages: has 2", "/by-hash/SHA256/"}},
	{"rm " AMD64 "/Packages.diff/T-0.gz", {"T-0.gz: is named in " AMD64 "/Packages.diff/Index and not there"}},
	{"rm -r " AMD64 "/Packages.diff", {NULL}},
	{"rm " SUITE "/main/installer-amd64/current/images/netboot/mini.iso",
         {"mini.iso: is named in " SUITE "/main/installer-amd64/current/images/SHA256SUMS"}},

	/* suites */
	{"rm " SUITE "/InRelease", {NULL}}, /* Release and Release.gpg are as good */
	{"rm " SUITE "/*elease*", {"dists: has no suite"}},
	{": >" SUITE "/InRelease", {SUITE "/InRelease: it is not one clear-signed text"}},
	{"cp " SUITE "/Release " SUITE "/InRelease", {SUITE "/InRelease: it is not one clear-signed text"}},
	{"sed -i 's/^Date:.*/Date: yesterday/' " SUITE "/InRelease", {SUITE "/InRelease: its Date is none"}},
	{"sed -i 's/^Date:.*/Date: Sat, 09 Aug 2025 09:25:10 UTC/' " SUITE "/Release",
         {SUITE "/Release: is not of the moment"}},
	{"sed -i 's/^Date:/Valid-Until: Sat, 09 Aug 2025 09:25:10 UTC\\n&/' " SUITE "/InRelease",
         {SUITE "/InRelease: was valid until"}},
	{"cp -a " SUITE " dists/sid; rm dists/sid/main/source/Sources.gz; : >dists/sid/main/source/Sources.xz",
         {"dists/sid/main/source/Sources.xz: has 0 bytes"}},
	{"rm -r dists; ln -s /etc dists",
         {"dists: is a link out of the tree", "dists: is a link", "dists: is a link", "dists: has no suite"}},
};

static void test_cases(void **state)
{
	const struct verify v = {.now = 1900000000};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		verify_one(&cases[i], &v, TREE_DEBIAN);
}

/** What the operator leaves out is not missed, but nothing else. */
static void test_excluded(void **state)
{
	static const char *const patterns[] = {"Translation-*", "/dists/trixie/main/source/"};
	static const struct verify_case excluded[] = {
		{"rm " SUITE "/main/i18n/Trans*; rm -r " SUITE "/main/source", {NULL}},
		{"rm " AMD64 "/Packages.?z", {"main/binary-amd64/Packages: is named in"}},
	};
	const struct verify v = {.exclude = {patterns, 2}};
	(void)state;

	for (size_t i = 0; i < sizeof(excluded) / sizeof(*excluded); i++)
		verify_one(&excluded[i], &v, TREE_DEBIAN);
}

/** Hashes of packages are compared when that is asked for. */
static void test_all_hashes(void **state)
{
	static const struct verify_case changed = {SAME_LEN ALPHA, {NULL}};
	static const struct verify_case found = {SAME_LEN ALPHA,
	                                         {ALPHA ": has another hash than " AMD64 "/Packages.gz says"}};
	const struct verify v = {.hashes = VERIFY_INDEXES}, all = {.hashes = VERIFY_ALL};
	(void)state;

	verify_one(&changed, &v, TREE_DEBIAN);
	verify_one(&found, &all, TREE_DEBIAN);
}

static void test_counts(void **state)
{
	struct verify v = {0};
	atomic_bool is_cancelled = true;
	(void)state;

	folder_run("rm -rf t && cp -a debian t");
	assert_int_equal(verify_t(&v, TREE_DEBIAN), 0);
	assert_int_equal(v.n_indexes, 7); /* InRelease, Release, two Packages, Sources, of patches, of an installer */
	assert_int_equal(v.n_files, 10 + 10 + 4 + 2 + 2 + 1 + 1);
	assert_true(v.bytes > 80000);
	assert_true(v.date > 1700000000);
	v.is_cancelled = &is_cancelled;
	assert_int_equal(verify_t(&v, TREE_DEBIAN), -ECANCELED);
	verify_done(&v);
}

/** New files in a folder over the old ones, as two-stage publishing has them. */
static void test_laid_over(void **state)
{
	static const char *const gone[] = {ALPHA};
	struct verify v = {0};
	struct tree t;
	(void)state;

	folder_run("cp -a debian old && mkdir new && cd old && cp -a --parents dists " ALPHA " ../new && "
	           "rm -r dists/trixie/main " ALPHA);
	assert_int_equal(tree_open("new", "old", &t), 0);
	v.tree = &t;
	assert_int_equal(verify_tree(&v, TREE_DEBIAN), 0);
	folder_run("mv new/" ALPHA " old/" ALPHA);
	assert_int_equal(verify_tree(&v, TREE_DEBIAN), 0);
	t.gone = gone;
	t.n_gone = 1;
	assert_int_equal(verify_tree(&v, TREE_DEBIAN), -EBADMSG);
	assert_true(verify_has(&v, ALPHA));
	verify_done(&v);
	tree_close(&t);
}

/** A Release file that names what is not its own: nothing outside the tree is looked at. */
static void test_hostile(void **state)
{
	static const struct verify_case hostile[] = {
		{"sed -i 's| main/i18n/Translation-en.gz| ../../../../etc/passwd|' " SUITE "/InRelease"
	         " && rm " SUITE "/Release",
	         {"../../../../etc/passwd: is named in " SUITE "/InRelease and is no path of this tree"}},
		{"rm " SUITE "/Release && head -c 2000000 /dev/zero | tr '\\0' x >" SUITE "/InRelease",
	         {SUITE "/InRelease: it is not one clear-signed text"}},
		{"d=; for i in $(seq 100); do d=$d/d; done; mkdir -p dists$d",
	         {"has something too deep", "has something", "has something"}},
	};
	const struct verify v = {0};
	(void)state;

	for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++)
		verify_one(&hostile[i], &v, TREE_DEBIAN);
}

static int setup(void **state)
{
	int rc = folder_setup(state);

	folder_make_upstream("debian", "");
	return rc;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_excluded),
		cmocka_unit_test(test_all_hashes),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_laid_over),
		cmocka_unit_test(test_hostile),
	};
	return cmocka_run_group_tests_name("mirror/verify_debian", tests, setup, folder_teardown);
}
