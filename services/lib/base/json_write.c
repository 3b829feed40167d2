/* SPDX-License-Identifier: MIT */
#include "base/json_write.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void json_add_text(yyjson_mut_doc *d, yyjson_mut_val *o, const char *key, const char *text)
{
	if (text != NULL)
		yyjson_mut_obj_add_strcpy(d, o, key, text);
	else
		yyjson_mut_obj_add_null(d, o, key);
}

yyjson_mut_val *json_copy(yyjson_mut_doc *d, const char *text)
{
	yyjson_doc *doc = yyjson_read(text, strlen(text), 0);
	yyjson_mut_val *copy = yyjson_val_mut_copy(d, yyjson_doc_get_root(doc));

	yyjson_doc_free(doc);
	return copy;
}

char *json_take(yyjson_mut_doc *d, yyjson_mut_val *root)
{
	yyjson_mut_doc_set_root(d, root);
	char *text = yyjson_mut_write(d, 0, NULL);
	if (text == NULL)
		mem_exhausted(); /* what we write is valid UTF-8 and finite */
	yyjson_mut_doc_free(d);
	return text;
}
