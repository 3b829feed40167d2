/* The XML of rpm repositories (mirror/repomd.h): however it is parted, the same files come of it, or a refusal. */
/* SPDX-License-Identifier: MIT */
#include "mirror/repomd.h"

#include "../fuzz.h"

#include "base/buf.h"
#include "mirror/tree.h"

enum { TOLD_MAX_BYTES = 1 << 20 };

static int on_file(const struct repomd_file *f, void *data)
{
	char sum[CHECKSUM_TEXT_MAX];

	assert(strlen(f->listed.path) < TREE_PATH_MAX);
	assert(buf_printf(data, "%s %s %ju %d %s;", f->type, f->listed.path, (uintmax_t)f->listed.size,
	                  f->is_elsewhere, checksum_text(&f->listed.checksum, sum)) == 0);
	return 0;
}

static char *read_parted(const uint8_t *data, size_t size, enum repomd_kind kind, enum fuzz_way way)
{
	char error[REPOMD_ERROR_MAX] = "";
	struct buf told;
	int rc = 0;

	buf_init(&told, TOLD_MAX_BYTES);
	struct repomd *r = repomd_new(kind, on_file, &told);
	for (size_t at = 0, n; at < size && rc == 0; at += n) {
		n = fuzz_piece(way, at, size - at);
		char *piece = fuzz_bytes(data + at, n);
		rc = repomd_feed(r, piece, n, at + n == size, error);
		free(piece);
	}
	assert((rc < 0) == (error[0] != '\0'));
	assert(buf_printf(&told, "%d %ju", rc, rc == 0 ? (uintmax_t)repomd_revision(r) : 0) == 0);
	repomd_free(r);
	return buf_take_text(&told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (enum repomd_kind kind = REPOMD_REPOMD; kind <= REPOMD_PRIMARY; kind++) {
		char *whole = read_parted(data, size, kind, FUZZ_WHOLE);
		for (enum fuzz_way w = FUZZ_BYTES; w < FUZZ_WAYS; w++) {
			char *told = read_parted(data, size, kind, w);
			assert(strcmp(told, whole) == 0);
			free(told);
		}
		free(whole);
	}
	return 0;
}
