/* Signatures, made by gpg(1) and checked by gpgv(1): what is believed, and why not. */
/* SPDX-License-Identifier: MIT */
#include "mirror/signature.h"

#include "folder.h"

#include <errno.h>

#define GPG "gpg --batch --yes --quiet --passphrase '' --homedir "

/** Run gpgv as we mean it to be run. Return: the verdict. */
static int check(const char *keyring, const char *path, const char *text, char ret[SIGNATURE_TEXT_MAX])
{
	const char *words[SIGNATURE_ARGUMENTS_MAX];
	char command[1024] = "", status[SIGNATURE_STATUS_MAX];

	signature_command(keyring, path, text, words);
	for (size_t i = 0; words[i] != NULL; i++) {
		size_t len = strlen(command);
		(void)snprintf(command + len, sizeof(command) - len, "'%s' ", words[i]);
	}
	size_t len = strlen(command);
	(void)snprintf(command + len, sizeof(command) - len, "2>/dev/null");
	FILE *pipe = popen(command, "re"); /* NOLINT(cert-env33-c): of the test's own text */
	assert_non_null(pipe);
	size_t n = fread(status, 1, sizeof(status), pipe);
	(void)pclose(pipe); /* its exit code says nothing */
	return signature_verdict(status, n, ret);
}

static void expect(int rc, const char *keyring, const char *path, const char *said)
{
	char text[SIGNATURE_TEXT_MAX];

	if (check(keyring, path, NULL, text) != rc || strstr(text, said) == NULL)
		fail_msg("%s: %s", path, text);
}

static void test_signatures(void **state)
{
	char text[SIGNATURE_TEXT_MAX];
	(void)state;

	folder_run("mkdir -m 700 one two old");
	folder_run(GPG "one --quick-gen-key 'One <one@example.net>' ed25519 sign 0 && " GPG
	               "two --quick-gen-key 'Two <two@example.net>' ed25519 sign 0 && " GPG
	               "old --faked-system-time 20200101T000000! --quick-gen-key "
	               "'Old <old@example.net>' ed25519 sign 1d");
	folder_run("for k in one two old; do " GPG "$k --export >$k.gpg; done; echo 'Suite: x' >Release");
	folder_run(GPG "one --clearsign --output good Release && " GPG
	               "one --armor -b --output Release.gpg Release && " GPG
	               "old --faked-system-time 20200101T000001! --clearsign --output expired Release && "
	               "sed s/Suite/Sweet/ good >changed && cp -a one/. both && " GPG "two --export-secret-keys | " GPG
	               "both --import && " GPG "both -u One -u Two --clearsign --output twice Release");
	folder_run("for k in one two old both; do gpgconf --homedir $k --kill gpg-agent; done");

	expect(0, "./one.gpg", "good", "One <one@example.net>");
	expect(0, "./one.gpg", "twice", "One <one@example.net>"); /* the other key is not known */
	expect(0, "./two.gpg", "twice", "Two <two@example.net>");
	expect(-EBADMSG, "./two.gpg", "good", "is of a key that the keyring does not have");
	expect(-EBADMSG, "./one.gpg", "changed", "One <one@example.net>: the signature does not belong to this text");
	expect(-EBADMSG, "./old.gpg", "expired", "is of an expired key");
	expect(-EBADMSG, "./one.gpg", "Release", "there is no signature");
	expect(-EBADMSG, "./one.gpg", "missing", "there is no signature");
	expect(-EBADMSG, "./none.gpg", "good", "is of a key that the keyring does not have");

	assert_int_equal(check("./one.gpg", "Release.gpg", "Release", text), 0);
	assert_int_equal(check("./one.gpg", "Release.gpg", "good", text), -EBADMSG);
}

/** Lines that gpgv itself is hard to be brought to write. */
static void test_status_lines(void **state)
{
	static const struct {
		const char *status;
		int rc;
		const char *said;
	} cases[] = {
		{"", -EBADMSG, "there is no signature"},
		{"[GNUPG:] GOODSIG 1 A\n[GNUPG:] VALIDSIG 2\n", 0, "1 A"},
		{"[GNUPG:] GOODSIG 1 A\n", -EBADMSG, "there is no signature"},
		{"GOODSIG 1 A\n[GNUPG:] VALIDSIG 2\n", -EBADMSG, "there is no signature"},
		{"[GNUPG:] NOTATION_DATA x [GNUPG:] GOODSIG 1 A\n[GNUPG:] VALIDSIG 2\n", -EBADMSG,
	         "there is no signature"},
		{"[GNUPG:] GOODSIG 1 A\n[GNUPG:] VALIDSIG 2\n[GNUPG:] BADSIG 3 B\n", -EBADMSG,
	         "3 B: the signature does not belong"},
		{"[GNUPG:] REVKEYSIG 1 A\n[GNUPG:] VALIDSIG 2\n", -EBADMSG, "1 A: the signature is of a revoked key"},
		{"[GNUPG:] ERRSIG 1 22 8 01 2 3", -EBADMSG, "cannot be checked"},
		{"[GNUPG:] EXPKEYSIG 1 \x1b[2J\n", -EBADMSG, "1 \\033[2J: the signature is of an expired key"},
	};
	char text[SIGNATURE_TEXT_MAX];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(signature_verdict(cases[i].status, strlen(cases[i].status), text), cases[i].rc);
		if (strstr(text, cases[i].said) == NULL)
			fail_msg("%zu: %s", i, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_signatures, folder_setup, folder_teardown),
		cmocka_unit_test(test_status_lines),
	};
	return cmocka_run_group_tests_name("mirror/signature", tests, NULL, NULL);
}
