/* NOTIFY of children (rdns/notify.h): what is taken is a zone below ours, no answer is longer than its question. */
/* SPDX-License-Identifier: MIT */
#include "rdns/notify.h"

#include "../fuzz.h"

#include "base/reverse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct prefix zone;
	assert(prefix_parse("192.0.0.0/16", &zone) == 0);
	const struct allocations a = {&zone, 1};
	uint8_t *bytes = (uint8_t *)fuzz_bytes(data, size), *out = malloc(size);
	char name[DELEGATION_NAME_MAX];
	struct prefix child;
	size_t len;

	enum notify_result r = notify_read(&a, bytes, size, name, out, &len);
	assert(r < NOTIFY_RESULTS && len <= size && (r == NOTIFY_DROPPED) == (len == 0));
	if (r == NOTIFY_TAKEN)
		assert(reverse_parse(name, &child) == 0 && prefix_covers(&zone, &child));
	free(bytes);
	free(out);
	return 0;
}
