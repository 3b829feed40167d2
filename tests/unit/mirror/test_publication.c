/* Real archives, made by the projects' own tools, verified and published; and what is wrong with them, told. */
/* SPDX-License-Identifier: MIT */
#include "mirror/publication.h"

#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
	char folder[40];
	struct workplace place;
	struct pop_party party;
	struct pop_site site;
	struct pop_mirror mirror;
	struct pop_services services;
	struct pop pop;
	struct pop_mirror_project project;
	struct runner_tree tree;
	struct guard_seen seen;
	struct runner_job job;
	atomic_bool is_cancelled;
	char keyring[64];
};

static void ignore(const struct log_record *record)
{
	(void)record;
}

static void shell(const struct fixture *f, const char *command)
{
	char text[1024];

	assert_true(snprintf(text, sizeof(text), "cd %s && %s", f->folder, command) < (int)sizeof(text));
	assert_int_equal(system(text), 0);
}

/* work/ is an archive of Debian, ring.gpg the key that it is signed by. */
static int setup(void **state)
{
	static char name[] = "debian", domain[] = "lyon.example", city[] = "Lyon", country[] = "FR";
	static char contact[] = "n@e.example", url[] = "rsync://up.example/debian/", *urls[] = {url};
	static struct fixture f;
	char command[256];

	memset(&f, 0, sizeof(f));
	log_set_sink(ignore);
	(void)snprintf(f.folder, sizeof(f.folder), "/tmp/publication-XXXXXX");
	if (mkdtemp(f.folder) == NULL || workplace_init(&f.place, f.folder) < 0)
		return -1;
	(void)snprintf(command, sizeof(command), "python3 -B tests/support/upstream.py debian %s", f.folder);
	if (system(command) != 0 || workplace_prepare(&f.place) < 0)
		return -1;
	shell(&f, "rmdir work && cp -a debian work");
	(void)snprintf(f.keyring, sizeof(f.keyring), "%s/key/ring.gpg", f.folder);
	f.party = (struct pop_party){.contact = contact};
	f.site = (struct pop_site){.domain = domain, .city = city, .country = country, .operated_by = &f.party};
	f.mirror = (struct pop_mirror){.keep_generations = 2};
	f.services = (struct pop_services){.mirror = &f.mirror};
	f.pop = (struct pop){.site = &f.site, .services = &f.services};
	f.project = (struct pop_mirror_project){
		.name = name, .kind = POP_MIRROR_DEBIAN, .upstreams = urls, .n_upstreams = 1};
	f.tree = publication_tree(&f.pop);
	f.job = (struct runner_job){.project = &f.project,
	                            .place = &f.place,
	                            .upstream = "rsync://second.example/debian/",
	                            .is_cancelled = &f.is_cancelled,
	                            .began_s = 1763683200,
	                            .fetched_bytes = 5000,
	                            .fetch_s = 5,
	                            .seen = &f.seen};
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	char command[64];

	(void)snprintf(command, sizeof(command), "rm -rf %s", ((struct fixture *)*state)->folder);
	return system(command);
}

static int verify(struct fixture *f)
{
	f->job.words[0] = '\0';
	return f->tree.verify(&f->job, f->tree.data);
}

static uint64_t publish(struct fixture *f)
{
	uint64_t n = 0;

	assert_int_equal(f->tree.publish(&f->job, &n, f->tree.data), 0);
	assert_int_equal(f->tree.trace(&f->job, f->tree.data), 0);
	return n;
}

static void test_life(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(publication_probe(f->folder), 0);
	assert_int_equal(verify(f), 0);
	assert_int_equal(publish(f), 1);
	assert_int_equal(publish(f), 2);
	assert_int_equal(publish(f), 3);
	shell(f, "test $(readlink current) = generations/3 -a ! -e generations/1 -a -e generations/2");
	shell(f, "grep -q '^Maintainer: n@e.example' current/project/trace/lyon.example");
	shell(f, "grep -q '^Archive serial: 1$' current/project/trace/lyon.example");
	shell(f, "grep -q '^Upstream-mirror: second.example$' current/project/trace/lyon.example");
	shell(f, "grep -q '^Total bytes received in rsync: 5000$' current/project/trace/lyon.example");
	shell(f, "grep -q '^Date-Started: Fri, 21 Nov 2025 00:00:00 +0000$' current/project/trace/lyon.example");
	shell(f, "grep -q '^Average rate: 1000 B/s$' current/project/trace/lyon.example");
	shell(f, "test ! -e work/project/trace/lyon.example");
	shell(f, "find current/pool -name '*.deb' | grep -q .");
}

