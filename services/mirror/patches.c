/* SPDX-License-Identifier: MIT */
#include "mirror/patches.h"

#include "mirror/deb822.h"
#include "mirror/tree.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/** A line of the list. Return: 0, what on_file said, or -EINVAL: it is none. */
static int read_patch(const struct deb822 *d, packages_on_file on_file, void *data)
{
	char path[TREE_PATH_MAX];
	struct listed f = {.path = path};
	const char *name;
	size_t len;

	if (listed_read(d->value, d->value_len, CHECKSUM_SHA256, &f, &name, &len) < 0 || len >= sizeof(path))
		return -EINVAL;
	memcpy(path, name, len);
	path[len] = '\0';
	return on_file(&f, data);
}

int patches_read(struct lines *l, packages_on_file on_file, void *data, char reterr[PACKAGES_ERROR_MAX])
{
	bool is_listed = false;
	struct deb822 d;
	const char *line;
	size_t len;
	int rc;

	reterr[0] = '\0';
	while ((rc = lines_next(l, &line, &len)) > 0) {
		rc = deb822_read(line, len, &d);
		if (rc == 0 && d.kind == DEB822_FIELD)
			is_listed = deb822_is(&d, "SHA256-Download"); /* of what clients fetch */
		else if (rc == 0 && d.kind == DEB822_MORE && is_listed)
			rc = read_patch(&d, on_file, data);
		if (rc < 0)
			break;
	}
	if (rc < 0)
		(void)snprintf(reterr, PACKAGES_ERROR_MAX, "line %" PRIu64 ": cannot be read as a list of patches",
		               lines_number(l));
	return rc;
}
