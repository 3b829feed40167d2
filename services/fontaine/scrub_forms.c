/* Addresses, names and what is written where secrets are, as they stand in logs. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/scrub_forms.h"

#include "base/addr.h"
#include "base/reverse.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	ADDRESS_MAX = 46, /* "ffff:...:255.255.255.255" */
	PREFIX_DIGITS = 3,
};

static bool is_alnum(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80; /* names may be in UTF-8 */
}

/** Of a domain name, or of what is before the @ of a mail address. */
static bool is_word(char c)
{
	return is_alnum(c) || c == '-' || c == '_' || c == '.';
}

static bool is_hex(char c)
{
	return isxdigit((unsigned char)c) != 0;
}

static bool is_digit(char c)
{
	return isdigit((unsigned char)c) != 0;
}

/** The character at @at, or 0 outside of the text. */
static char char_at(const char *text, size_t len, size_t at)
{
	if (at >= len)
		return '\0';
	return text[at];
}

static void take_id(struct scrub_form *f, const char *text, size_t len)
{
	f->id_len = len < SCRUB_ID_MAX ? len : SCRUB_ID_MAX;
	for (size_t i = 0; i < f->id_len; i++)
		f->id[i] = (unsigned char)tolower((unsigned char)text[i]);
}

/** An IPv4-mapped address is an IPv4 one (RFC 4291, 2.5.5.2). */
static void take_address(struct scrub_form *f, const struct addr *a)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

	f->kind = SCRUB_IPV4;
	f->id_len = sizeof(a->in6.sin6_addr);
	memcpy(f->id, mapped, sizeof(mapped));
	if (addr_family(a) == AF_INET)
		memcpy(f->id + sizeof(mapped), &a->in.sin_addr, sizeof(a->in.sin_addr));
	else
		memcpy(f->id, &a->in6.sin6_addr, sizeof(a->in6.sin6_addr));
	if (memcmp(f->id, mapped, sizeof(mapped)) != 0)
		f->kind = SCRUB_IPV6;
}

/** "/24" */
static int prefix_len_at(const char *text, size_t len, size_t at)
{
	int n = 0;
	size_t i = at + 1;

	if (char_at(text, len, at) != '/')
		return -1;
	for (; i <= at + PREFIX_DIGITS && is_digit(char_at(text, len, i)); i++)
		n = 10 * n + (text[i] - '0');
	return i == at + 1 ? -1 : n;
}

/** One character of an IPv6 address, ':' also as "%3A" of a URL. Return: how many bytes it takes; 0: it is none. */
static size_t ipv6_char(const char *text, size_t len, size_t at, char *ret)
{
	*ret = char_at(text, len, at);
	if (is_hex(*ret) || *ret == ':' || *ret == '.')
		return 1;
	if (at + 3 > len || strncasecmp(text + at, "%3A", 3) != 0)
		return 0;
	*ret = ':';
	return 3;
}

/** "2001:db8::1", the longest that there is. */
static bool ipv6_at(const char *text, size_t len, size_t at, struct scrub_form *ret)
{
	char run[ADDRESS_MAX + 1];
	size_t ends[ADDRESS_MAX], n = 0, step;
	unsigned colons[ADDRESS_MAX], seen = 0;
	struct addr a;

	for (size_t i = at; n < ADDRESS_MAX && (step = ipv6_char(text, len, i, &run[n])) > 0; i += step) {
		seen += run[n] == ':';
		ends[n] = i + step;
		colons[n++] = seen;
	}
	for (; n > 1 && colons[n - 1] >= 2; n--) {
		run[n] = '\0';
		if (addr_parse(run, 0, &a) < 0)
			continue;
		ret->len = ends[n - 1] - at;
		ret->prefix_len = prefix_len_at(text, len, ends[n - 1]);
		take_address(ret, &a);
		return true;
	}
	return false;
}

/** Read up to three digits. Return: how many; *ret is above 255 when there are more of them. */
static size_t octet_at(const char *text, size_t len, size_t at, unsigned *ret)
{
	size_t n = 0;

	*ret = 0;
	for (; n < 4 && is_digit(char_at(text, len, at + n)); n++)
		*ret = 10 * *ret + (unsigned)(text[at + n] - '0');
	if (n == 4)
		*ret = 256;
	return n;
}