static void test_signatures(void **state)
{
	struct fixture *f = *state;

	f->project.keyring = f->keyring;
	assert_int_equal(verify(f), 0);
	shell(f, "sed -i 's/^Date: .*/Date: Sat, 21 Nov 2026 00:00:00 UTC/' work/dists/*/InRelease");
	assert_int_equal(verify(f), -EBADMSG);
	assert_non_null(strstr(f->job.words, "dists/"));
	shell(f, "rm -f work/dists/trixie/InRelease work/dists/trixie/Release.gpg");
	assert_int_equal(verify(f), -EBADMSG);
	assert_non_null(strstr(f->job.words, "it has no signature"));
	f->project.keyring = NULL;
	assert_int_equal(verify(f), 0);
}

static void test_what_is_wrong(void **state)
{
	struct fixture *f = *state;
	shell(f, "rm $(find work/pool -name '*.deb' | head -1)");
	assert_int_equal(verify(f), -EBADMSG);
	assert_non_null(strstr(f->job.words, "missing"));
	shell(f, "rm -rf work && cp -a debian work && ln -s /etc/passwd work/secret");
	assert_int_equal(verify(f), -EBADMSG);
	assert_non_null(strstr(f->job.words, "secret"));
	f->is_cancelled = true;
	assert_int_equal(verify(f), -ECANCELED);
	assert_int_equal(f->tree.publish(&f->job, &(uint64_t){0}, f->tree.data), -ECANCELED);
	f->is_cancelled = false;
	shell(f, "rm -rf work");
	assert_int_equal(verify(f), -ENOENT);
	assert_int_equal(publication_probe("/nonexistent"), -ENOENT);
}

/* An upstream that goes back is seen, suite by suite. */
static void test_goes_back(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(verify(f), 0);
	assert_int_equal(f->seen.serial_listed, 1);
	assert_int_equal(f->seen.serial_published, 0);
	(void)publish(f);
	shell(f, "mv work older && cp -a older work && rm work/dists/trixie/Release*");
	shell(f, "sed -i 's/^Date: .*/Date: Thu, 01 Jan 2026 00:00:00 UTC/' work/dists/trixie/InRelease");
	shell(f, "echo 'Archive serial: 0' >work/project/trace/master");
	(void)verify(f);
	assert_int_equal(f->seen.date_listed_s, 1767225600);
	assert_true(f->seen.date_published_s > f->seen.date_listed_s);
	assert_int_equal(f->seen.serial_published, 1);
	assert_string_equal(f->seen.date_of, "dists/trixie/InRelease");
	shell(f, "rm -rf work && mv older work");
	assert_int_equal(verify(f), 0);
	assert_int_equal(f->seen.date_listed_s, 0);
}

/* A marker of an update stops publishing for a time, and is never published. */
static void test_marker(void **state)
{
	struct fixture *f = *state;

	shell(f, "touch work/Archive-Update-in-Progress-up.example");
	assert_int_equal(verify(f), -EBADMSG);
	assert_string_equal(f->job.words,
	                    "the upstream is in mid-update: it has Archive-Update-in-Progress-up.example");
	shell(f, "touch -d '13 hours ago' work/Archive-Update-in-Progress-up.example");
	assert_int_equal(verify(f), 0); /* it was left behind */
	(void)publish(f);
	shell(f, "test -e work/Archive-Update-in-Progress-up.example -a"
	         " ! -e current/Archive-Update-in-Progress-up.example");
	shell(f, "mv work/Archive-Update-in-Progress-up.example work/Archive-Update-in-Progress-lyon.example");
	shell(f, "touch work/Archive-Update-in-Progress-lyon.example");
	assert_int_equal(verify(f), 0); /* a loop of mirrors: it is our own */
}

static void test_suites(void **state)
{
	static char trixie[] = "trixie", stable[] = "stable", *suites[] = {trixie, stable};
	struct fixture *f = *state;

	shell(f, "mkdir work/dists/sid && echo wrong >work/dists/sid/Release");
	assert_int_equal(verify(f), -EBADMSG);
	f->project.suites = suites;
	f->project.n_suites = 1;
	assert_int_equal(verify(f), 0); /* the other is not looked at */
	f->project.n_suites = 2;
	assert_int_equal(verify(f), -EBADMSG); /* that one is a link */
	assert_non_null(strstr(f->job.words, "dists/stable: is to be verified, and has no Release of its own"));
}

