/* SPDX-License-Identifier: MIT */
#include "sys/credential.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { CREDENTIAL_MAX_BYTES = 4096 };

char *credential_read(const char *name)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char *line = NULL;
	struct buf text;

	if (dir == NULL)
		return NULL;
	char *path = mem_printf("%s/%s", dir, name);
	buf_init(&text, CREDENTIAL_MAX_BYTES);
	if (buf_add_file(&text, path) == 0 && text.len > 0 && strcspn(text.data, "\r\n") > 0)
		line = mem_printf("%.*s", (int)strcspn(text.data, "\r\n"), text.data);
	buf_done(&text);
	free(path);
	return line;
}
