/* SPDX-License-Identifier: MIT */
#include "ipv6test/keys.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TTL_S = 3600 };

/* A file on its way: it gets its name when it is whole. */
struct draft {
	char *path, *temporary;
	FILE *file;
};

static int draft_open(struct draft *d, const char *path, mode_t mode)
{
	d->path = mem_strdup(path);
	d->temporary = mem_printf("%s.new", path);
	int fd = open(d->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	d->file = fd < 0 ? NULL : fdopen(fd, "w");
	if (d->file != NULL)
		return 0;
	log_error("%s: %s: make its folder, and let this user write there", d->temporary, strerror(errno));
	free(d->path);
	free(d->temporary);
	return -EIO;
}

/* @rc: of what wrote it. */
static int draft_close(struct draft *d, int rc)
{
	if (rc == 0 && (fflush(d->file) != 0 || ferror(d->file) || fsync(fileno(d->file)) < 0))
		rc = -EIO;
	(void)fclose(d->file);
	if (rc == 0 && rename(d->temporary, d->path) < 0)
		rc = -errno;
	if (rc < 0) {
		log_error("%s: cannot be written: %s", d->path, strerror(-rc));
		(void)unlink(d->temporary);
	}
	free(d->path);
	free(d->temporary);
	return rc;
}

static int make_key(const char *path, uint8_t algorithm)
{
	struct draft d;

	int rc = draft_open(&d, path, 0600);
	return rc < 0 ? rc : draft_close(&d, sign_key_make(algorithm, d.file));
}

static int read_key(const char *path, uint8_t algorithm, struct sign_key **ret)
{
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return -errno;

	int rc = sign_key_read(file, algorithm, ret);
	(void)fclose(file);
	return rc;
}

static int open_key(struct keys *k, const char *dir, uint8_t algorithm, bool make)
{
	char *path = mem_printf("%s/algorithm-%u.private", dir, algorithm);
	struct sign_key **key = &k->by_algorithm[algorithm];

	int rc = read_key(path, algorithm, key);
	if (rc == -ENOENT && make) {
		rc = make_key(path, algorithm);
		if (rc < 0)
			goto out; /* it has said why */
		rc = read_key(path, algorithm, key);
	}
	if (rc == -EINVAL)
		log_error("%s: no key of algorithm %u: remove the file, and start knot.service again", path, algorithm);
	else if (rc < 0)
		log_error("%s: %s: run ipv6testd --prepare", path, strerror(-rc));
out:
	free(path);
	return rc;
}

int keys_open(struct keys *k, const char *dir, const struct zones *zones, bool make)
{
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < zones->n; i++) {
		uint8_t algorithm = zones->list[i].test->algorithm;
		if (algorithm != 0 && k->by_algorithm[algorithm] == NULL)
			rc = open_key(k, dir, algorithm, make);
	}
	return rc;
}

void keys_close(struct keys *k)
{
	for (unsigned i = 0; i < SIGNER_ALGORITHMS; i++)
		if (k->by_algorithm[i] != NULL)
			sign_key_free(k->by_algorithm[i]);
	*k = (struct keys){.by_algorithm = {NULL}};
}

static void write_delegation(FILE *f, const struct zone *z, const struct sign_key *key, const char *domain)
{
	const struct zone_test *t = z->test;
	char *owner = mem_printf("%s.%s%s.", t->label, t->only == NULL ? "t." : "", domain);

	(void)fprintf(f, "%s %d NS %s.%s.\n", owner, TTL_S, t->server, domain);
	if (key != NULL)
		sign_key_print_ds(key, owner, f);
	free(owner);
}

int keys_write_delegations(const struct keys *k, const char *domain, const struct zones *zones, const char *path)
{
	struct draft d;

	int rc = draft_open(&d, path, 0644);
	if (rc < 0)
		return rc;
	(void)fputs("; The IPv6 test's zones. Written by \"ipv6testd --prepare\"; changes here are lost.\n", d.file);
	for (unsigned i = 0; i < zones->n; i++)
		write_delegation(d.file, &zones->list[i], k->by_algorithm[zones->list[i].test->algorithm],
		                 domain);
	return draft_close(&d, 0);
}
