/* Trees of the other kinds, made by their projects' own tools, then changed. */
/* SPDX-License-Identifier: MIT */
#include "verify.h"

#define PRIMARY "$(ls repodata/*-primary.xml*)"
#define CORE    "core/os/x86_64"
#define MINUTE  "replication/minute"

/** Write repodata/repomd.xml, and the primary.xml that it names, uncompressed. */
#define REPOMD(attributes, primary) \
	"printf '%s' '" primary "' >repodata/p.xml && printf '<repomd><data type=\"primary\"><location " attributes \
	"href=\"repodata/p.xml\"/></data></repomd>' >repodata/repomd.xml"

static const struct verify_case rpm_cases[] = {
	{"true", {NULL}},
	{"rm Packages/alpha-1.0.rpm", {"Packages/alpha-1.0.rpm: is named in repodata/"}},
	{"truncate -s 9 Packages/alpha-1.0.rpm", {"Packages/alpha-1.0.rpm: has 9 bytes, repodata/"}},
	{"rm repodata/*-other.xml.gz", {"other.xml.gz: is named in repodata/repomd.xml and not there"}},
	{"truncate -s -1 " PRIMARY, {"primary.xml.gz: has "}},
	{"rm " PRIMARY, {"primary.xml.gz: is named in"}},
	{"rm -r repodata", {"repodata/repomd.xml: is nowhere in the tree"}},
	{": >repodata/repomd.xml", {"repodata/repomd.xml: no element found"}},
	{"truncate -s -20 repodata/repomd.xml", {"repodata/repomd.xml: "}},
	{"mkdir -p a/b && cp -a repodata Packages a/b && rm a/b/Packages/beta*",
         {"a/b/Packages/beta-1.0.rpm: is named in"}},
	{REPOMD("", "<m><package><location href=\"../etc/passwd\"/></package></m>"),
         {"../etc/passwd: is named in repodata/p.xml and is no path"}},
	{REPOMD("", "<m><package><size package=\"-1\"/></package></m>"), {"repodata/p.xml: a size that is no number"}},
	{REPOMD("", "<m><package><name>x</name></package></m>"), {"repodata/p.xml: a file without a location"}},
	{REPOMD("", "<!DOCTYPE m [<!ENTITY a \"b\">]><m>&a;</m>"), {"repodata/p.xml: a document type"}},
	{REPOMD("", "<m><package><location xml:base=\"https://example.net/\" href=\"x\"/></package></m>"), {NULL}},
	{REPOMD("", "<m><package><checksum type=\"sha256\">abc</checksum></package></m>"),
         {"repodata/p.xml: a checksum that is none of its type"}},
	{"(yes '<a>' | head -n 100 | tr -d '\\n') >repodata/repomd.xml",
         {"repodata/repomd.xml: too many elements within each other"}},
	{"echo \"<repomd><data><size>$(seq 999)</size></data></repomd>\" >repodata/repomd.xml",
         {"repodata/repomd.xml: too long a text"}},
};

static const struct verify_case arch_cases[] = {
	{"true", {NULL}},
	{"rm pool/packages/alpha*",
         {CORE "/alpha-1.0-1-x86_64.pkg.tar.zst: is named in " CORE "/core.db.tar.gz and not"}},
	{"truncate -s 9 pool/packages/beta*", {"beta-1.0-1-x86_64.pkg.tar.zst: has 9 bytes"}},
	{"echo soon >lastupdate", {"lastupdate: is no time"}},
	{"rm lastupdate", {NULL}},
	{"truncate -s -9 " CORE "/core.db.tar.gz", {"core.db.tar.gz: is no archive, or is cut off"}},
	{"echo nothing | gzip >" CORE "/core.db.tar.gz", {"core.db.tar.gz: is no archive"}},
	{"head -c 9000 /dev/urandom | gzip >" CORE "/core.db.tar.gz", {"core.db.tar.gz: is no archive"}},
	{"mkdir -p x/a && echo y >x/a/desc && tar -C x -czf " CORE "/core.db.tar.gz a",
         {"describes a package without a file name"}},
	{"mkdir -p x/a && printf '%%FILENAME%%\\n../../up\\n\\n%%CSIZE%%\\n1\\n' >x/a/desc && "
         "tar -C x -cJf " CORE "/extra.db.tar.xz a",
         {"describes a package without a file name"}},
};

static const struct verify_case osm_cases[] = {
	{"true", {NULL}},
	{"rm " MINUTE "/000/004/322.osc.gz",
         {MINUTE "/000/004/322.osc.gz: is named in " MINUTE "/state.txt and not there"}},
	{"rm " MINUTE "/000/004/322.state.txt", {"322.state.txt: is named in"}},
	{"sed -i s/=4322/=4323/ " MINUTE "/state.txt", {"323.osc.gz: is named in", "323.state.txt: is named in"}},
	{"echo >" MINUTE "/state.txt", {MINUTE "/state.txt: has no sequenceNumber"}},
	{"rm pbf/planet-251110.osm.pbf", {"pbf/planet-251110.osm.pbf: is named in pbf/planet-251110.osm.pbf.md5"}},
	{"echo x >pbf/planet-251110.osm.pbf", {"planet-251110.osm.pbf: has another hash"}},
	{"echo x >pbf/planet-251110.osm.pbf.md5", {"planet-251110.osm.pbf.md5: is no line of md5sum"}},
	{"md5sum /etc/passwd >pbf/planet-251110.osm.pbf.md5", {"/etc/passwd: is named in"}},
};

