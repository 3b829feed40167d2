/* What the probes of each kind are, and the serial in one of Debian. */
/* SPDX-License-Identifier: MIT */
#include "mirror/probe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(probe_name(POP_MIRROR_DEBIAN), "project/trace/master");
	assert_string_equal(probe_name(POP_MIRROR_RPM), "repodata/repomd.xml");
	assert_string_equal(probe_name(POP_MIRROR_ARCH), "lastupdate");
	assert_string_equal(probe_name(POP_MIRROR_OSM_PLANET), "state.txt");
	assert_null(probe_name(POP_MIRROR_FILES));
	assert_null(probe_name(POP_MIRROR_COMMAND));
}

static void test_serial(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint64_t serial;
	} cases[] = {
		{"Sat Nov 21 02:12:05 UTC 2026\nRunning on host: x\nArchive serial: 2026112101\nDate: x\n",
	         2026112101},
		{"Archive serial: 7", 7},
		{"Archive serial:7\n", 7},
		{"Archive serial: \n", 0},
		{"Archive serial: many\n", 0},
		{"Archive serial: 99999999999999999999\n", 0},
		{"An Archive serial: 7\n", 0},
		{"", 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(probe_serial(cases[i].text), cases[i].serial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_serial),
	};

	return cmocka_run_group_tests_name("mirror/probe", tests, NULL, NULL);
}
