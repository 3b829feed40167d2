/* SPDX-License-Identifier: MIT */
#include "mirror/sums.h"

#include <string.h>

static bool take_name(const char *name, size_t len, char ret[TREE_PATH_MAX])
{
	if (len >= 2 && memcmp(name, "./", 2) == 0) {
		name += 2;
		len -= 2;
	}
	if (len == 0 || len >= TREE_PATH_MAX || memchr(name, '\0', len) != NULL)
		return false;
	memcpy(ret, name, len);
	ret[len] = '\0';
	return true;
}

/** As the BSDs write it. */
static bool read_tagged(const char *line, size_t len, struct checksum *ret, char ret_name[TREE_PATH_MAX])
{
	static const char middle[] = ") = ";
	const char *open = memchr(line, '(', len);
	const char *close = open != NULL ? memmem(open, len - (size_t)(open - line), middle, strlen(middle)) : NULL;

	if (close == NULL)
		return false;
	const char *hash = close + strlen(middle);
	size_t n = len - (size_t)(hash - line);
	return checksum_parse(checksum_kind_of(n), hash, n, ret) &&
	       take_name(open + 1, (size_t)(close - open - 1), ret_name);
}

bool sums_read(const char *line, size_t len, struct checksum *ret, char ret_name[TREE_PATH_MAX])
{
	size_t n = 0;

	while (len > 0 && line[len - 1] == '\r')
		len--;
	while (n < len && line[n] != ' ')
		n++;
	if (!checksum_parse(checksum_kind_of(n), line, n, ret))
		return read_tagged(line, len, ret, ret_name);
	while (n < len && line[n] == ' ')
		n++;
	n += n < len && line[n] == '*';
	return take_name(line + n, len - n, ret_name);
}
