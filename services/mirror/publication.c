/* SPDX-License-Identifier: MIT */
#include "mirror/publication.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "mirror/debian_trace.h"
#include "mirror/generation.h"
#include "mirror/gpgv.h"
#include "mirror/sanity.h"
#include "mirror/stages.h"
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

static void tell(const struct findings *f, struct runner_job *job)
{
	struct buf b;

	buf_init(&b, (size_t)4 * RUNNER_WORDS_MAX);
	findings_summary(f, TOLD, &b);
	utf8_escape(b.data == NULL ? "it does not verify" : b.data, job->words, sizeof(job->words));
	buf_done(&b);
}

/** Devices, links out of the tree, and what nobody may read. */
static int check_sanity(struct runner_job *job, int fd)
{
	struct findings f = {.n_told = 0};
	struct sanity_counts counts;
	int rc = sanity_check(fd, job->is_cancelled, &f, job->large, &counts);

	if (rc == -EBADMSG)
		tell(&f, job);
	findings_done(&f);
	return rc;
}

/** The file as it would be published: in work, or in the tree that work lies over. For free(). */
static char *path_of(const struct runner_job *job, const char *folder, const char *name)
{
	char *path = mem_printf("%s/%s/%s", job->place->paths[WORKPLACE_WORK], folder, name);

	if (job->mode != RUN_TWO_STAGE || access(path, F_OK) == 0)
		return path;
	free(path);
	return mem_printf("%s/%s/%s", job->place->paths[WORKPLACE_TREE], folder, name);
}

/** One suite of the archive. */
static int check_suite(struct runner_job *job, const struct suite *s)
{
	const char *keyring = job->project->keyring;
	char why[SIGNATURE_TEXT_MAX];
	char *list = path_of(job, s->folder, s->has_inrelease ? "InRelease" : "Release");
	char *signature = path_of(job, s->folder, "Release.gpg");
	int rc = -EBADMSG;

	(void)snprintf(why, sizeof(why), "it has no signature");
	if (s->has_inrelease)
		rc = gpgv_check(keyring, list, NULL, job->is_cancelled, why);
	else if (s->has_signature)
		rc = gpgv_check(keyring, signature, list, job->is_cancelled, why);
	if (rc < 0 && rc != -ECANCELED)
		(void)snprintf(job->words, sizeof(job->words), "%s: %s", s->folder, why);
	free(signature);
	free(list);
	return rc < 0 && rc != -ECANCELED ? -EBADMSG : rc;
}

static int check_signatures(struct runner_job *job, struct verify *v)
{
	struct suites suites;
	int rc = suites_find(v, &suites);

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < suites.n; i++)
		rc = check_suite(job, &suites.all[i]);
	suites_done(&suites);
	return rc;
}

/** Whether the upstream says that it is not whole just now. */
static int check_marker(struct runner_job *job, int fd, const char *own)
{
	char name[DEBIAN_MARKER_MAX];
	int rc = debian_marker_find(fd, own, time(NULL), name);

	if (rc <= 0)
		return rc;
	(void)snprintf(job->words, sizeof(job->words), "the upstream is in mid-update: it has %.*s", 200, name);
	return -EBADMSG;
}

/** What only archives of Debian have. */
static int check_debian(struct runner_job *job, struct verify *v, const char *own)
{
	int rc = check_marker(job, v->tree->fd, own);

	if (rc < 0)
		return rc;
	if (v->published != NULL)
		job->seen->serial_published = debian_serial(v->published);
	job->seen->serial_listed = debian_serial(v->tree);
	return job->project->keyring == NULL ? 0 : check_signatures(job, v);
}

/** What goes back, if anything does; a serial of the archive itself counts more than that of an index. */
static void note_age(struct guard_seen *s, const struct verify *v)
{
	if (v->serial_back.before > 0) {
		s->serial_published = v->serial_back.before;
		s->serial_listed = v->serial_back.now;
		utf8_escape(v->serial_back.index, s->serial_of, sizeof(s->serial_of));
	}
	s->date_published_s = (int64_t)v->date_back.before;
	s->date_listed_s = (int64_t)v->date_back.now;
	if (v->date_back.before > 0)
		utf8_escape(v->date_back.index, s->date_of, sizeof(s->date_of));
}

static int check_tree(struct runner_job *job, struct verify *v, const struct pop *pop)
{
	int rc = check_sanity(job, v->tree->fd);

	if (rc == 0 && job->project->kind == POP_MIRROR_DEBIAN)
		rc = check_debian(job, v, pop->site->domain);
	if (rc < 0)
		return rc;
	rc = verify_tree(v, kind_of(job->project->kind));
	note_age(job->seen, v);
	if (rc == -EBADMSG)
		tell(&v->findings, job);
	return rc;
}

