/*
 * What servers of the POP say of themselves, made metrics: unbound, Knot DNS, nginx (fontaine/stock_metrics.h), chrony
 * (fontaine/chrony.h), BIRD (fontaine/bird_metrics.h). Nothing that they say ends a line of the metrics that is not
 * ours.
 */
/* SPDX-License-Identifier: MIT */
#include "../fuzz.h"

#include "base/bird.h"
#include "fontaine/bird_metrics.h"
#include "fontaine/chrony.h"
#include "fontaine/stock_metrics.h"
#include "sys/ask.h"

#include <yyjson.h>

enum { METRICS_MAX_BYTES = 8 << 20 };

/* Every line is a comment or a sample of ours. */
static void check(const struct buf *metrics)
{
	const char *at = buf_text(metrics);

	assert(strlen(at) == metrics->len);
	for (const char *end; *at != '\0'; at = end + 1) {
		end = strchr(at, '\n');
		assert(end != NULL && (*at == '#' || (*at >= 'a' && *at <= 'z')));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool (*const writers[])(struct buf *, const char *) = {stock_unbound, stock_knot, stock_nginx, chrony_write,
	                                                       bird_metrics_write};
	char *text = fuzz_text(data, size);
	struct buf out;

	buf_init(&out, METRICS_MAX_BYTES);
	for (size_t i = 0; i < sizeof(writers) / sizeof(*writers); i++) {
		(void)writers[i](&out, text);
		check(&out);
		buf_drop(&out, out.len);
	}
	if (chrony_write_json(&out, text)) {
		yyjson_doc *doc = yyjson_read(out.data, out.len, 0);
		assert(doc != NULL);
		yyjson_doc_free(doc);
	}
	(void)bird_is_whole(text);
	(void)ask_http_body(text);
	buf_done(&out);
	free(text);
	return 0;
}
