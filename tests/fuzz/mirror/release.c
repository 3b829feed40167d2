/*
 * InRelease and Release (mirror/release.h, mirror/deb822.h, mirror/listed.h): the signed text is part of what was
 * signed, files come in order, a date is one.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/release.h"

#include "../fuzz.h"

static void read_release(const char *text, size_t len)
{
	char error[RELEASE_ERROR_MAX] = "";
	struct release r;

	if (release_parse(text, len, &r, error) < 0) {
		assert(error[0] != '\0');
		return;
	}
	assert(r.n_files <= RELEASE_FILES_MAX);
	for (size_t i = 0; i < r.n_files; i++) {
		const struct release_file *f = &r.files[i];
		assert(f->stem <= strlen(f->listed.path) && f->listed.checksum.kind != CHECKSUM_NONE);
	}
	release_done(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_bytes(data, size);
	struct buf signed_text;
	int64_t date;

	buf_init(&signed_text, 2 * size);
	if (release_signed_text(text, size, &signed_text) == 0) {
		assert(signed_text.len < size);
		read_release(buf_text(&signed_text), signed_text.len);
	}
	buf_done(&signed_text);
	read_release(text, size);
	(void)release_date(text, size, &date);
	free(text);
	return 0;
}
