/* Comma-separated values (base/csv.h): each line is a row or is refused, in order, within the bounds of a row. */
/* SPDX-License-Identifier: MIT */
#include "base/csv.h"

#include "../fuzz.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_bytes(data, size);
	struct csv c = csv_start(text, size);
	struct csv_row row;
	unsigned line = 0;

	for (int rc; (rc = csv_next(&c, &row)) != 0; line = c.line) {
		assert(rc == 1 || rc == -EINVAL || rc == -E2BIG);
		assert(c.line > line && c.at <= c.end);
		for (unsigned i = 0; rc == 1 && i < row.n; i++)
			assert(row.fields[i] >= row.text &&
			       row.fields[i] + strlen(row.fields[i]) < row.text + sizeof(row.text));
	}
	assert(c.at == c.end);
	free(text);
	return 0;
}