static const struct verify_case files_cases[] = {
	{"true", {NULL}},
	{"echo y >iso/a.iso",
         {"iso/a.iso: has another hash than iso/SHA256SUMS says", "iso/a.iso: has another hash than iso/a.iso.md5"}},
	{"rm iso/b.iso", {NULL}}, /* nobody has promised it */
	{"sha512sum --tag iso/a.iso >SHA512SUMS; echo y >>iso/b.iso; sha512sum iso/b.iso >>SHA512SUMS; "
         "echo z >iso/b.iso",
         {"iso/b.iso: has another hash than iso/SHA256SUMS", "iso/b.iso: has another hash than SHA512SUMS"}},
	{"ln -sf /etc/passwd iso/a.iso", {NULL}},
};

struct back_case {
	enum tree_kind kind;
	const char *command;                   /* of the shell, in what is published */
	const char *serial_index, *date_index; /* that go back; NULL: none does */
};

static const struct back_case back_cases[] = {
	{TREE_RPM, "sed -i 's/<revision>.*</<revision>5000000000</' repodata/repomd.xml", "repodata/repomd.xml", NULL},
	{TREE_RPM, "sed -i 's/<timestamp>.*</<timestamp>4133980799</' repodata/repomd.xml", NULL,
         "repodata/repomd.xml"},
	{TREE_RPM, "sed -i 's/<revision>.*</<revision>release-9</' repodata/repomd.xml", NULL, NULL},
	{TREE_RPM, "sed -i 's/<revision>.*</<revision>1</' repodata/repomd.xml", NULL, NULL},
	{TREE_RPM, "echo x >repodata/repomd.xml", NULL, NULL},
	{TREE_RPM, "rm -r repodata", NULL, NULL},
	{TREE_ARCH, "echo 4133980799 >lastupdate", NULL, "lastupdate"},
	{TREE_ARCH, "echo 4133980799 >lastsync", NULL, NULL}, /* that says when a mirror fetched */
	{TREE_ARCH, "echo soon >lastupdate", NULL, NULL},
	{TREE_OSM, "sed -i s/^timestamp=.*/timestamp=2100-12-31T23:59:59Z/ " MINUTE "/state.txt", NULL,
         MINUTE "/state.txt"},
	{TREE_OSM, "sed -i s/=4322/=4323/ " MINUTE "/state.txt", MINUTE "/state.txt", NULL},
	{TREE_OSM, "sed -i s/=4322/=4321/ " MINUTE "/state.txt", NULL, NULL},
};

static void assert_back(const struct verify_back *b, const char *index)
{
	if ((index != NULL) != (b->before > b->now))
		fail_msg("%s: from %ju to %ju", index != NULL ? index : "nothing", (uintmax_t)b->before,
		         (uintmax_t)b->now);
	if (index != NULL)
		assert_string_equal(b->index, index);
}

static void test_goes_back(void **state)
{
	char command[512];
	(void)state;

	for (size_t i = 0; i < sizeof(back_cases) / sizeof(*back_cases); i++) {
		const struct back_case *c = &back_cases[i];
		struct tree published;
		struct verify v = {.published = &published};
		(void)snprintf(command, sizeof(command), "rm -rf t p && cp -a %s t && cp -a t p && cd p && %s",
		               tree_kind_names[c->kind], c->command);
		folder_run(command);
		assert_int_equal(tree_open("p", NULL, &published), 0);
		assert_int_equal(verify_t(&v, c->kind), 0);
		assert_back(&v.serial_back, c->serial_index);
		assert_back(&v.date_back, c->date_index);
		verify_done(&v);
		tree_close(&published);
	}
}

#define RUN(kind, cases) \
	for (size_t i = 0; i < sizeof(cases) / sizeof(*(cases)); i++) \
	verify_one(&(cases)[i], &v, kind)

static void test_rpm(void **state)
{
	const struct verify v = {0};
	(void)state;

	RUN(TREE_RPM, rpm_cases);
}

static void test_arch(void **state)
{
	const struct verify v = {0};
	(void)state;

	RUN(TREE_ARCH, arch_cases);
}

static void test_osm(void **state)
{
	const struct verify v = {.hashes = VERIFY_ALL};
	(void)state;

	RUN(TREE_OSM, osm_cases);
}

static void test_files(void **state)
{
	const struct verify v = {.hashes = VERIFY_ALL};
	(void)state;

	folder_write("files/iso/a.iso", "a");
	folder_write("files/iso/b.iso", "b");
	folder_run("cd files/iso && sha256sum ./a.iso b.iso >SHA256SUMS && md5sum -b a.iso >a.iso.md5");
	RUN(TREE_FILES, files_cases);
}

/** Other compressions, and when it was made. */
static void test_compressions(void **state)
{
	static const char *const kinds[] = {"xz", "zstd"};
	char command[128];
	(void)state;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct verify v = {.hashes = VERIFY_ALL};
		(void)snprintf(command, sizeof(command),
		               "rm -rf t && cp -a rpm t && createrepo_c -q --general-compress-type %s t",
		               kinds[i]);
		folder_run(command);
		assert_int_equal(verify_t(&v, TREE_RPM), 0);
		assert_int_equal(v.n_files, 5); /* three of metadata, two packages */
		assert_true(v.date > 1700000000);
		verify_done(&v);
	}
}

static int setup(void **state)
{
	static const char *const kinds[] = {"rpm", "arch", "osm-planet"};
	int rc = folder_setup(state);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		folder_make_upstream(kinds[i], "");
	return rc;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rpm),
		cmocka_unit_test(test_arch),
		cmocka_unit_test(test_osm),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_compressions),
		cmocka_unit_test(test_goes_back),
	};
	return cmocka_run_group_tests_name("mirror/verify_kinds", tests, setup, folder_teardown);
}
