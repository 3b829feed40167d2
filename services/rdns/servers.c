/* SPDX-License-Identifier: MIT */
#include "rdns/servers.h"

#include "base/name.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX_BYTES = 256 };

/** Write @name without a dot at its end. Return: whether it may be a server's, not an address. */
static bool read_name(const char *name, char ret[NAME_MAX_BYTES])
{
	size_t len = strlen(name);
	struct addr a;

	if (len > 1 && name[len - 1] == '.')
		len--;
	if (len >= NAME_MAX_BYTES)
		return false;
	(void)snprintf(ret, NAME_MAX_BYTES, "%.*s", (int)len, name);
	return name_is_domain(ret) && strchr(ret, '.') != NULL && addr_parse(ret, 0, &a) < 0;
}

/** Whether @name is in a zone that @plan delegates. */
static bool is_inside(const struct plan *plan, const char *name)
{
	char text[REVERSE_NAME_MAX];
	size_t len = strlen(name);

	for (unsigned i = 0; i < plan->n_zones; i++) {
		struct prefix zone = reverse_zone(&plan->prefix, i);
		size_t zone_len = strlen(reverse_name(&zone, plan->form, text));
		if (len < zone_len || strcasecmp(name + len - zone_len, text) != 0)
			continue;
		if (len == zone_len || name[len - zone_len - 1] == '.')
			return true;
	}
	return false;
}

static enum refusal refuse_glue(const struct plan *plan, const struct name_server *s, const char *name,
                                servers_may_have may_have)
{
	bool needs_glue = is_inside(plan, name);

	if (needs_glue && s->n_glue == 0)
		return REFUSAL_GLUE_MISSING;
	if (!needs_glue && s->n_glue > 0)
		return REFUSAL_GLUE_UNNEEDED;
	if (s->n_glue > GLUE_MAX)
		return REFUSAL_GLUE_ADDRESS;
	for (size_t i = 0; i < s->n_glue; i++)
		if (!may_have(&s->glue[i]))
			return REFUSAL_GLUE_ADDRESS;
	return REFUSAL_NONE;
}

enum refusal servers_refuse(const struct plan *plan, const struct name_server *all, size_t n,
                            servers_may_have may_have, size_t *reterr_which)
{
	char names[SERVERS_MAX][NAME_MAX_BYTES];
	enum refusal r = n < SERVERS_MIN || n > SERVERS_MAX ? REFUSAL_SERVERS : REFUSAL_NONE;

	if (r != REFUSAL_NONE)
		*reterr_which = n;
	for (size_t i = 0; i < n && r == REFUSAL_NONE; i++) {
		if (!read_name(all[i].name, names[i]))
			r = REFUSAL_SERVER_NAME;
		for (size_t j = 0; j < i && r == REFUSAL_NONE; j++)
			if (strcasecmp(names[i], names[j]) == 0)
				r = REFUSAL_SERVER_TWICE;
		if (r == REFUSAL_NONE)
			r = refuse_glue(plan, &all[i], names[i], may_have);
		if (r != REFUSAL_NONE)
			*reterr_which = i;
	}
	return r;
}
