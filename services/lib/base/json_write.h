/* JSON that we write. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_JSON_WRITE_H
#define FONTAINE_BASE_JSON_WRITE_H

#include <yyjson.h>

/** Add @text (copied), or null when it is NULL, to the object @o under @key (borrowed). */
void json_add_text(yyjson_mut_doc *d, yyjson_mut_val *o, const char *key, const char *text);

/** The JSON @text (borrowed) as a value of @d. Return: NULL when it is none. */
yyjson_mut_val *json_copy(yyjson_mut_doc *d, const char *text);

/** Free the document @d, with the root @root. Return: its text, on one line; release with free(). */
char *json_take(yyjson_mut_doc *d, yyjson_mut_val *root);

#endif
