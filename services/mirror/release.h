/*
 * The index of a Debian suite: InRelease, or Release (Debian's RepositoryFormat, "Release" files). Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_RELEASE_H
#define FONTAINE_MIRROR_RELEASE_H

#include "base/buf.h"
#include "mirror/listed.h"

#include <stdbool.h>

enum {
	RELEASE_MAX_BYTES = 64 << 20,
	RELEASE_FILES_MAX = 1 << 20,
	RELEASE_ERROR_MAX = 128,
};

struct release_file {
	struct listed listed; /* its path is below the suite's folder */
	size_t stem;          /* of the path, without the ending of a compressed file */
};

struct release {
	int64_t date, valid_until; /* Unix seconds; valid_until 0: not said */
	bool has_by_hash;
	struct release_file *files; /* of the strongest list of checksums; sorted, those of one stem together */
	size_t n_files;
	char *text; /* private */
};

/**
 * Take the signed text out of the clear-signed @text (RFC 9580, section 7): nothing may be before or
 * after it, so that what gpgv(1) says of the whole file holds for it.
 * Return: 0, or -EINVAL.
 */
int release_signed_text(const char *text, size_t len, struct buf *ret);

/** Read the @len bytes of a Release file. Return: 0, or -EINVAL and *reterr. */
int release_parse(const char *text, size_t len, struct release *ret, char reterr[RELEASE_ERROR_MAX]);
void release_done(struct release *r);

/** Read "Sat, 09 Aug 2025 09:25:10 UTC" (or GMT, +0000). Return: 0, or -EINVAL. */
int release_date(const char *text, size_t len, int64_t *ret);

/** The name of the list of such checksums, and of the folder below by-hash: "SHA256". */
const char *release_hash_name(enum checksum_kind kind);

#endif
