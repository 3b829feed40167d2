/* Domain names, mail addresses and web addresses, as plain text. */
/* SPDX-License-Identifier: MIT */
#include "base/name.h"

#include "base/addr.h"

#include <errno.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

enum {
	LABEL_MAX = 63,
	DOMAIN_MAX = 253,
	MAIL_LOCAL_MAX = 64,
};

static bool is_label(const char *text, size_t len)
{
	return len > 0 && len <= LABEL_MAX && text[0] != '-' && text[len - 1] != '-' &&
	       strspn(text, LETTERS DIGITS "-") >= len;
}

bool name_is_label(const char *text)
{
	return is_label(text, strlen(text));
}

bool name_is_domain(const char *text)
{
	if (strlen(text) > DOMAIN_MAX)
		return false;
	for (;;) {
		size_t len = strcspn(text, ".");
		if (!is_label(text, len))
			return false;
		if (text[len] == '\0')
			return true;
		text += len + 1;
	}
}

bool name_is_mail(const char *text)
{
	size_t local = strspn(text, LETTERS DIGITS "._+-");

	return local > 0 && local <= MAIL_LOCAL_MAX && text[local] == '@' &&
	       name_is_domain(text + local + 1);
}

bool name_is_url(const char *text)
{
	static const char *const schemes[] = {"https://", "http://"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		size_t len = strlen(schemes[i]);
		if (strncmp(text, schemes[i], len) != 0)
			continue;
		text += len;
		return strspn(text, LETTERS DIGITS) > 0 &&
		       text[strspn(text, LETTERS DIGITS "-._~:/?#@!&*+,=%")] == '\0';
	}
	return false;
}

/* "", or a colon and digits. */
static int parse_port(const char *text, uint16_t *ret_port)
{
	unsigned port = 0;

	if (*text == '\0') {
		*ret_port = 0;
		return 0;
	}
	if (text[0] != ':' || text[1] == '\0')
		return -EINVAL;
	for (text++; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		port = port * 10 + (unsigned)(*text - '0');
		if (port > UINT16_MAX)
			return -EINVAL;
	}
	*ret_port = (uint16_t)port;
	return port == 0 ? -EINVAL : 0;
}

int name_split_authority(const char *text, char ret_host[NAME_HOST_MAX], uint16_t *ret_port)
{
	struct addr a;
	char host[NAME_HOST_MAX];
	bool bracketed = *text == '[';
	size_t len = bracketed ? strcspn(text, "]") + 1 : strcspn(text, ":");

	size_t bare_len = bracketed ? len - 2 : len;

	if (len >= sizeof(host) || len > strlen(text))
		return -EINVAL;
	memcpy(host, bracketed ? text + 1 : text, bare_len);
	host[bare_len] = '\0';
	bool is_host = bracketed ? addr_parse(host, 0, &a) == 0 && addr_family(&a) == AF_INET6 : name_is_domain(host);
	if (!is_host || parse_port(text + len, ret_port) < 0)
		return -EINVAL;
	memcpy(ret_host, text, len);
	ret_host[len] = '\0';
	return 0;
}

bool name_is_set_aside(const char *domain)
{
	static const char *const names[] = {"localhost", "example", "test", "invalid", "internal"};
	const char *dot = strrchr(domain, '.');

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(dot == NULL ? domain : dot + 1, names[i]) == 0)
			return true;
	return false;
}
