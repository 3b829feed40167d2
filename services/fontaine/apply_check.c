/* Configurations that are not in place yet, as the servers that will read them judge them. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/apply_check.h"

#include "fontaine/child.h"

#include <errno.h>
#include <string.h>

enum {
	LIMIT_MS = 20000,
	WORDS_MAX = 20,
};

#define FILE_WORD "FILE"

static const struct checker {
	const char *name; /* of its file */
	bool is_dns;
	const char *argv[WORDS_MAX]; /* FILE_WORD: where that is */
} checkers[] = {
	/* It opens what it writes to and its sockets: as it will be itself, or it would change whose they are. */
	{.name = "nginx/nginx.conf",
         .argv = {"setpriv", "--reuid=www-data", "--regid=www-data", "--clear-groups",
                  "--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service", "nginx", "-t", "-q", "-e",
                  "stderr", "-c", FILE_WORD}},
	{.name = "unbound/unbound.conf", .argv = {"unbound-checkconf", FILE_WORD}},
	{.name = "knot/knot.conf", .is_dns = true, .argv = {"knotc", "-c", FILE_WORD, "conf-check"}},
	{.name = "nsd/nsd.conf", .is_dns = true, .argv = {"nsd-checkconf", FILE_WORD}},
	{.name = "chrony/chrony.conf", .argv = {"chronyd", "-p", "-f", FILE_WORD}},
	{.name = "bird/bird.conf", .argv = {"bird", "-p", "-c", FILE_WORD}},
};

/** Return: 0, or -EINVAL with what @c says of the file @path in @why. */
static int ask(const struct checker *c, const char *path, struct buf *why)
{
	const char *argv[WORDS_MAX + 1] = {NULL};

	for (size_t i = 0; i < WORDS_MAX && c->argv[i] != NULL; i++)
		argv[i] = strcmp(c->argv[i], FILE_WORD) == 0 ? path : c->argv[i];
	if (child_run(argv, LIMIT_MS, why) == 0) {
		buf_drop(why, why->len);
		return 0;
	}
	return -EINVAL;
}

int apply_check(const struct fileset *staged, bool but_dns, struct buf *why)
{
	size_t folder = strlen(staged->dir) + 1;
	int rc = 0;

	for (size_t i = 0; i < sizeof(checkers) / sizeof(*checkers); i++)
		for (size_t k = 0; k < staged->n && rc == 0; k++) {
			const char *path = staged->files[k].path;
			bool is_its = strcmp(path + folder, checkers[i].name) == 0 && staged->files[k].text != NULL;
			if (is_its && !(but_dns && checkers[i].is_dns))
				rc = ask(&checkers[i], path, why);
		}
	return rc;
}
