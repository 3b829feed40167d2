/*
 * Who holds what, by an operator's files (rdns/assignments.h): the same bytes as CSV and as IX-F Member Export, and as
 * the file of a key (rdns/key_file.h). What is sealed is in order, and found.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/assignments.h"

#include "../fuzz.h"

#include "rdns/key_file.h"

static void seal(struct assignments *a)
{
	char error[ASSIGNMENTS_ERROR_MAX] = "";
	size_t n;

	if (assignments_seal(a, error) < 0) {
		assert(error[0] != '\0');
		return;
	}
	const struct assignment *all = assignments_all(a, &n);
	for (size_t i = 0; i < n; i++) {
		assert(i == 0 || prefix_compare(&all[i - 1].prefix, &all[i].prefix) <= 0);
		const struct assignment *found = assignments_find(a, &all[i].prefix);
		assert(found != NULL && prefix_compare(&found->prefix, &all[i].prefix) == 0);
		assert(assignments_member(a, all[i].asn) != NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), error[ASSIGNMENTS_ERROR_MAX] = "";
	struct assignments *a = assignments_new();
	struct key_file key;

	if (assignments_add_csv(a, text, size, error) == 0)
		seal(a);
	else
		assert(error[0] != '\0');
	assignments_free(a);
	a = assignments_new();
	error[0] = '\0';
	if (assignments_add_ixf(a, text, size, error) == 0)
		seal(a);
	else
		assert(error[0] != '\0');
	assignments_free(a);
	if (key_file_parse(text, &key) == 0)
		assert(key.name[strlen(key.name) - 1] == '.' && key.algorithm[strlen(key.algorithm) - 1] == '.');
	free(text);
	return 0;
}
