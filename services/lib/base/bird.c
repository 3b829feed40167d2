/* SPDX-License-Identifier: MIT */
#include "base/bird.h"

#include "base/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 256 };

bool bird_is_whole(const char *text)
{
	const char *last = strstr(text, "\n0000 ");

	return last != NULL && strchr(last + 1, '\n') != NULL;
}

const char *bird_protocols(const char *text)
{
	const char *table = strstr(text, "\n2002-"); /* its head; protocols follow */

	return table == NULL ? NULL : table + 1 + strcspn(table + 1, "\n");
}

const char *bird_line(const char *at, size_t *ret_len)
{
	*ret_len = strcspn(at, "\n");
	if (*ret_len > 5 && strspn(at, "0123456789") == 4 && strchr(" -", at[4]) != NULL) {
		*ret_len -= 5;
		return at + 5;
	}
	return at;
}

/* "neighbour1 BGP        ---        up     00:41:04.510  Established" begins a protocol. */
bool bird_step(const char *line, size_t len, struct bird_place *p)
{
	char text[LINE_MAX_BYTES], channel[BIRD_WORD_MAX];

	(void)snprintf(text, sizeof(text), "%.*s", (int)len, line);
	if (sscanf(text, " Channel ipv%47[46]", channel) == 1)
		(void)snprintf(p->channel, sizeof(p->channel), "%s", channel);
	if (*text == ' ' ||
	    sscanf(text, "%47[A-Za-z0-9_] %47[A-Za-z0-9_] %*s %47[a-z]", p->name, p->proto, p->state) != 3)
		return false;
	p->channel[0] = '\0';
	return true;
}

/** What a line of its details adds to a session. */
static void read_detail(const char *line, size_t len, struct bird_session *s)
{
	char text[LINE_MAX_BYTES], error[BIRD_ERROR_MAX];

	(void)snprintf(text, sizeof(text), "%.*s", (int)len, line);
	(void)sscanf(text, " Neighbor address: %47[0-9A-Za-z.:%_-]", s->address);
	(void)sscanf(text, " Neighbor AS: %" SCNu32, &s->asn);
	if (sscanf(text, " Last error: %127[^\n]", error) == 1)
		utf8_escape(error, s->error, sizeof(s->error)); /* it may have words of the neighbour's (RFC 9003) */
}

int bird_sessions(const char *text, void (*on_session)(const struct bird_session *s, void *data), void *data)
{
	const char *at = bird_protocols(text);
	struct bird_session s = {0};
	struct bird_place p = {0};
	size_t len;

	if (at == NULL || !bird_is_whole(text))
		return -EINVAL;
	for (; *at != '\0'; at += len + (at[len] == '\n')) {
		const char *line = bird_line(at, &len);
		bool begins = bird_step(line, len, &p);
		at = line;
		if (!begins) {
			read_detail(line, len, &s);
			continue;
		}
		if (s.name[0] != '\0')
			on_session(&s, data);
		s = (struct bird_session){.is_up = strcmp(p.state, "up") == 0};
		if (strcmp(p.proto, "BGP") == 0)
			(void)snprintf(s.name, sizeof(s.name), "%s", p.name);
	}
	if (s.name[0] != '\0')
		on_session(&s, data);
	return 0;
}

const char *bird_started(const char *text, char ret[BIRD_WORD_MAX])
{
	const char *line = strstr(text, "Last reboot on ");

	ret[0] = '\0';
	if (line != NULL)
		(void)sscanf(line, "Last reboot on %47[^\n]", ret);
	return ret;
}
