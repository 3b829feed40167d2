/* SPDX-License-Identifier: MIT */
#include "mirror/publication.h"

#include "base/log.h"
#include "base/mem.h"
#include "mirror/debian_trace.h"
#include "mirror/generation.h"
#include "mirror/gpgv.h"
#include "mirror/sanity.h"
#include "mirror/suites.h"
#include "mirror/upstream.h"
#include "mirror/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TOLD = 3 }; /* findings that are told in words */

static enum tree_kind kind_of(enum pop_mirror_kind kind)
{
	switch (kind) {
	case POP_MIRROR_DEBIAN:
		return TREE_DEBIAN;
	case POP_MIRROR_RPM:
		return TREE_RPM;
	case POP_MIRROR_ARCH:
		return TREE_ARCH;
	case POP_MIRROR_OSM_PLANET:
		return TREE_OSM;
	case POP_MIRROR_FILES:
	case POP_MIRROR_COMMAND:
		break;
	}
	return TREE_FILES;
}

static void tell(const struct findings *f, char ret_words[RUNNER_WORDS_MAX])
{
	struct buf b;

	buf_init(&b, RUNNER_WORDS_MAX - 1);
	findings_summary(f, TOLD, &b);
	(void)snprintf(ret_words, RUNNER_WORDS_MAX, "%s", b.data == NULL ? "it does not verify" : b.data);
	buf_done(&b);
}

/** Devices, links out of the tree, and what nobody may read. */
static int check_sanity(int fd, const atomic_bool *is_cancelled, char ret_words[RUNNER_WORDS_MAX])
{
	struct findings f = {.n_told = 0};
	struct sanity_counts counts;
	int rc = sanity_check(fd, is_cancelled, &f, &counts);

	if (rc == -EBADMSG)
		tell(&f, ret_words);
	findings_done(&f);
	return rc;
}

/** One suite of the archive in the folder @work. */
static int check_suite(const char *keyring, const char *work, const struct suite *s, char ret_words[RUNNER_WORDS_MAX])
{
	char why[SIGNATURE_TEXT_MAX];
	char *list = mem_printf("%s/%s/%s", work, s->folder, s->has_inrelease ? "InRelease" : "Release");
	char *signature = mem_printf("%s/%s/Release.gpg", work, s->folder);
	int rc = -EBADMSG;

	(void)snprintf(why, sizeof(why), "it has no signature");
	if (s->has_inrelease)
		rc = gpgv_check(keyring, list, NULL, why);
	else if (s->has_signature)
		rc = gpgv_check(keyring, signature, list, why);
	if (rc < 0)
		(void)snprintf(ret_words, RUNNER_WORDS_MAX, "%s: %s", s->folder, rc == -EBADMSG ? why : strerror(-rc));
	free(signature);
	free(list);
	return rc;
}

static int check_signatures(const struct pop_mirror_project *p, const char *work, struct verify *v,
                            char ret_words[RUNNER_WORDS_MAX])
{
	struct suites suites;
	int rc = suites_find(v, &suites);

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < suites.n; i++)
		rc = check_suite(p->keyring, work, &suites.all[i], ret_words);
	suites_done(&suites);
	return rc;
}

static int check_tree(const struct pop_mirror_project *p, const char *work, struct verify *v,
                      char ret_words[RUNNER_WORDS_MAX])
{
	int rc = check_sanity(v->tree->fd, v->is_cancelled, ret_words);

	if (rc == 0 && p->keyring != NULL)
		rc = check_signatures(p, work, v, ret_words);
	if (rc < 0)
		return rc;
	rc = verify_tree(v, kind_of(p->kind));
	if (rc == -EBADMSG)
		tell(&v->findings, ret_words);
	return rc;
}

static int verify(const struct pop_mirror_project *p, const struct workplace *w, const atomic_bool *is_cancelled,
                  char ret_words[RUNNER_WORDS_MAX], void *data)
{
	struct tree tree;
	struct verify v = {
		.tree = &tree,
		.exclude = {(const char *const *)p->exclude, p->n_exclude},
		.hashes = VERIFY_INDEXES,
		.now = time(NULL),
		.is_cancelled = is_cancelled,
	};

	(void)data;
	int rc = tree_open(w->paths[WORKPLACE_WORK], NULL, &tree);
	if (rc < 0)
		return rc;
	rc = check_tree(p, w->paths[WORKPLACE_WORK], &v, ret_words);
	verify_done(&v);
	tree_close(&tree);
	return rc;
}

/** What an archive of Debian says of its mirror, in the generation that is to be published. */
static int put_trace(const struct pop *pop, const struct pop_mirror_project *p, int fd, uint64_t n)
{
	char path[GENERATION_PATH_MAX], upstream[UPSTREAM_HOST_MAX], machine[UPSTREAM_HOST_MAX] = "localhost";
	const struct pop_site *site = pop->site;

	if (p->kind != POP_MIRROR_DEBIAN)
		return 0;
	int tree_fd = openat(fd, generation_path(n, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tree_fd < 0)
		return -errno;
	(void)gethostname(machine, sizeof(machine) - 1);
	struct debian_trace t = {
		.host = site->domain,
		.machine = machine,
		.version = FONTAINE_VERSION,
		.upstream = upstream_host(p->upstreams[0], upstream),
		.maintainer = site->operated_by->contact,
		.sponsor = site->sponsor == NULL ? NULL : site->sponsor->name,
		.country = site->country,
		.location = site->city,
		.is_partial = p->n_exclude > 0,
		.started = time(NULL),
		.ended = time(NULL),
	};
	int rc = debian_trace_put(tree_fd, &t);
	(void)close(tree_fd);
	return rc;
}

/** The folder that has work/. Return: a descriptor or a negative errno. */
static int open_project(const struct workplace *w)
{
	char folder[PATH_MAX];
	const char *work = w->paths[WORKPLACE_WORK];

	(void)snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(work, '/') - work), work);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int publish(const struct pop_mirror_project *p, const struct workplace *w, uint64_t *ret_generation, void *data)
{
	const struct pop *pop = data;
	struct farm_counts counts;
	uint64_t n = 0;
	int fd = open_project(w);

	if (fd < 0)
		return fd;
	int rc = generation_make(fd, pop->services->mirror->keep_generations, NULL, &n, &counts);
	if (rc == 0)
		rc = put_trace(pop, p, fd, n);
	if (rc == 0)
		rc = generation_publish(fd, n);
	(void)close(fd);
	if (rc == 0)
		*ret_generation = n;
	return rc;
}

static int trace(const struct pop_mirror_project *p, const struct workplace *w, void *data)
{
	const struct pop *pop = data;
	int fd = open_project(w);

	(void)p;
	if (fd < 0)
		return fd;
	int rc = generation_remove_old(fd, pop->services->mirror->keep_generations);
	(void)close(fd);
	return rc;
}

struct runner_tree publication_tree(const struct pop *pop)
{
	return (struct runner_tree){verify, publish, trace, (void *)pop};
}

int publication_probe(const char *root)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -errno : farm_probe(fd);

	if (fd >= 0)
		(void)close(fd);
	if (rc == -EOPNOTSUPP)
		log_error("%s: has no hard links: put the mirrors on ext4, xfs or btrfs", root);
	else if (rc < 0)
		log_error("%s: cannot be used: %s", root, strerror(-rc));
	return rc;
}
