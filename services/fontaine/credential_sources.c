/* Where the credentials of a machine come from. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/credential_sources.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	CREDENTIAL_MAX_BYTES = 1 << 20, /* as systemd has it, for all */
	SMBIOS_HEADER = 5,              /* then come the strings, of a structure of type 11 (DMTF DSP0134, 7.12) */
};

static int read_one(const char *path, const char *source, const char *name, on_credential on_one, void *data)
{
	struct buf text;

	buf_init(&text, CREDENTIAL_MAX_BYTES);
	int rc = buf_add_file(&text, path);
	if (rc == 0)
		on_one(data, source, name, &text);
	buf_done(&text);
	return rc;
}

/** Where files are whose names, between @before and @after, are those of credentials. */
struct folder {
	const char *dir, *before, *after;
};

static int read_folder(const struct folder *f, const char *source, on_credential on_one, void *data)
{
	DIR *d = opendir(f->dir);
	struct dirent *entry;
	int rc = 0;

	if (d == NULL)
		return -errno;
	while (rc == 0 && (entry = readdir(d)) != NULL) {
		char *path = mem_printf("%s/%s%s", f->dir, entry->d_name, f->after);
		char *name = mem_printf("%s%s", f->before, entry->d_name);
		if (entry->d_name[0] != '.')
			rc = read_one(path, source, name, on_one, data);
		free(name);
		free(path);
	}
	(void)closedir(d);
	return rc;
}

int credential_each_in(const char *dir, on_credential on_one, void *data)
{
	return read_folder(&(struct folder){dir, "", ""}, dir, on_one, data);
}

void credential_each_in_force(const char *root, on_credential on_one, void *data)
{
	static const struct folder folders[] = {
		{"/run/credentials/@system", "", ""},
		{"/etc/credstore", "", ""},
		{"/run/credstore", "", ""},
		{"/usr/lib/credstore", "", ""},
		{"/etc/fontaine/bgp", "bgp.", ""},
	};

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		struct folder f = folders[i];
		char *dir = mem_printf("%s%s", root, f.dir);
		f.dir = dir;
		(void)read_folder(&f, folders[i].dir, on_one, data); /* few machines have them all */
		free(dir);
	}
}

/** One string, "io.systemd.credential:NAME=TEXT", or with ".binary" in base64. */
static void take_smbios_string(const char *s, on_credential on_one, void *data)
{
	static const char plain[] = "io.systemd.credential:", binary[] = "io.systemd.credential.binary:";
	bool is_binary = strncmp(s, binary, strlen(binary)) == 0;
	const char *name = s + strlen(is_binary ? binary : plain);
	struct buf text;

	if (!is_binary && strncmp(s, plain, strlen(plain)) != 0)
		return;
	const char *equals = strchr(name, '=');
	if (equals == NULL)
		return;
	char *key = mem_printf("%.*s", (int)(equals - name), name);
	size_t len = strlen(equals + 1);
	unsigned char *bytes = mem_new(len + 1);
	int n = is_binary ? EVP_DecodeBlock(bytes, (const unsigned char *)equals + 1, (int)len) : 0;
	buf_init(&text, CREDENTIAL_MAX_BYTES);
	if (!is_binary) {
		(void)buf_add(&text, equals + 1, len);
	} else if (n > 0) { /* with the bytes that stand for "=" */
		n -= equals[len] == '=';
		n -= equals[len - 1] == '=';
		(void)buf_add(&text, bytes, (size_t)n);
	}
	on_one(data, "SMBIOS", key, &text);
	buf_done(&text);
	free(bytes);
	free(key);
}

static void read_smbios(const char *path, on_credential on_one, void *data)
{
	struct buf raw;

	buf_init(&raw, CREDENTIAL_MAX_BYTES);
	if (buf_add_file(&raw, path) == 0 && raw.len > SMBIOS_HEADER)
		for (size_t at = (unsigned char)raw.data[1]; at < raw.len; at += strlen(raw.data + at) + 1)
			take_smbios_string(raw.data + at, on_one, data);
	buf_done(&raw);
}

static void read_disk(const char *path, on_credential on_one, void *data)
{
	(void)read_folder(&(struct folder){path, "", ""}, "a credentials disk", on_one, data);
}

static void read_fw_cfg(const char *path, on_credential on_one, void *data)
{
	(void)read_folder(&(struct folder){path, "", "/raw"}, "fw_cfg", on_one, data);
}

void credential_each_given(const char *root, on_credential on_one, void *data)
{
	static const struct {
		const char *pattern;
		void (*read)(const char *path, on_credential on_one, void *data);
	} places[] = {
		{"/sys/firmware/qemu_fw_cfg/by_name/opt/io.systemd.credentials", read_fw_cfg},
		{"/sys/firmware/dmi/entries/11-*/raw", read_smbios},
		{"/run/fontaine-credentials/*", read_disk},
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		char *pattern = mem_printf("%s%s", root, places[i].pattern);
		glob_t found;
		if (glob(pattern, 0, NULL, &found) == 0) {
			for (size_t k = 0; k < found.gl_pathc; k++)
				places[i].read(found.gl_pathv[k], on_one, data);
			globfree(&found);
		}
		free(pattern);
	}
}
