/* SPDX-License-Identifier: MIT */
#include "rdns/etag.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *etag_text(int64_t version, char out[ETAG_MAX])
{
	(void)snprintf(out, ETAG_MAX, "\"%" PRId64 "\"", version);
	return out;
}

/* Read one entity tag. Return: what follows it, or NULL. */
static const char *read_tag(const char *text, bool *ret_is_weak, const char **ret_tag, size_t *ret_len)
{
	*ret_is_weak = strncmp(text, "W/", 2) == 0;
	if (*ret_is_weak)
		text += 2;
	if (*text != '"')
		return NULL;
	const char *end = strchr(text + 1, '"');
	if (end == NULL)
		return NULL;
	*ret_tag = text;
	*ret_len = (size_t)(end + 1 - text);
	return end + 1;
}

/* Whether the list in a header has the tag of @version. Return: 1, 0, or -1 when it is malformed. */
static int find(const char *list, int64_t version, bool weak_counts)
{
	char own[ETAG_MAX];
	int found = 0;

	if (strcmp(list, "*") == 0)
		return version != 0;
	(void)etag_text(version, own);
	for (const char *at = list; at != NULL;) {
		const char *tag;
		bool is_weak;
		size_t len;
		at = read_tag(at + strspn(at, " \t"), &is_weak, &tag, &len);
		if (at == NULL)
			return -1;
		bool is_own = version != 0 && len == strlen(own) && memcmp(tag, own, len) == 0;
		if (is_own && (weak_counts || !is_weak))
			found = 1;
		at += strspn(at, " \t");
		if (*at != ',' && *at != '\0')
			return -1;
		at = *at == ',' ? at + 1 : NULL;
	}
	return found;
}

enum etag_outcome etag_check(const struct etag_conditions *c, int64_t version)
{
	int match = c->if_match == NULL ? 1 : find(c->if_match, version, false);
	int none_match = c->if_none_match == NULL ? 0 : find(c->if_none_match, version, true);

	if (match < 0 || none_match < 0)
		return ETAG_MALFORMED;
	return match == 1 && none_match == 0 ? ETAG_GO_ON : ETAG_FAILED;
}
