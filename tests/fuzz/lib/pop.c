/* The POP file (base/pop.h): what is refused is refused in words, what is taken can be told, always the same. */
/* SPDX-License-Identifier: MIT */
#include "base/pop.h"

#include "../fuzz.h"

#include "base/pop_json.h"

static void use(const struct pop *p, const char *text, size_t len)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	struct pop_error error;
	struct pop *again;

	assert(pop_endpoints(p, all) <= POP_ENDPOINTS_MAX);
	char *json = pop_public_json(p);
	assert(json != NULL && json[0] == '{');
	free(json);
	assert(pop_parse(text, len, &again, &error) == 0);
	char *first = pop_text(p), *second = pop_text(again);
	assert(strcmp(first, second) == 0);
	free(first);
	free(second);
	pop_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct pop_error error = {0};
	struct pop *p;

	if (pop_parse(text, size, &p, &error) == 0) {
		use(p, text, size);
		pop_free(p);
	} else {
		assert(error.what[0] != '\0' && error.line > 0);
	}
	free(text);
	return 0;
}
