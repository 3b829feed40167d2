/*
 * An archive of tar, plain or compressed (mirror/tar.h, mirror/unpack.h), as the databases of Arch Linux are: names
 * and sizes within bounds, and no more comes out than may.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/tar.h"

#include "../fuzz.h"

#include "base/buf.h"
#include "mirror/unpack.h"

enum { UNPACKED_MAX_BYTES = 1 << 20 };

static void read_tar(const uint8_t *data, size_t size, const char *name)
{
	struct tar t = {.from = unpack_open(fuzz_file(data, size), name, UNPACKED_MAX_BYTES)};
	struct buf b;

	buf_init(&b, UNPACKED_MAX_BYTES);
	while (tar_next(&t) == 1) {
		assert(strlen(t.name) < TAR_NAME_MAX);
		if (t.size % 2 == 0) /* others are passed over */
			continue;
		if (tar_read(&t, &b) < 0)
			break;
		assert(b.len == t.size);
		buf_drop(&b, b.len);
	}
	buf_done(&b);
	unpack_close(t.from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"core.db", "core.db.gz", "core.db.xz", "core.db.zst"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		read_tar(data, size, names[i]);
	return 0;
}