static int verify(struct runner_job *job, void *data)
{
	const struct pop_mirror_project *p = job->project;
	struct tree tree, published;
	struct names gone = {.n = 0};
	int rc = stages_open(job, &tree, &gone);

	if (rc < 0)
		return rc;
	bool has_published = tree_open(job->place->paths[WORKPLACE_CURRENT], NULL, &published) == 0;
	struct verify v = {
		.tree = &tree,
		.exclude = {(const char *const *)p->exclude, p->n_exclude},
		.hashes = VERIFY_INDEXES,
		.now = time(NULL),
		.is_cancelled = job->is_cancelled,
		.published = has_published ? &published : NULL,
		.suites = (const char *const *)p->suites,
		.n_suites = p->n_suites,
	};
	rc = check_tree(job, &v, data);
	verify_done(&v);
	if (has_published)
		tree_close(&published);
	tree_close(&tree);
	names_done(&gone);
	return rc;
}

/** What an archive of Debian says of its mirror, in the tree @fd that is to be published. */
static int put_trace(const struct runner_job *job, const struct pop *pop, int fd)
{
	char upstream[UPSTREAM_HOST_MAX], machine[UPSTREAM_HOST_MAX] = "localhost";
	const struct pop_site *site = pop->site;
	struct tree tree = {.fd = fd, .below_fd = -1};

	(void)gethostname(machine, sizeof(machine) - 1);
	struct debian_trace t = {
		.host = site->domain,
		.machine = machine,
		.version = FONTAINE_VERSION,
		.upstream = upstream_host(job->upstream, upstream),
		.maintainer = site->operated_by->contact,
		.sponsor = site->sponsor == NULL ? NULL : site->sponsor->name,
		.country = site->country,
		.location = site->city,
		.is_partial = job->project->n_exclude > 0,
		.started = job->began_s,
		.ended = time(NULL),
		.serial = debian_serial(&tree),
		.bytes = job->fetched_bytes,
		.stage1_s = job->fetch_s, /* all of it: what follows a fetch is no rsync */
	};
	return debian_trace_put(fd, &t);
}

/** What is besides to be in the folder @tree of the project @fd, or is not to be. */
static int finish(const struct runner_job *job, const struct pop *pop, int fd, const char *tree)
{
	if (job->project->kind != POP_MIRROR_DEBIAN)
		return 0;
	int tree_fd = openat(fd, tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tree_fd < 0)
		return -errno;
	int rc = debian_marker_drop(tree_fd);
	if (rc == 0)
		rc = put_trace(job, pop, tree_fd);
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

/** A generation of what work has. Return: 0 and its number, or a negative errno. */
static int make_generation(const struct runner_job *job, const struct pop *pop, int fd, uint64_t *ret)
{
	struct farm_counts counts;
	int rc = generation_fill(fd, pop->services->mirror->keep_generations, job->is_cancelled, &counts);

	if (rc == 0)
		rc = finish(job, pop, fd, GENERATION_MAKING);
	return rc == 0 ? generation_number(fd, ret) : rc;
}

static int publish(struct runner_job *job, uint64_t *ret_generation, void *data)
{
	const struct pop *pop = data;
	uint64_t n = 0;
	int fd = open_project(job->place);

	if (fd < 0)
		return fd;
	int rc = 0;
	if (job->mode == RUN_TWO_STAGE)
		rc = stages_publish(job, fd, pop->site->domain, kind_of(job->project->kind));
	else
		rc = make_generation(job, pop, fd, &n);
	if (rc == 0 && n > 0)
		rc = generation_publish(fd, n);
	(void)close(fd);
	if (rc == 0)
		*ret_generation = n;
	return rc;
}

static int trace(struct runner_job *job, void *data)
{
	const struct pop *pop = data;
	int fd = open_project(job->place);

	if (fd < 0)
		return fd;
	int rc = 0;
	if (job->mode == RUN_TWO_STAGE)
		rc = finish(job, pop, fd, GENERATION_TREE); /* of what went before: now it is whole */
	else
		rc = generation_remove_old(fd, pop->services->mirror->keep_generations);
	if (rc == 0 && job->mode != RUN_TWO_STAGE)
		rc = farm_remove(fd, GENERATION_TREE); /* of times without a farm */
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
		log_warn("%s: has no hard links, and so nothing to roll back to: ext4, xfs and btrfs have them", root);
	else if (rc < 0)
		log_error("%s: cannot be used: %s", root, strerror(-rc));
	return rc == -EOPNOTSUPP ? 0 : rc;
}
