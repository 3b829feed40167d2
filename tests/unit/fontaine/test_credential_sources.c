/* Credentials as firmware, disks and stores have them, in a tree of our own. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/credential_sources.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char root[] = "/tmp/credentials.XXXXXX";

static void put(const char *path, const char *text, size_t len)
{
	char *file = mem_printf("%s%s", root, path);
	char *make = mem_printf("mkdir -p \"$(dirname '%s')\"", file);

	assert_int_equal(system(make), 0); /* NOLINT(cert-env33-c): a folder of our own */
	FILE *f = fopen(file, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	free(make);
	free(file);
}

static void put_text(const char *path, const char *text)
{
	put(path, text, strlen(text));
}

static int make_root(void **state)
{
	/* a header of five bytes, the strings, and an empty one */
	static const char smbios[] = "\x0b\x05\x00\x0b\x03"
				     "io.systemd.credential:acme-eab=kid:key\0"
				     "io.systemd.credential.binary:mirror-push.b=dG9rZW4=\0"
				     "io.systemd.credential:nothing\0"
				     "another string\0";

	*state = mkdtemp(root);
	put_text("/run/credentials/@system/acme-eab", "kid:key");
	put_text("/etc/credstore/mirror-push.b", "token");
	put_text("/etc/fontaine/bgp/transit", "secret");
	put_text("/sys/firmware/qemu_fw_cfg/by_name/opt/io.systemd.credentials/notices-smtp/raw", "u:p");
	put("/sys/firmware/dmi/entries/11-0/raw", smbios, sizeof(smbios));
	put_text("/run/fontaine-credentials/vdb/fstab.extra", "x");
	put_text("/run/fontaine-credentials/vdc/fstab.extra", "y");
	return 0;
}

static int remove_root(void **state)
{
	char *command = mem_printf("rm -rf '%s'", root);
	int rc = system(command); /* NOLINT(cert-env33-c): a folder of our own */

	(void)state;
	free(command);
	return rc;
}

static void add(void *data, const char *source, const char *name, const struct buf *text)
{
	(void)buf_printf(data, "%s: %s=%s\n", source, name, buf_text(text));
}

static void test_in_force(void **state)
{
	struct buf all;

	(void)state;
	buf_init(&all, 4096);
	credential_each_in_force(root, add, &all);
	assert_string_equal(buf_text(&all), "/run/credentials/@system: acme-eab=kid:key\n"
	                                    "/etc/credstore: mirror-push.b=token\n"
	                                    "/etc/fontaine/bgp: bgp.transit=secret\n");
	buf_done(&all);
}

static void test_given(void **state)
{
	struct buf all;

	(void)state;
	buf_init(&all, 4096);
	credential_each_given(root, add, &all);
	assert_string_equal(buf_text(&all), "fw_cfg: notices-smtp=u:p\n"
	                                    "SMBIOS: acme-eab=kid:key\n"
	                                    "SMBIOS: mirror-push.b=token\n"
	                                    "a credentials disk: fstab.extra=x\n"
	                                    "a credentials disk: fstab.extra=y\n");
	buf_done(&all);
}

static void test_no_folder(void **state)
{
	(void)state;
	assert_int_equal(credential_each_in("/tmp/credentials.none", add, NULL), -ENOENT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_force),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_no_folder),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