/** "192.0.2.1", also with zeros before it, or "192-0-2-1" as in names of hosts. */
static bool ipv4_at(const char *text, size_t len, size_t at, struct scrub_form *ret)
{
	char between = '\0';
	size_t end = at;
	uint32_t all = 0;
	struct addr a = {.in = {.sin_family = AF_INET}};

	bool is_encoded = at >= 3 && text[at - 3] == '%'; /* as in "%20203.0.113.9" of a URL */
	if (at > 0 && is_digit(text[at - 1]) && !is_encoded)
		return false;
	for (unsigned i = 0; i < 4; i++) {
		unsigned octet;
		if (i == 1 && (char_at(text, len, end) == '.' || char_at(text, len, end) == '-'))
			between = text[end];
		if (i > 0 && (between == '\0' || char_at(text, len, end++) != between))
			return false;
		size_t n = octet_at(text, len, end, &octet);
		if (n == 0 || octet > 255)
			return false;
		all = all << 8 | octet;
		end += n;
	}
	if (between == '-' && is_alnum(char_at(text, len, end)))
		return false;
	a.in.sin_addr.s_addr = htonl(all);
	ret->len = end - at;
	ret->prefix_len = prefix_len_at(text, len, end);
	take_address(ret, &a);
	return true;
}

/** @groups groups of @digits hexadecimal digits with @between between them. Return: how long; 0: they are not. */
static size_t groups_at(const char *text, size_t len, size_t at, unsigned groups, unsigned digits, char between)
{
	size_t end = at;

	for (unsigned i = 0; i < groups; i++) {
		if (i > 0 && char_at(text, len, end++) != between)
			return 0;
		for (unsigned k = 0; k < digits; k++)
			if (!is_hex(char_at(text, len, end++)))
				return 0;
	}
	return end - at;
}

/** "00:00:5e:00:53:01", "00-00-5e-00-53-01", "0000.5e00.5301" */
static bool mac_at(const char *text, size_t len, size_t at, struct scrub_form *ret)
{
	size_t n = groups_at(text, len, at, 6, 2, ':');
	if (n == 0)
		n = groups_at(text, len, at, 6, 2, '-');
	if (n == 0)
		n = groups_at(text, len, at, 3, 4, '.');
	if (n == 0)
		return false;
	ret->kind = SCRUB_MAC;
	ret->len = n;
	for (size_t i = at; i < at + n; i++)
		if (is_hex(text[i]))
			ret->id[ret->id_len++] = (unsigned char)tolower((unsigned char)text[i]);
	return true;
}

/** Of a file or a unit, and of no domain. */
static bool is_suffix(const char *label, size_t len)
{
	static const char *const suffixes[] = {
		"automount",
		"conf",
		"crt",
		"ctl",
		"csr",
		"css",
		"csv",
		"db",
		"device",
		"gz",
		"html",
		"js",
		"json",
		"key",
		"list",
		"log",
		"mount",
		"path",
		"pem",
		"scope",
		"service",
		"slice",
		"sock",
		"socket",
		"swap",
		"timer",
		"tmp",
		"txt",
		"xz",
		"yaml",
		"yml",
	};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (strlen(suffixes[i]) == len && strncmp(label, suffixes[i], len) == 0)
			return true;
	return false;
}

/** Whether a word begins at @at, but for dots and dashes (and @more) before it. */
static bool is_start(const char *text, size_t at, char more)
{
	if (!is_alnum(text[at]))
		return false;
	while (at > 0 && !is_alnum(text[at - 1]) && (is_word(text[at - 1]) || text[at - 1] == more))
		at--;
	return at == 0 || !is_alnum(text[at - 1]);
}

/** The length of the word at @at, without dots and dashes at its end. */
static size_t word_at(const char *text, size_t len, size_t at)
{
	size_t end = at;

	while (is_word(char_at(text, len, end)))
		end++;
	while (end > at && !is_alnum(text[end - 1]))
		end--;
	return end - at;
}

/** The last label of a word: @text[return value..@len). */
static size_t last_label(const char *text, size_t len)
{
	while (len > 0 && text[len - 1] != '.')
		len--;
	return len;
}

/** Whether a word is a name below a top-level domain, which is of letters (RFC 3696, section 2), or an IDN. */
static bool is_domain(const char *text, size_t len)
{
	size_t last = last_label(text, len), n = len - last;

	if (last == 0 || n < 2 || is_suffix(text + last, n))
		return false;
	if (n > 4 && strncasecmp(text + last, "xn--", 4) == 0)
		return true;
	for (size_t i = last; i < len; i++)
		if (!is_alnum(text[i]) || is_digit(text[i]))
			return false;
	return true;
}

