/* Where a POP keeps what is secret. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/secret_files.h"

#include "base/mem.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stddef.h>
#include <stdlib.h>

enum { DEPTH_MAX = 6 };

struct walk {
	on_secret_file on_file;
	void *data;
	bool is_all; /* whatever its name */
};

static bool is_secret(const char *name)
{
	static const char *const patterns[] = {"*.key", "*.pem", "*.private", "*.nsd", "*.conf", "secret", "ntskeys"};

	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
		if (fnmatch(patterns[i], name, 0) == 0)
			return true;
	return false;
}

static unsigned walk_folder(const struct walk *w, const char *dir, bool is_reachable, unsigned depth)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	unsigned n = 0;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		char *path = mem_printf("%s/%s", dir, entry->d_name);
		struct stat st;
		if (entry->d_name[0] != '.' && lstat(path, &st) == 0) {
			if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
				n += walk_folder(w, path, is_reachable && (st.st_mode & 0001) != 0, depth + 1);
			if (S_ISREG(st.st_mode) && (w->is_all || is_secret(entry->d_name))) {
				w->on_file(w->data, path, st.st_mode, is_reachable);
				n++;
			}
		}
		free(path);
	}
	if (d != NULL)
		(void)closedir(d);
	return n;
}

unsigned secret_files_each(on_secret_file on_file, void *data)
{
	static const struct {
		const char *path;
		bool is_all;
	} folders[] = {
		{"/var/lib/fontaine", false},
		{"/var/lib/knot", false},
		{"/var/lib/chrony", false},
		{"/etc/fontaine/bgp", true},
		{"/etc/credstore", true},
		{"/run/credentials", true},
		{"/run/fontaine-credentials", true},
	};
	unsigned n = 0;

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		struct walk w = {.on_file = on_file, .data = data, .is_all = folders[i].is_all};
		struct stat st;
		if (stat(folders[i].path, &st) == 0)
			n += walk_folder(&w, folders[i].path, (st.st_mode & 0001) != 0, 0);
	}
	return n;
}
