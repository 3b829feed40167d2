/* SPDX-License-Identifier: MIT */
#include "mirror/listed.h"

#include "mirror/deb822.h"

#include <errno.h>

int listed_number(const char *text, size_t len, uint64_t *ret)
{
	uint64_t n = 0;

	if (len == 0 || len > 18)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		n = n * 10 + (uint64_t)(text[i] - '0');
	}
	*ret = n;
	return 0;
}

int listed_read(const char *value, size_t len, enum checksum_kind kind, struct listed *ret, const char **ret_path,
                size_t *ret_path_len)
{
	const char *word;

	size_t n = deb822_word(&value, &len, &word);
	if (!checksum_parse(kind, word, n, &ret->checksum))
		return -EINVAL;
	n = deb822_word(&value, &len, &word);
	if (listed_number(word, n, &ret->size) < 0)
		return -EINVAL;
	*ret_path_len = deb822_word(&value, &len, ret_path);
	return *ret_path_len > 0 && deb822_word(&value, &len, &word) == 0 ? 0 : -EINVAL;
}
