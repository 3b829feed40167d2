/* What a text in the POP file must be. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_rule.h"

#include "base/addr.h"
#include "base/name.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PATH_MAX_BYTES = 96,
	URL_MAX_BYTES = 512,
};

static bool is_country(const char *text)
{
	return strlen(text) == 2 && isupper((unsigned char)text[0]) &&
	       isupper((unsigned char)text[1]);
}

static bool is_language(const char *text)
{
	return strcmp(text, "fr") == 0 || strcmp(text, "en") == 0;
}

/** An address that a host can have: neither "any" nor multicast nor broadcast. */
static bool is_host_address(const char *text, int family)
{
	struct addr a;

	if (addr_parse(text, 0, &a) < 0 || addr_family(&a) != family)
		return false;
	if (family == AF_INET6)
		return !IN6_IS_ADDR_UNSPECIFIED(&a.in6.sin6_addr) &&
		       !IN6_IS_ADDR_MULTICAST(&a.in6.sin6_addr);
	uint32_t host = ntohl(a.in.sin_addr.s_addr);
	return host >> 24 != 0 && host >> 28 < 0xe;
}

static bool is_ipv4(const char *text)
{
	return is_host_address(text, AF_INET);
}

static bool is_ipv6(const char *text)
{
	return is_host_address(text, AF_INET6);
}

static bool is_address(const char *text)
{
	return is_ipv4(text) || is_ipv6(text);
}

static bool is_host(const char *text)
{
	return is_address(text) || name_is_domain(text);
}

/** A web address, or one without its scheme. */
static bool is_speedtest(const char *text)
{
	char full[PATH_MAX_BYTES + URL_MAX_BYTES];

	if (strncmp(text, "//", 2) != 0)
		return name_is_url(text);
	int n = snprintf(full, sizeof(full), "https:%s", text);
	return n < (int)sizeof(full) && name_is_url(full);
}

/** An absolute path without anything that a configuration file could trip over. */
static bool is_path(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr("/._-", *c) == NULL)
			return false;
	return text[0] == '/' && strstr(text, "..") == NULL;
}

/** "ssh-ed25519 AAAA... comment", as in authorized_keys without options (sshd(8)). */
static bool is_ssh_key(const char *text)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/=";
	size_t type = strcspn(text, " ");

	if (strncmp(text, "ssh-", 4) != 0 && strncmp(text, "ecdsa-sha2-", 11) != 0 &&
	    strncmp(text, "sk-", 3) != 0)
		return false;
	if (text[type] == '\0' || strncmp(text + type + 1, "AAAA", 4) != 0)
		return false;
	const char *end = text + type + 1 + strspn(text + type + 1, base64);
	return *end == '\0' || *end == ' ';
}

const struct pop_rule pop_rule_label = {
	name_is_label, "a host name of one label",
	"use letters, digits and hyphens, such as \"lyon\""};
const struct pop_rule pop_rule_domain = {
	name_is_domain, "a domain name", "write it like \"lyon.fontaine.example\", no dot at the end"};
const struct pop_rule pop_rule_mail = {
	name_is_mail, "a mail address", "write it like \"noc@example.net\""};
const struct pop_rule pop_rule_url = {
	name_is_url, "a web address", "write it like \"https://www.example.net/\""};
const struct pop_rule pop_rule_speedtest = {
	is_speedtest, "the address of a speed test",
	"write it like \"//speedtest.paris.example.net\", which is good for http and https"};
const struct pop_rule pop_rule_country = {
	is_country, "a country code", "use the two capital letters of ISO 3166-1, such as FR"};
const struct pop_rule pop_rule_language = {
	is_language, "a language of the pages", "choose from fr and en"};
const struct pop_rule pop_rule_ipv4 = {
	is_ipv4, "an IPv4 address of a host", "write one address, such as 192.0.2.1"};
const struct pop_rule pop_rule_ipv6 = {
	is_ipv6, "an IPv6 address of a host", "write one address, such as 2001:db8::1"};
const struct pop_rule pop_rule_address = {
	is_address, "an address of a host", "write one address, such as 192.0.2.1 or 2001:db8::1"};
const struct pop_rule pop_rule_host = {
	is_host, "a host name or an address", "write it like \"ntp.example.net\""};
const struct pop_rule pop_rule_path = {
	is_path, "an absolute path", "write it like \"/etc/fontaine/ixf.json\""};
const struct pop_rule pop_rule_ssh_key = {
	is_ssh_key, "an SSH public key",
	"paste one line of a file such as id_ed25519.pub, without options before it"};

int pop_rule_check(struct pop_doc *d, const struct pop_rule *r, const char *text, const char *path, ...)
{
	char full_path[PATH_MAX_BYTES];
	va_list args;

	if (text == NULL || r->holds(text))
		return 0;
	va_start(args, path);
	(void)vsnprintf(full_path, sizeof(full_path), path, args);
	va_end(args);
	return pop_doc_refuse(d, full_path, r->remedy, "\"%s\" is not %s", text, r->wanted);
}

int pop_rule_check_prefix(struct pop_doc *d, const char *text, const char *path)
{
	struct prefix p;
	struct addr a;
	char address[ADDR_TEXT_MAX], right[PREFIX_TEXT_MAX], remedy[128];
	size_t len = strcspn(text, "/");

	if (text[len] == '/' && prefix_parse(text, &p) == 0)
		return 0;
	(void)snprintf(address, sizeof(address), "%.*s", (int)len, text);
	bool has_length = text[len] == '/' && text[len + 1] != '\0' &&
	                  text[len + 1 + strspn(text + len + 1, "0123456789")] == '\0';
	if (!has_length || len >= sizeof(address) || addr_parse(address, 0, &a) < 0)
		return pop_doc_refuse(d, path, "write it like 192.0.2.0/24 or 2001:db8::/32",
		                      "\"%s\" is not a prefix", text);

	unsigned long bits = strtoul(text + len + 1, NULL, 10);
	unsigned long max = addr_family(&a) == AF_INET ? 32 : 128;
	if (bits > max)
		return pop_doc_refuse(d, path, "shorten it to what the address has",
		                      "%lu bits are more than %lu", bits, max);
	p = prefix_of(&a, (unsigned)bits);
	(void)snprintf(remedy, sizeof(remedy), "write %s", prefix_text(&p, right));
	return pop_doc_refuse(d, path, remedy, "\"%s\" has bits set beyond its length", text);
}
