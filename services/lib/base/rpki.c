/* SPDX-License-Identifier: MIT */
#include "base/rpki.h"

#include <errno.h>
#include <string.h>

/* Words of a payload in the table. */
enum {
	VRP_ASN,
	VRP_MAX_LEN,
	VRP_EXPIRES, /* Unix seconds, until 2106 */
	VRP_WORDS,
};

const char *const rpki_state_names[] = {
	[RPKI_UNKNOWN] = "unknown",
	[RPKI_NOT_FOUND] = "not-found",
	[RPKI_INVALID] = "invalid",
	[RPKI_VALID] = "valid",
};

/* Return: what follows @word at the start of @text, or NULL; also for NULL. */
static const char *after(const char *text, const char *word)
{
	size_t len = strlen(word);

	return text != NULL && strncmp(text, word, len) == 0 ? text + len : NULL;
}

static int add_line(struct prefix_table *t, const char *line)
{
	uint32_t vrp[VRP_WORDS];
	struct prefix p;

	if (line[strspn(line, " \t\r\n")] == '\0' || after(line, "ASN,IP Prefix,Max Length,") != NULL)
		return 0;
	line = prefix_line_u32(after(line, "AS"), &vrp[VRP_ASN]);
	line = prefix_line_prefix(after(line, ","), ',', &p);
	line = prefix_line_u32(line, &vrp[VRP_MAX_LEN]);
	line = after(line, ",");
	if (line != NULL)
		line = strchr(line, ','); /* past the trust anchor */
	line = prefix_line_u32(after(line, ","), &vrp[VRP_EXPIRES]);
	if (line == NULL || line[strspn(line, "\r\n")] != '\0')
		return -EINVAL;
	unsigned bits = addr_family(&p.addr) == AF_INET ? 32 : 128;
	if (vrp[VRP_MAX_LEN] < p.len || vrp[VRP_MAX_LEN] > bits) /* RFC 9582, 4.3.2.2 */
		return -EINVAL;
	prefix_table_add(t, &p, 0, vrp, VRP_WORDS);
	return 1;
}

const struct prefix_table_kind rpki_kind = {
	.name = "RPKI payloads", .add_line = add_line, .keeps_repeated = true};

enum rpki_state rpki_validate(const struct prefix_table *t, const struct prefix *p, uint32_t asn, int64_t now)
{
	enum rpki_state state = RPKI_NOT_FOUND;
	struct prefix_found f;

	if (t == NULL)
		return RPKI_UNKNOWN;
	for (bool found = prefix_table_find(t, &p->addr, &f); found; found = prefix_table_next(t, &f)) {
		if (f.prefix.len > p->len || f.words[VRP_EXPIRES] <= now)
			continue;
		if (asn != 0 && f.words[VRP_ASN] == asn && p->len <= f.words[VRP_MAX_LEN])
			return RPKI_VALID;
		state = RPKI_INVALID;
	}
	return state;
}
