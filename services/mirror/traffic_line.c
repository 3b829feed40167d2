/* SPDX-License-Identifier: MIT */
#include "mirror/traffic_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 18 };

/** Copy what @text begins with, up to @end, into @ret. Return: what follows, or NULL: there is none that fits. */
static const char *take_word(const char *text, char end, char *ret, size_t size)
{
	const char *stop = text == NULL ? NULL : strchr(text, end);

	if (stop == NULL || stop == text || (size_t)(stop - text) >= size)
		return NULL;
	memcpy(ret, text, (size_t)(stop - text));
	ret[stop - text] = '\0';
	return stop + 1;
}

static const char *take_number(const char *text, char end, uint64_t *ret)
{
	char digits[DIGITS_MAX + 1];
	const char *rest = take_word(text, end, digits, sizeof(digits));

	if (rest == NULL || digits[strspn(digits, "0123456789")] != '\0')
		return NULL;
	*ret = strtoull(digits, NULL, 10);
	return rest;
}

static const char *take_client(const char *text, char end, struct addr *ret)
{
	char address[ADDR_TEXT_MAX];
	const char *rest = take_word(text, end, address, sizeof(address));

	return rest != NULL && addr_parse(address, 0, ret) == 0 ? rest : NULL;
}

/* HTTP/0.9 has no name. */
static int read_protocol(const char *text, enum traffic_protocol *ret)
{
	static const struct {
		const char *name;
		enum traffic_protocol protocol;
	} all[] = {{"", TRAFFIC_HTTP_1},
	           {"HTTP/1.0", TRAFFIC_HTTP_1},
	           {"HTTP/1.1", TRAFFIC_HTTP_1},
	           {"HTTP/2.0", TRAFFIC_HTTP_2},
	           {"HTTP/3.0", TRAFFIC_HTTP_3}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strcmp(text, all[i].name) == 0) {
			*ret = all[i].protocol;
			return 0;
		}
	return -EINVAL;
}

int traffic_line_http(const char *line, struct traffic_request *ret)
{
	struct traffic_request r;
	uint64_t status;

	line = take_word(line, ' ', r.project, sizeof(r.project));
	line = take_number(line, ' ', &status);
	line = take_number(line, ' ', &r.bytes);
	line = take_client(line, ' ', &r.client);
	if (line == NULL || status > 599 || read_protocol(line, &r.protocol) < 0)
		return -EINVAL;
	r.status = (unsigned)status / 100;
	*ret = r;
	return 0;
}

/** What follows @word in @text, or NULL when it does not begin with that. */
static const char *after(const char *text, const char *word)
{
	size_t len = strlen(word);

	return strncmp(text, word, len) == 0 ? text + len : NULL;
}

/** "debian from UNDETERMINED (192.0.2.1)" */
static int read_module(const char *text, struct traffic_rsync *ret)
{
	text = take_word(text, ' ', ret->project, sizeof(ret->project));
	text = text == NULL ? NULL : strchr(text, '(');
	text = text == NULL ? NULL : take_client(text + 1, ')', &ret->client);
	ret->said = TRAFFIC_MODULE;
	return text != NULL && *text == '\0' ? 0 : -EINVAL;
}

/** Read what a process says. */
static int read_said(const char *text, struct traffic_rsync *ret)
{
	const char *module = after(text, "rsync allowed access on module "), *sent = after(text, "sent ");

	if (module != NULL)
		return read_module(module, ret);
	if (sent != NULL) {
		ret->said = TRAFFIC_SENT;
		return take_number(sent, ' ', &ret->bytes) == NULL ? -EINVAL : 0;
	}
	if (after(text, "max connections (") != NULL)
		ret->said = TRAFFIC_REFUSED;
	else if (after(text, "bind() failed: ") != NULL || after(text, "unable to bind ") != NULL)
		ret->said = TRAFFIC_FAULT;
	return 0;
}

int traffic_line_rsync(const char *line, struct traffic_rsync *ret)
{
	struct traffic_rsync r = {.said = TRAFFIC_ELSE};
	uint64_t process;

	line = strchr(line, '[');
	line = line == NULL ? NULL : take_number(line + 1, ']', &process);
	if (line == NULL || *line != ' ' || process > UINT32_MAX || read_said(line + 1, &r) < 0)
		return -EINVAL;
	r.process = (uint32_t)process;
	*ret = r;
	return 0;
}