/* Where no farm can be made: work/ becomes the tree, then what has come is put into it. */
static void test_stages(void **state)
{
	struct fixture *f = *state;
	uint64_t n = 0;

	f->job.mode = RUN_TWO_STAGE;
	f->project.keyring = f->keyring;
	assert_int_equal(verify(f), 0);
	assert_int_equal(publish(f), 0);
	shell(f, "test $(readlink current) = tree -a ! -e work -a -e current/project/trace/lyon.example");
	assert_true(workplace_has_tree(&f->place));

	shell(f, "mkdir -p work/pool/new work/dists/trixie run && echo new >work/pool/new/new_1.deb");
	shell(f, "cp -p tree/dists/trixie/InRelease work/dists/trixie");
	shell(f, "touch work/Archive-Update-in-Progress-x && cd work &&"
	         " find pool dists/trixie/InRelease Archive* -print0 >../run/coming");
	shell(f, "p=$(cd tree && find pool -name 'gamma*.deb') && printf \"$p\\0\" >run/going");
	assert_int_equal(verify(f), -EBADMSG); /* the marker is new */
	shell(f, "touch -d '13 hours ago' work/Archive-Update-in-Progress-x");
	assert_int_equal(verify(f), -EBADMSG); /* what goes is named still */
	assert_non_null(strstr(f->job.words, "missing: pool/main/g/gamma"));
	shell(f, ": >run/going");
	assert_int_equal(verify(f), 0);
	assert_int_equal(f->tree.publish(&f->job, &n, f->tree.data), 0);
	assert_int_equal(n, 0);
	shell(f, "test -e tree/Archive-Update-in-Progress-lyon.example -a -e current/pool/new/new_1.deb");
	shell(f, "test ! -e tree/Archive-Update-in-Progress-x");
	assert_int_equal(f->tree.trace(&f->job, f->tree.data), 0);
	shell(f, "test ! -e tree/Archive-Update-in-Progress-lyon.example");
	assert_int_equal(f->tree.publish(&f->job, &n, f->tree.data), 0); /* as after a kill */

	f->job.mode = RUN_GENERATIONS; /* now there are links */
	shell(f, "rm -rf work && cp -a debian work");
	assert_int_equal(publish(f), 1);
	shell(f, "test $(readlink current) = generations/1 -a ! -e tree");
}

/** Beside a loop with children of its own, as the daemon's is. */
enum { CHECKS = 20 };

struct beside {
	uv_process_t children[CHECKS];
	unsigned n_ended;
	uv_work_t work;
	struct fixture *f;
	int rc;
};

static void on_child_end(uv_process_t *child, int64_t status, int by_signal)
{
	struct beside *b = child->data;

	b->n_ended += status == 3 && by_signal == 0;
	uv_close((uv_handle_t *)child, NULL);
}

static void check_often(uv_work_t *work)
{
	struct beside *b = work->data;

	for (unsigned i = 0; i < CHECKS && b->rc == 0; i++)
		b->rc = verify(b->f);
}

static void test_beside_other_children(void **state)
{
	char *command[] = {(char[]){"sh"}, (char[]){"-c"}, (char[]){"sleep 0.05; exit 3"}, NULL};
	const uv_process_options_t options = {.exit_cb = on_child_end, .file = "sh", .args = command};
	struct beside b = {.f = *state};
	uv_loop_t loop;

	b.f->project.keyring = b.f->keyring;
	assert_int_equal(uv_loop_init(&loop), 0);
	b.work.data = &b;
	assert_int_equal(uv_queue_work(&loop, &b.work, check_often, NULL), 0);
	for (unsigned i = 0; i < CHECKS; i++) {
		b.children[i].data = &b;
		assert_int_equal(uv_spawn(&loop, &b.children[i], &options), 0);
	}
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_int_equal(b.n_ended, CHECKS);
	assert_int_equal(b.rc, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_life, setup, teardown),
		cmocka_unit_test_setup_teardown(test_signatures, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_wrong, setup, teardown),
		cmocka_unit_test_setup_teardown(test_goes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_marker, setup, teardown),
		cmocka_unit_test_setup_teardown(test_suites, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_beside_other_children, setup, teardown),
	};

	return cmocka_run_group_tests_name("mirror/publication", tests, NULL, NULL);
}
