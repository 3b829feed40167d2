/* The pages that delete a result: in both languages, with a button only where there is something to do. */
/* SPDX-License-Identifier: MIT */
#include "net/archive_deletion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static void test_deletion(void **state)
{
	static const bool has_button[] = {[DELETION_ASKED] = true, [DELETION_DONE] = false, [DELETION_REFUSED] = false};
	struct buf page;
	(void)state;

	for (enum language l = 0; l < LANGUAGES; l++)
		for (enum archive_deletion d = DELETION_ASKED; d <= DELETION_REFUSED; d++) {
			buf_init(&page, ARCHIVE_PAGE_MAX_BYTES);
			archive_deletion_page(&page, d, l);
			assert_int_equal(strstr(page.data, "<form method=\"post\">") != NULL, has_button[d]);
			assert_non_null(strstr(page.data, "</html>\n"));
			buf_done(&page);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deletion),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
