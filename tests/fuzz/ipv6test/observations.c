/*
 * What the page of the IPv6 test posts to be shared (ipv6test/observations.h), and short texts of its visitors: names
 * of functions, codes, nonces, headers. What is kept of observations is read again as the same, and safe in a page.
 */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/observations.h"

#include "../fuzz.h"

#include "ipv6test/callback.h"
#include "ipv6test/code.h"
#include "ipv6test/nonce.h"
#include "ipv6test/visitor.h"

static void read_texts(const char *text, size_t len)
{
	char code[CODE_LEN + 1], shown[CODE_SHOWN_LEN + 1], again[CODE_LEN + 1], safe[VISITOR_TEXT_MAX];
	const struct nonce_key key = {{1, 2}};

	if (code_parse(text, len, code) == 0) {
		code_show(code, shown);
		assert(code_parse(shown, CODE_SHOWN_LEN, again) == 0 && strcmp(code, again) == 0);
	}
	if (callback_is_legal(text)) /* RFC 8259 and what browsers take for a script */
		assert(strlen(text) <= CALLBACK_MAX && strpbrk(text, "()<>'\"`;/\\&= \n") == NULL);
	assert(strpbrk(visitor_text(text, safe), "\"\\<>\n\r") == NULL);
	assert(!nonce_check(&key, text, len, 1800000000)); /* nobody guesses one */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_bytes(data, size), *text = fuzz_text(data, size), error[JSON_SHAPE_ERROR_MAX] = "";
	struct observations o, again;

	if (observations_parse(bytes, size, &o, error) == 0) {
		yyjson_doc *doc = yyjson_read(o.json, strlen(o.json), 0);
		assert(doc != NULL);
		yyjson_doc_free(doc);
		assert(strpbrk(o.headline, "<>\"&") == NULL);
		if (observations_parse(o.json, strlen(o.json), &again, error) == 0) {
			assert(strcmp(o.json, again.json) == 0);
			observations_done(&again);
		}
		observations_done(&o);
	} else {
		assert(error[0] != '\0' && strpbrk(error, "<>&\n") == NULL);
	}
	read_texts(text, size);
	free(bytes);
	free(text);
	return 0;
}
