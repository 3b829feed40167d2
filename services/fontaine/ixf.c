/* The IX-F Member Export. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/ixf.h"

#include "base/buf.h"
#include "base/ixf.h"
#include "base/log.h"

#include <string.h>

enum { FILE_MAX_BYTES = 64 << 20 };

struct list {
	yyjson_mut_doc *doc;
	yyjson_mut_val *prefixes;
};

static void on_address(uint32_t asn, const struct prefix *address, void *data)
{
	struct list *l = data;
	char text[PREFIX_TEXT_MAX];

	(void)asn;
	yyjson_mut_arr_add_strcpy(l->doc, l->prefixes, prefix_text(address, text));
}

int ixf_add_prefixes(const char *path, yyjson_mut_doc *d, yyjson_mut_val *prefixes)
{
	struct list list = {d, prefixes};
	const struct ixf_visitor visitor = {.on_address = on_address, .data = &list};
	char error[IXF_ERROR_MAX];
	struct buf text;

	buf_init(&text, FILE_MAX_BYTES);
	int rc = buf_add_file(&text, path);
	if (rc < 0) {
		log_error("%s: %s", path, strerror(-rc));
		goto out;
	}
	rc = ixf_read(buf_text(&text), text.len, &visitor, error);
	if (rc < 0)
		log_error("%s: %s", path, error);
out:
	buf_done(&text);
	return rc;
}
