/* What is taken for a credential, and what a POP file asks for. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/credential_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define KEY    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPYJ"
#define SECRET "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"

static bool is_right(const char *name, const char *text)
{
	struct credential_fault fault = {.what = ""};
	bool right = credential_is_right(name, text, strlen(text), &fault);

	if (!right) {
		assert_non_null(fault.remedy);
		assert_ptr_equal(strstr(fault.what, name), fault.what);
	}
	return right;
}

static void test_right(void **state)
{
	(void)state;
	assert_true(is_right("ssh.authorized_keys.root", KEY " anna\n# a comment\n\n" KEY "\n"));
	assert_true(is_right("ssh.authorized_keys.root", "from=\"192.0.2.0/24\" " KEY));
	assert_true(is_right("acme-eab", "kid-1:c2VjcmV0\n"));
	assert_true(is_right("notices-smtp", "pop:secret"));
	assert_true(is_right("notices-webhook", SECRET "\n"));
	assert_true(is_right("notices-webhook.64500", SECRET));
	assert_true(is_right("mirror-push.paris", "0123456789abcdef\r\n"));
	assert_true(is_right("bgp.transit", "password \"secret\";\n"));
	assert_true(is_right("fstab.extra", "# of mirrors\nLABEL=mirror /srv/mirror xfs noatime,nofail 0 0\n"));
	assert_true(is_right("fstab.extra", "LABEL=a /a ext4\tnofail\n /dev/vdc none swap nofail,x-systemd.makefs\n"));
}

static void test_malformed(void **state)
{
	(void)state;
	assert_false(is_right("ssh.authorized_keys.root", ""));
	assert_false(is_right("ssh.authorized_keys.root", "# nobody\n"));
	assert_false(is_right("ssh.authorized_keys.root", KEY "\nanna\n"));
	assert_false(is_right("ssh.authorized_keys.root", "ssh-ed25519 \n"));
	assert_false(is_right("acme-eab", "kid-1"));
	assert_false(is_right("acme-eab", ":c2VjcmV0"));
	assert_false(is_right("acme-eab", "kid-1:\n"));
	assert_false(is_right("notices-webhook", "secret"));
	assert_false(is_right("notices-webhook", "whsec_c2hvcnQ="));
	assert_false(is_right("mirror-push.paris", "two words"));
	assert_false(is_right("mirror-push.paris", "one\ntwo\n"));
	assert_false(is_right("bgp.transit", "secret"));
	assert_false(is_right("fstab.extra", " \n"));
	assert_false(is_right("fstab.extra", "LABEL=mirror /srv/mirror ext4\n"));
	assert_false(is_right("fstab.extra", "LABEL=mirror /srv/nofail nofail x-nofail,nofails 0 0\n"));
	assert_false(is_right("fstab.extra", "LABEL=a /a ext4 nofail 0 0\nLABEL=b /b ext4 noatime 0 0\n"));
	assert_false(credential_is_right("bgp.transit", "sec\0ret", 7, &(struct credential_fault){.what = ""}));
}

static void test_private_key_is_named(void **state)
{
	static const char text[] = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n";
	struct credential_fault fault;

	(void)state;
	assert_false(credential_is_right("ssh.authorized_keys.root", text, strlen(text), &fault));
	assert_non_null(strstr(fault.what, "private key"));
	assert_null(strstr(fault.what, "b3Blb"));
}

static void test_names(void **state)
{
	(void)state;
	assert_false(is_right("passwd.hashed-password.root", "x"));
	assert_false(is_right("ssh.authorized_keys", KEY));
	assert_false(is_right("notices-webhook.", SECRET));
	assert_false(is_right("notices-webhook.0", SECRET));
	assert_false(is_right("mirror-push.", "x"));
	assert_false(is_right("mirror-push.a/b", "x"));
}

static void add_name(void *data, const char *name, const char *why)
{
	assert_true(*why != '\0');
	strcat(data, name);
	strcat(data, " ");
}

static void test_needed(void **state)
{
	char b[] = "b", c[] = "c", transit[] = "transit";
	struct pop_neighbour_mirror mirror = {.n_push = 1}, idle = {.n_push = 0};
	struct pop_neighbour neighbours[] = {{.name = b, .mirror = &mirror}, {.name = c, .mirror = &idle}};
	struct pop_bgp_neighbour routers[] = {{.password = transit}, {.asn = 64500}};
	struct pop_bgp bgp = {.neighbours = routers, .n_neighbours = 2};
	struct pop_network network = {.n_ssh_from = 1};
	struct pop_certificates certificates = {.external_account = true};
	struct pop bare = {.n_neighbours = 0};
	struct pop all = {.network = &network, .certificates = &certificates, .bgp = &bgp};
	char names[256] = "";

	(void)state;
	all.neighbours = neighbours;
	all.n_neighbours = 2;
	credential_each_needed(&bare, add_name, names);
	assert_string_equal(names, "");
	credential_each_needed(&all, add_name, names);
	assert_string_equal(names, "ssh.authorized_keys.root acme-eab mirror-push.b bgp.transit ");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_private_key_is_named),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
