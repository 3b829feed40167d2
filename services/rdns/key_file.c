/* SPDX-License-Identifier: MIT */
#include "rdns/key_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Take what is before @end off *text. Return: how long it is, 0 when it is empty or too long. */
static size_t take(const char **text, const char *end, char ret[KEY_FILE_FIELD_MAX])
{
	size_t len = strcspn(*text, end);

	if (len > KEY_FILE_FIELD_MAX - sizeof("."))
		return 0;
	memcpy(ret, *text, len);
	ret[len] = '\0';
	*text += len;
	return len;
}

static void add_dot(char name[KEY_FILE_FIELD_MAX], size_t len)
{
	if (name[len - 1] != '.')
		memcpy(name + len, ".", sizeof("."));
}

int key_file_parse(const char *text, struct key_file *ret)
{
	struct key_file file;

	if (strncmp(text, "# ", 2) == 0)
		text += 2;
	size_t algorithm = take(&text, ":\n", file.algorithm);
	if (algorithm == 0 || *text++ != ':')
		return -EINVAL;
	size_t name = take(&text, ":\n", file.name);
	if (name == 0 || *text++ != ':')
		return -EINVAL;
	if (take(&text, "\r\n", file.secret) == 0)
		return -EINVAL;
	add_dot(file.algorithm, algorithm);
	add_dot(file.name, name);
	*ret = file;
	return 0;
}

struct tsig_key key_file_key(const struct key_file *file)
{
	return (struct tsig_key){.name = file->name, .algorithm = file->algorithm, .secret = file->secret};
}
