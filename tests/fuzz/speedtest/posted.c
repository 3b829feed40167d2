/*
 * What clients of the speed test post: results as JSON (speedtest/result.h), and forms of both encodings
 * (speedtest/form.h). What is kept of a result is read again as the same, and safe in its page.
 */
/* SPDX-License-Identifier: MIT */
#include "../fuzz.h"

#include "speedtest/card.h"
#include "speedtest/form.h"
#include "speedtest/result.h"

static void show(const struct result *r)
{
	char sentence[512];
	struct card c;

	for (enum language l = LANGUAGE_EN; l < LANGUAGES; l++) {
		card_of(r, 1800000000, "POP", l, &c);
		assert(c.n_families <= RESULT_FAMILIES);
		card_sentence(&c, sentence, sizeof(sentence));
		assert(strlen(sentence) < sizeof(sentence));
	}
}

static void read_result(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_bytes(data, size), error[JSON_SHAPE_ERROR_MAX] = "";
	struct result r, again;

	if (result_parse(bytes, size, &r, error) == 0) {
		show(&r);
		assert(result_parse(r.json, strlen(r.json), &again, error) == 0);
		assert(strcmp(r.json, again.json) == 0);
		result_done(&again);
		result_done(&r);
	} else {
		assert(error[0] != '\0' && strpbrk(error, "<>&\n") == NULL);
	}
	free(bytes);
}

/* As a handler has it: a buffer with a NUL after it. */
static void read_form(const uint8_t *data, size_t size)
{
	static const char *const types[] = {"multipart/form-data; boundary=X", "multipart/form-data; boundary=\"a b\"",
	                                    "multipart/form-data", "application/x-www-form-urlencoded", NULL};
	struct buf body = {.data = fuzz_text(data, size), .len = size};
	char value[32];

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (form_field(types[i], &body, "download", value, sizeof(value)) == 0)
			assert(strlen(value) < sizeof(value));
	free(body.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_result(data, size);
	read_form(data, size);
	return 0;
}
