/* SPDX-License-Identifier: MIT */
#include "peers/links.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <yyjson.h>

/* What they are called in each of the forms: RFC 8343 and OpenConfig, iproute2, LibreNMS; ended by NULL. */
static const char *const name_keys[] = {"name", "ifname", "ifName", NULL};
static const char *const state_keys[] = {"oper-status", "operstate", "ifOperStatus", "state", NULL};
static const char *const description_keys[] = {"description", "ifalias", "ifAlias", NULL};

/* Where the list is, from the root on; of each, the second may be NULL. */
static const char *const lists[][2] = {
	{"ietf-interfaces:interfaces", "interface"},
	{"openconfig-interfaces:interfaces", "interface"},
	{"ports", NULL},
};

/* States of RFC 2863, without case and hyphens; all others are not known. */
static const struct {
	const char *word;
	bool is_up;
} states[] = {{"up", true}, {"down", false}, {"notpresent", false}, {"lowerlayerdown", false}};

/** The text of the first of @keys that the port has, itself or in OpenConfig's "state"; NULL: it has none. */
static const char *text_of(yyjson_val *port, const char *const *keys)
{
	yyjson_val *state = yyjson_obj_get(port, "state");

	for (; *keys != NULL; keys++) {
		const char *text = yyjson_get_str(yyjson_obj_get(port, *keys));
		if (text == NULL)
			text = yyjson_get_str(yyjson_obj_get(state, *keys));
		if (text != NULL)
			return text;
	}
	return NULL;
}

/** Return: whether it is known, and *ret_is_up. */
static bool read_state(const char *text, bool *ret_is_up)
{
	char word[24];
	size_t n = 0;

	for (; text != NULL && *text != '\0' && n < sizeof(word) - 1; text++)
		if (*text != '-' && *text != '_')
			word[n++] = (char)tolower((unsigned char)*text);
	word[n] = '\0';
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (strcmp(word, states[i].word) == 0) {
			*ret_is_up = states[i].is_up;
			return true;
		}
	return false;
}

/** The number in a word "AS64500"; 0: there is none. */
static uint32_t asn_in(const char *text)
{
	for (const char *at = text; at != NULL && (at = strcasestr(at, "AS")) != NULL; at++) {
		char *end;
		bool begins = at == text || !isalnum((unsigned char)at[-1]);
		if (!begins || !isdigit((unsigned char)at[2]))
			continue;
		unsigned long long number = strtoull(at + 2, &end, 10);
		if (number <= UINT32_MAX && !isalnum((unsigned char)*end))
			return (uint32_t)number;
	}
	return 0;
}

/** Return: whether it is a port whose state is known, and *ret. */
static bool read_port(yyjson_val *port, struct subject_seen *ret)
{
	const char *name = text_of(port, name_keys);
	uint64_t asn = yyjson_get_uint(yyjson_obj_get(port, "asn"));

	*ret = (struct subject_seen){.asn = asn <= UINT32_MAX ? (uint32_t)asn : 0};
	if (name == NULL || *name == '\0' || !read_state(text_of(port, state_keys), &ret->is_up))
		return false;
	utf8_escape(name, ret->name, sizeof(ret->name));
	if (ret->asn == 0)
		ret->asn = asn_in(text_of(port, description_keys));
	return true;
}

/** The list of ports; NULL: there is none. */
static yyjson_val *find_list(yyjson_val *root)
{
	if (yyjson_is_arr(root))
		return root;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		yyjson_val *list = yyjson_obj_get(root, lists[i][0]);
		if (lists[i][1] != NULL)
			list = yyjson_obj_get(list, lists[i][1]);
		if (yyjson_is_arr(list))
			return list;
	}
	return NULL;
}

static bool is_stale(yyjson_val *root, int64_t now_s, unsigned stale_s)
{
	const char *text = yyjson_get_str(yyjson_obj_get(root, "time"));
	struct tm at = {0};

	if (text == NULL)
		return false;
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &at);
	return end == NULL || now_s - (int64_t)timegm(&at) > stale_s;
}

static int read_all(yyjson_val *root, int64_t now_s, unsigned stale_s, struct subject_seen **ret, size_t *ret_n,
                    char reterr[LINKS_ERROR_MAX])
{
	yyjson_val *list = find_list(root), *port;
	size_t i, max;

	if (list == NULL || is_stale(root, now_s, stale_s)) {
		(void)snprintf(reterr, LINKS_ERROR_MAX, "%s",
		               list == NULL ? "it has no list of interfaces or ports" : "its time is too long ago");
		return -EINVAL;
	}
	struct subject_seen *all = mem_new((yyjson_arr_size(list) + 1) * sizeof(*all));
	*ret_n = 0;
	yyjson_arr_foreach(list, i, max, port)
		if (*ret_n < SUBJECTS_MAX && read_port(port, &all[*ret_n]))
			(*ret_n)++;
	*ret = all;
	return 0;
}

int links_read(const char *text, size_t len, int64_t now_s, unsigned stale_s, struct subject_seen **ret, size_t *ret_n,
               char reterr[LINKS_ERROR_MAX])
{
	yyjson_read_err error;
	yyjson_doc *d = yyjson_read_opts((char *)text, len, 0, NULL, &error); /* without INSITU, not changed */

	if (d == NULL) {
		(void)snprintf(reterr, LINKS_ERROR_MAX, "not JSON: byte %zu: %s", error.pos, error.msg);
		return -EINVAL;
	}
	int rc = read_all(yyjson_doc_get_root(d), now_s, stale_s, ret, ret_n, reterr);
	yyjson_doc_free(d);
	return rc;
}
