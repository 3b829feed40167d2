/* What the probes of each kind are. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("mirror/probe", tests, NULL, NULL);
}
