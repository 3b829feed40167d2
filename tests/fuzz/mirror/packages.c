/*
 * Packages, Sources and the Index of patches (mirror/packages.h, mirror/patches.h), plain and compressed
 * (mirror/lines.h, mirror/unpack.h): each file has a path of bounded length, each refusal its words.
 */
/* SPDX-License-Identifier: MIT */
#include "../fuzz.h"

#include "mirror/patches.h"
#include "mirror/tree.h"

enum { UNPACKED_MAX_BYTES = 1 << 20 };

static int on_file(const struct listed *f, void *data)
{
	(void)data;
	assert(f->path[0] != '\0' && strlen(f->path) < TREE_PATH_MAX);
	return 0;
}

static void read_as(const uint8_t *data, size_t size, const char *name)
{
	int (*const readers[])(struct lines *, packages_on_file, void *, char[]) = {packages_read, patches_read};

	for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++) {
		char error[PACKAGES_ERROR_MAX] = "";
		struct lines *l = lines_open(fuzz_file(data, size), name, UNPACKED_MAX_BYTES);
		int rc = readers[i](l, on_file, NULL, error);
		assert(rc <= 0 && (rc < 0) == (error[0] != '\0'));
		lines_close(l);
	}
}

/* By what it begins with: the name of another kind would end it at once. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool is_gzip = size > 1 && data[0] == 0x1f, is_xz = size > 1 && data[0] == 0xfd;
	bool is_zstd = size > 1 && data[0] == 0x28;

	read_as(data, size, is_gzip ? "Packages.gz" : is_xz ? "Packages.xz"
	                                          : is_zstd ? "Packages.zst"
	                                                    : "Packages");
	return 0;
}
