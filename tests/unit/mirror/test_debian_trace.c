/* Traces of a Debian mirror: their text, and how they come into a tree, whatever upstream has put there. */
/* SPDX-License-Identifier: MIT */
#include "mirror/debian_trace.h"

#include "folder.h"

#include <errno.h>

static const struct debian_trace trace = {
	.host = "mirror.example.net",
	.machine = "pop1",
	.version = "0.1.0",
	.upstream = "ftp.example.org",
	.architectures = "amd64 source",
	.country = "FR",
	.trigger = "ssh",
	.started = 1754731500,
	.ended = 1754731510,
	.serial = 2025080901,
	.bytes = 4000,
	.stage1_s = 7,
	.stage2_s = 1,
};

static const char trace_text[] = "Sat Aug  9 09:25:10 UTC 2025\n"
				 "Date: Sat, 09 Aug 2025 09:25:10 +0000\n"
				 "Date-Started: Sat, 09 Aug 2025 09:25:00 +0000\n"
				 "Archive serial: 2025080901\n"
				 "Creator: fontaine 0.1.0\n"
				 "Running on host: pop1\n"
				 "Country: FR\n"
				 "Trigger: ssh\n"
				 "Architectures: amd64 source\n"
				 "Architectures-Configuration: ALL\n"
				 "Upstream-mirror: ftp.example.org\n"
				 "Rsync-Transport: plain\n"
				 "Total bytes received in rsync: 4000\n"
				 "Total time spent in stage1 rsync: 7\n"
				 "Total time spent in stage2 rsync: 1\n"
				 "Total time spent in rsync: 8\n"
				 "Average rate: 500 B/s\n";

static void test_text(void **state)
{
	struct debian_trace t = trace;
	uint64_t serial;
	struct buf b;
	(void)state;

	buf_init(&b, 4096);
	debian_trace_text(&t, &b);
	assert_string_equal(b.data, trace_text);
	assert_int_equal(debian_trace_serial(b.data, &serial), 0);
	assert_int_equal(serial, 2025080901);

	buf_drop(&b, b.len);
	t.serial = t.stage1_s = t.stage2_s = 0;
	t.is_partial = true;
	debian_trace_text(&t, &b);
	assert_non_null(strstr(b.data, "\nArchive serial: unknown\n"));
	assert_non_null(strstr(b.data, "\nArchitectures-Configuration: INCLUDE amd64 source\n"));
	assert_null(strstr(b.data, "Average rate"));
	assert_int_equal(debian_trace_serial(b.data, &serial), -EINVAL);
	assert_int_equal(debian_trace_serial("", &serial), -EINVAL);
	assert_int_equal(debian_trace_serial("Archive serial: 12x\n", &serial), -EINVAL);
	buf_done(&b);
}

static int put(void)
{
	int fd = open("t", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	int rc = debian_trace_put(fd, &trace);
	(void)close(fd);
	return rc;
}

static void test_put(void **state)
{
	(void)state;

	folder_run("mkdir t"); /* not even a folder for it */
	assert_int_equal(put(), 0);
	assert_true(folder_has("t/project/trace/mirror.example.net", trace_text));
	assert_true(folder_has("t/project/trace/_hierarchy",
	                       "mirror.example.net mirror.example.net pop1 ftp.example.org\n"));
	assert_true(folder_has("t/project/trace/_traces", "mirror.example.net\n"));

	folder_run("rm -r t && mkdir -p t/project/trace/folder other && cd t/project/trace && "
	           "echo old >mirror.example.net && "
	           "ln mirror.example.net ../../../other/name && touch -d 2020-01-02 master && "
	           "touch -d 2020-01-01 ftp.example.org && echo wrong >_hierarchy && ln -s master link && "
	           "printf 'ftp.example.org a b c' >_hierarchy.mirror");
	assert_int_equal(put(), 0);
	assert_int_equal(put(), 0); /* again: as after a cut */
	assert_true(folder_has("t/project/trace/_traces", "ftp.example.org\nmaster\nmirror.example.net\n"));
	assert_true(folder_has("other/name", "old\n")); /* of an older generation */
}

static void test_hierarchy(void **state)
{
	static const char line[] = "mirror.example.net mirror.example.net pop1 ftp.example.org\n";
	char expected[256];
	(void)state;

	folder_write("t/project/trace/_hierarchy.mirror", "master x y z");
	folder_write("t/project/trace/_hierarchy", "not this");
	assert_int_equal(put(), 0);
	(void)snprintf(expected, sizeof(expected), "master x y z\n%s", line);
	assert_true(folder_has("t/project/trace/_hierarchy", expected));
	assert_true(folder_has("t/project/trace/_hierarchy.mirror", expected));
}

/** Links that lead out of the tree are not written through. */
static void test_hostile(void **state)
{
	(void)state;

	folder_run("mkdir t out && ln -s ../out t/project");
	assert_int_equal(put(), -EXDEV);
	folder_run("rm t/project && mkdir t/project && ln -s ../../out t/project/trace");
	assert_int_equal(put(), -EXDEV);
	folder_run("rm t/project/trace && mkdir t/project/trace && "
	           "ln -s ../../../out/x t/project/trace/mirror.example.net && "
	           "ln -s /etc/passwd t/project/trace/_traces");
	assert_int_equal(put(), 0);
	folder_run("test -z \"$(ls out)\" && test -f t/project/trace/_traces && test ! -L t/project/trace/_traces");
}

static void test_markers(void **state)
{
	char name[DEBIAN_MARKER_MAX];
	(void)state;

	debian_marker("mirror.example.net", name);
	assert_string_equal(name, "Archive-Update-in-Progress-mirror.example.net");
	assert_false(debian_is_foreign_marker(name, "mirror.example.net"));
	assert_true(debian_is_foreign_marker(name, "other.example.net"));
	assert_true(debian_is_foreign_marker("Archive-Update-in-Progress-", "mirror.example.net"));
	assert_false(debian_is_foreign_marker("dists/Archive-Update-in-Progress-x", "mirror.example.net"));
	assert_false(debian_is_foreign_marker("README", "mirror.example.net"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test_setup_teardown(test_put, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_hierarchy, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_hostile, folder_setup, folder_teardown),
		cmocka_unit_test(test_markers),
	};
	return cmocka_run_group_tests_name("mirror/debian_trace", tests, NULL, NULL);
}
