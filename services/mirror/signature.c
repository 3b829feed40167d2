/* SPDX-License-Identifier: MIT */
#include "mirror/signature.h"

#include "base/utf8.h"

#include "mirror/findings.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PREFIX "[GNUPG:] "

/** From the one that says most. */
enum said {
	SAID_BAD,
	SAID_REVOKED,
	SAID_EXPIRED,
	SAID_GOOD,
	SAID_VALID,
	SAID_UNKNOWN_KEY,
	SAID_ERROR,
	SAID_KINDS,
};

static const char *const keywords[SAID_KINDS] = {
	[SAID_BAD] = "BADSIG ",
	[SAID_REVOKED] = "REVKEYSIG ",
	[SAID_EXPIRED] = "EXPKEYSIG ",
	[SAID_GOOD] = "GOODSIG ",
	[SAID_VALID] = "VALIDSIG ",
	[SAID_UNKNOWN_KEY] = "NO_PUBKEY ",
	[SAID_ERROR] = "ERRSIG ",
};

static const char *const refusals[SAID_KINDS] = {
	[SAID_BAD] = "does not belong to this text: upstream is damaged, or somebody has changed it",
	[SAID_REVOKED] = "is of a revoked key: renew the keyring",
	[SAID_EXPIRED] = "is of an expired key: renew the keyring",
	[SAID_UNKNOWN_KEY] = "is of a key that the keyring does not have: add it if the project says so",
	[SAID_ERROR] = "cannot be checked: it is of a kind that gpgv does not know, or too weak",
};

void signature_command(const char *keyring, const char *path, const char *text,
                       const char *ret[SIGNATURE_ARGUMENTS_MAX])
{
	const char *const command[] = {"gpgv", "--status-fd", "1", "--weak-digest", "SHA1", "--keyring",
	                               keyring, "--", path, text, NULL};

	static_assert(sizeof(command) / sizeof(*command) <= SIGNATURE_ARGUMENTS_MAX, "room for the command");
	for (size_t i = 0; i < sizeof(command) / sizeof(*command); i++)
		ret[i] = command[i];
}

/** What follows each keyword where it came first, in the status lines; NULL: it did not. */
struct heard {
	const char *at[SAID_KINDS];
	size_t len[SAID_KINDS];
};

static void hear(struct heard *h, const char *line, size_t len)
{
	for (unsigned i = 0; i < SAID_KINDS; i++) {
		size_t n = strlen(keywords[i]);
		if (h->at[i] != NULL || len < n || memcmp(line, keywords[i], n) != 0)
			continue;
		h->at[i] = line + n;
		h->len[i] = len - n;
	}
}

static void tell(const struct heard *h, enum said what, const char *why, char ret[SIGNATURE_TEXT_MAX])
{
	char text[2 * SIGNATURE_TEXT_MAX];

	(void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(h->len[what] < 100 ? h->len[what] : 100), h->at[what],
	               why[0] != '\0' ? ": the signature " : "", why);
	utf8_escape(text, ret, SIGNATURE_TEXT_MAX);
}

int signature_verdict(const char *status, size_t len, char ret[SIGNATURE_TEXT_MAX])
{
	struct heard h = {0};
	const char *end = status + len;

	while (status < end) {
		const char *stop = memchr(status, '\n', (size_t)(end - status));
		size_t n = stop != NULL ? (size_t)(stop - status) : (size_t)(end - status);
		if (n > strlen(PREFIX) && memcmp(status, PREFIX, strlen(PREFIX)) == 0)
			hear(&h, status + strlen(PREFIX), n - strlen(PREFIX));
		status += n + 1;
	}
	if (h.at[SAID_BAD] == NULL && h.at[SAID_GOOD] != NULL && h.at[SAID_VALID] != NULL) {
		tell(&h, SAID_GOOD, "", ret);
		return 0;
	}
	for (unsigned i = 0; i < SAID_KINDS; i++)
		if (h.at[i] != NULL && refusals[i] != NULL) {
			tell(&h, (enum said)i, refusals[i], ret);
			return -EBADMSG;
		}
	(void)snprintf(ret, SIGNATURE_TEXT_MAX, "there is no signature");
	return -EBADMSG;
}
