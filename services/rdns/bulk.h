/*
 * Names of many addresses, changed in one transaction or not at all; or only looked at, which makes the same
 * changes and takes them back: {"dry_run":true,"within":"192.0.2.0/24","ptrs":[{"address","name"}]}. A name
 * that is null goes; with "within", so do all names in there that are not in the list.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_BULK_H
#define FONTAINE_RDNS_BULK_H

#include "base/json_shape.h"
#include "base/language.h"
#include "rdns/edit.h"
#include "rdns/hosted.h"

enum {
	BULK_MAX = 1024, /* names of one request, and names that "within" may end */
	BULK_ERROR_MAX = HOSTED_ERROR_MAX,
};

struct bulk_name {
	struct prefix address; /* a whole one */
	char *name;            /* owned; NULL: none */

	/* Set by whom carries it out. */
	uint32_t asn; /* whose it will be; of one that goes, the asker's */
	int64_t member;
	const char *problem; /* borrowed: why it may not be; NULL: it may */
};

struct bulk {
	bool is_dry_run, has_within;
	struct prefix within;
	size_t n;
	struct bulk_name *names;

	/* Set by whom carries it out. */
	enum language language;

	/* Set by bulk_edit(). */
	size_t n_refused;
	int64_t first_change, last_change; /* of the audit log, to be published; 0: all was so already */
};

/** What the request's body must look like. */
extern const struct json_field bulk_fields[];

/**
 * Read @v, which json_shape_check() has held against bulk_fields.
 * Return: 0 and *ret, for bulk_free(); or -EINVAL and *reterr = "ptrs[3].address: why".
 */
int bulk_parse(yyjson_val *v, struct bulk **ret, char reterr[BULK_ERROR_MAX]);
void bulk_free(struct bulk *b);

/**
 * Make all changes, as a job of the store, and add {"address","kind","before","after","problem"} of each to the
 * array @list; kind: "add", "change", "remove", "same" or "refused", then with the problem. Of @e is used who
 * asks; of its conditions If-Match, the etag of a look: nothing of this was changed since.
 * Return: 0; -ECANCELED: it was a dry run, -EEXIST: b->n_refused are refused, so nothing stays; -ESTALE; -E2BIG:
 * "within" has more names than BULK_MAX; else as edit_ptr().
 */
int bulk_edit(sqlite3 *db, struct edit *e, struct bulk *b, yyjson_mut_doc *doc, yyjson_mut_val *list);

/** The version of all there is, for the etag of a look. */
int bulk_version(sqlite3 *db, int64_t *ret);

#endif
