/*
 * What operators, upstreams and healthd say to the command: moments (fontaine/moment.h), pushes by ssh
 * (fontaine/pushed.h), the status that it shows (fontaine/watch.h), templates and values for them
 * (fontaine/template.h). Nothing moves the cursor of a terminal.
 */
/* SPDX-License-Identifier: MIT */
#include "../fuzz.h"

#include "base/buf.h"
#include "fontaine/moment.h"
#include "fontaine/pushed.h"
#include "fontaine/template.h"
#include "fontaine/watch.h"

enum { OUT_MAX_BYTES = 1 << 20 };

static void show(const char *bytes, size_t len)
{
	struct buf b;

	buf_init(&b, OUT_MAX_BYTES);
	watch_add_addresses(&b, bytes, len);
	watch_add_status(&b, bytes, len);
	assert(strchr(buf_text(&b), '\033') == NULL);
	buf_done(&b);
}

/* The bytes as a template; and as a value in one, which a safe place refuses or leaves as it is. */
static void render(const char *text)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(doc);
	struct template_error error;
	struct buf out;

	(void)yyjson_mut_obj_add_str(doc, root, "a", text);
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, root, "b");
	(void)yyjson_mut_arr_add_str(doc, list, "x");
	yyjson_mut_doc_set_root(doc, root);
	yyjson_doc *view = yyjson_mut_doc_imut_copy(doc, NULL);
	buf_init(&out, OUT_MAX_BYTES);
	(void)template_render(text, yyjson_doc_get_root(view), &out, &error);
	buf_drop(&out, out.len);
	if (template_render("{{a}}", yyjson_doc_get_root(view), &out, &error) == 0)
		assert(strcmp(buf_text(&out), text) == 0 && strpbrk(text, "\n\"'{};# ") == NULL);
	buf_done(&out);
	yyjson_doc_free(view);
	yyjson_mut_doc_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const projects[] = {"debian", "debian-security"};
	char *bytes = fuzz_bytes(data, size), *text = fuzz_text(data, size);
	const char *project;
	int64_t moment;

	show(bytes, size);
	render(text);
	(void)moment_parse(text, 1800000000, &moment);
	if (pushed_read(text, projects, 2, &project) != PUSHED_REFUSED)
		assert(project == projects[0] || project == projects[1]);
	free(bytes);
	free(text);
	return 0;
}