/** "host.example.net"; the reverse name of one address is that address. */
static bool host_at(const char *text, size_t len, size_t at, struct scrub_form *ret)
{
	char name[REVERSE_NAME_MAX + 1];
	struct prefix p;

	if (!is_start(text, at, '.'))
		return false;
	ret->len = word_at(text, len, at);
	if (!is_domain(text + at, ret->len))
		return false;
	ret->kind = SCRUB_HOST;
	take_id(ret, text + at, ret->len);
	if (ret->len > REVERSE_NAME_MAX)
		return true;
	memcpy(name, text + at, ret->len);
	name[ret->len] = '\0';
	if (reverse_parse(name, &p) == 0 && p.len == (addr_family(&p.addr) == AF_INET ? 32 : 128))
		take_address(ret, &p.addr);
	return true;
}

/** "who@example.net", also with "%40" as in URLs; an instance of a unit is none. */
static bool mail_at(const char *text, size_t len, size_t at, struct scrub_form *ret)
{
	size_t i = at;

	if (!is_start(text, at, '+'))
		return false;
	while (is_word(char_at(text, len, i)) || char_at(text, len, i) == '+')
		i++;
	bool is_encoded = len - i > 3 && memcmp(text + i, "%40", 3) == 0;
	if (char_at(text, len, i) != '@' && !is_encoded)
		return false;
	i += is_encoded ? 3 : 1;
	size_t n = word_at(text, len, i), last = last_label(text + i, n);
	bool has_letter = false;
	for (size_t k = i; k < i + n; k++)
		has_letter = has_letter || (is_alnum(text[k]) && !is_digit(text[k]));
	if (!has_letter || (last > 0 && is_suffix(text + i + last, n - last)))
		return false;
	ret->kind = SCRUB_MAIL;
	ret->len = i + n - at;
	take_id(ret, text + at, ret->len);
	return true;
}

/** Find the value at @at, up to a white space or what else ends one. Return: whether there is one. */
static bool secret_value(const char *text, size_t len, size_t at, const char *ends, size_t skip, struct scrub_form *ret)
{
	size_t end = at;

	while (end < len && text[end] != '\0' && strchr(ends, text[end]) == NULL)
		end++;
	bool is_done = len - at >= strlen(SCRUB_SECRET_WORD) &&
	               memcmp(text + at, SCRUB_SECRET_WORD, strlen(SCRUB_SECRET_WORD)) == 0;
	if (end == at || is_done)
		return false;
	ret->kind = SCRUB_SECRET;
	ret->skip = skip;
	ret->len = end - at;
	return true;
}

/** "token=x", "\"password\": \"x\"", "Bearer x", "Authorization: Basic x" */
static bool assigned_at(const char *text, size_t len, size_t at, struct scrub_form *ret)
{
	static const char *const words[] = {"token", "secret", "password", "passwd", "bearer", "authorization"};
	size_t i = 0, n = 0;

	while (i < sizeof(words) / sizeof(*words) &&
	       (n = strlen(words[i]), at + n > len || strncasecmp(text + at, words[i], n) != 0))
		i++;
	if (i == sizeof(words) / sizeof(*words))
		return false;
	size_t from = at + n;
	bool is_assigned = strcmp(words[i], "bearer") == 0 && char_at(text, len, from) == ' ';
	for (char c; (c = char_at(text, len, from)) != '\0' && strchr(" \"'=:", c) != NULL; from++)
		is_assigned = is_assigned || c == '=' || c == ':';
	const char *ends = strcmp(words[i], "authorization") == 0 ? "\r\n\"'" : " \t\r\n\"'&,;";
	return is_assigned && secret_value(text, len, from, ends, from - at, ret);
}

/** What is before the host of a URL: "://who:password@" */
static bool userinfo_at(const char *text, size_t len, size_t at, struct scrub_form *ret)
{
	if (at + 3 > len || memcmp(text + at, "://", 3) != 0)
		return false;
	return secret_value(text, len, at + 3, "@/ \t\r\n\"'?#", 3, ret) &&
	       char_at(text, len, at + 3 + ret->len) == '@';
}

bool scrub_form_at(const char *text, size_t len, size_t at, struct scrub_form *ret)
{
	static bool (*const forms[])(const char *, size_t, size_t, struct scrub_form *) = {
		userinfo_at, assigned_at, mail_at, host_at, ipv6_at, mac_at, ipv4_at};
	char c = text[at];

	if (!is_alnum(c) && c != ':' && c != '%')
		return false;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		ret->skip = ret->id_len = 0;
		ret->prefix_len = -1;
		if (forms[i](text, len, at, ret))
			return true;
	}
	return false;
}
