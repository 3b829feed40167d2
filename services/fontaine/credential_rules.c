/* What the credentials of a POP look like, and which of them a POP file asks for. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/credential_rules.h"

#include "base/asn.h"
#include "base/mem.h"
#include "base/name.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BASE64 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="

/** A NUL, or what no text file has. */
static bool is_text(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (iscntrl((unsigned char)text[i]) && strchr("\t\r\n", text[i]) == NULL)
			return false;
	return len == strlen(text) && text[strspn(text, " \t\r\n")] != '\0';
}

/** Printable, in one line, which may end. */
static bool is_line(const char *text)
{
	size_t n = strcspn(text, " \t\r\n");

	return n > 0 && text[n + strspn(text + n, "\r\n")] == '\0';
}

static bool is_pair(const char *text)
{
	const char *colon = strchr(text, ':');

	return is_line(text) && colon != NULL && colon != text && !isspace((unsigned char)colon[1]) && colon[1] != '\0';
}

static bool is_webhook_secret(const char *text)
{
	size_t n = strncmp(text, "whsec_", 6) == 0 ? strspn(text + 6, BASE64) : 0;

	return n >= 32 && n <= 88 && is_line(text);
}

/** One statement of bird.conf. */
static bool is_bird_password(const char *text)
{
	static const char start[] = "password \"";

	if (strncmp(text, start, strlen(start)) != 0)
		return false;
	text += strlen(start);
	size_t n = strcspn(text, "\"\n");
	return n > 0 && strncmp(text + n, "\";", 2) == 0 && text[n + 2 + strspn(text + n + 2, "\r\n")] == '\0';
}

/** "ssh-ed25519 AAAA...", with whatever sshd(8) takes before and behind it. */
static bool is_key_line(const char *line)
{
	static const char *const types[] = {"ssh-ed25519 ", "ssh-rsa ", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		const char *found = strstr(line, types[i]);
		if (found != NULL && (found == line || found[-1] == ' ') && strstr(found, " AAAA") != NULL)
			return true;
	}
	return false;
}

/** One of fstab(5), whose fourth field has "nofail": without it, a disk that breaks would end every start. */
static bool is_mount_line(const char *line)
{
	static const char blanks[] = " \t";

	for (unsigned i = 0; i < 3; i++) {
		line += strspn(line, blanks);
		line += strcspn(line, blanks);
	}
	line += strspn(line, blanks);
	while (*line != '\0' && strchr(blanks, *line) == NULL) {
		size_t n = strcspn(line, ", \t");
		if (n == 6 && strncmp(line, "nofail", n) == 0)
			return true;
		line += n + (line[n] == ',');
	}
	return false;
}

/** At least one, and each is right or a comment. */
static bool are_lines(const char *text, bool (*is_right)(const char *line))
{
	char *lines = mem_strdup(text), *rest = NULL;
	unsigned n_right = 0, n_others = 0;

	for (char *line = strtok_r(lines, "\r\n", &rest); line != NULL; line = strtok_r(NULL, "\r\n", &rest)) {
		if (*line == '#')
			continue;
		if (is_right(line))
			n_right++;
		else
			n_others++;
	}
	free(lines);
	return n_right > 0 && n_others == 0;
}

static bool is_public_keys(const char *text)
{
	return are_lines(text, is_key_line);
}

static bool is_mounts(const char *text)
{
	return are_lines(text, is_mount_line);
}

static bool is_asn(const char *text)
{
	uint32_t asn;

	return isdigit((unsigned char)*text) && asn_parse(text, &asn) == 0;
}

static const struct kind {
	const char *name;
	bool (*is_suffix)(const char *text); /* of what follows the name; NULL: nothing does */
	bool (*is_right)(const char *text);
	const char *remedy;
} kinds[] = {
	{"ssh.authorized_keys.root", NULL, is_public_keys, "give public keys of operators, as ~/.ssh/*.pub has them"},
	{"acme-eab", NULL, is_pair, "write KEYID:KEY, as the CA gives it"},
	{"notices-smtp", NULL, is_pair, "write USER:PASSWORD of the mail server"},
	{"notices-webhook", NULL, is_webhook_secret, "write \"whsec_\" and 24 to 64 bytes in base64"},
	{"notices-webhook.", is_asn, is_webhook_secret, "write \"whsec_\" and 24 to 64 bytes in base64"},
	{"mirror-push.", name_is_label, is_line, "write the token that the neighbour has made, in one line"},
	{"bgp.", name_is_label, is_bird_password, "write: password \"...\";"},
	{"fstab.extra", NULL, is_mounts, "write lines as in fstab(5), each with the option \"nofail\""},
};

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t n = strlen(kinds[i].name);
		if (kinds[i].is_suffix != NULL && strncmp(name, kinds[i].name, n) == 0 && kinds[i].is_suffix(name + n))
			return &kinds[i];
		if (kinds[i].is_suffix == NULL && strcmp(name, kinds[i].name) == 0)
			return &kinds[i];
	}
	return NULL;
}

bool credential_is_known(const char *name)
{
	return find_kind(name) != NULL;
}

bool credential_is_right(const char *name, const char *text, size_t len, struct credential_fault *reterr)
{
	const struct kind *k = find_kind(name);
	const char *what = "it is not what it should be";

	if (strncmp(name, "passwd.", 7) == 0) {
		what = "no user of a POP has a password";
		reterr->remedy = "leave it out: operators log in by ssh.authorized_keys.root";
	} else if (k == NULL) {
		what = "a POP takes no credential of this name";
		reterr->remedy = "see fontaine-credentials(1) for those that it takes";
	} else if (is_text(text, len) && k->is_right(text)) {
		return true;
	} else {
		reterr->remedy = k->remedy;
	}
	if (strstr(text, "PRIVATE KEY") != NULL)
		what = "a private key, which no machine but its owner's may have";
	(void)snprintf(reterr->what, sizeof(reterr->what), "%s: %s", name, what);
	return false;
}

void credential_each_needed(const struct pop *p, void (*on_name)(void *data, const char *name, const char *why),
                            void *data)
{
	char name[256];

	if (p->network != NULL && p->network->n_ssh_from > 0)
		on_name(data, "ssh.authorized_keys.root", "network.ssh_from");
	if (p->certificates != NULL && p->certificates->external_account)
		on_name(data, "acme-eab", "certificates.external_account");
	for (unsigned i = 0; i < p->n_neighbours; i++) {
		if (p->neighbours[i].mirror == NULL || p->neighbours[i].mirror->n_push == 0)
			continue;
		(void)snprintf(name, sizeof(name), "mirror-push.%s", p->neighbours[i].name);
		on_name(data, name, "neighbours.mirror.push");
	}
	for (unsigned i = 0; p->bgp != NULL && i < p->bgp->n_neighbours; i++) {
		if (p->bgp->neighbours[i].password == NULL)
			continue;
		(void)snprintf(name, sizeof(name), "bgp.%s", p->bgp->neighbours[i].password);
		on_name(data, name, "bgp.neighbours.password");
	}
}
