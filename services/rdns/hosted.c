/* SPDX-License-Identifier: MIT */
#include "rdns/hosted.h"

#include "base/json_write.h"
#include "base/name.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct json_field hosted_fields[] = {
	{.name = "name", .kind = JSON_TEXT, .max = HOSTED_NAME_MAX},
	{.name = NULL},
};

int hosted_parse(yyjson_val *v, char ret[HOSTED_NAME_MAX], char reterr[HOSTED_ERROR_MAX])
{
	yyjson_val *field = yyjson_obj_get(v, "name");
	const char *text = yyjson_is_str(field) ? yyjson_get_str(field) : "";
	char name[HOSTED_NAME_MAX];
	size_t len = strlen(text);

	if (len > 0 && text[len - 1] == '.')
		len--;
	if (len < sizeof(name)) {
		for (size_t i = 0; i < len; i++)
			name[i] = (char)tolower((unsigned char)text[i]);
		name[len] = '\0';
	}
	if (len >= sizeof(name) || strlen(text) != yyjson_get_len(field) || !name_is_domain(name)) {
		(void)snprintf(reterr, HOSTED_ERROR_MAX, "name: must be a host's name such as host.example.net");
		return -EINVAL;
	}
	memcpy(ret, name, len + 1);
	return 0;
}

yyjson_mut_val *hosted_json(const char *name, yyjson_mut_doc *doc)
{
	yyjson_mut_val *o = yyjson_mut_obj(doc);

	json_add_text(doc, o, "name", name);
	return o;
}
