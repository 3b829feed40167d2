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
	char words[RUNNER_WORDS_MAX], keyring[64];
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
	atomic_bool is_cancelled = false;

	f->words[0] = '\0';
	return f->tree.verify(&f->project, &f->place, &is_cancelled, f->words, f->tree.data);
}

static uint64_t publish(struct fixture *f)
{
	uint64_t n = 0;

	assert_int_equal(f->tree.publish(&f->project, &f->place, &n, f->tree.data), 0);
	assert_int_equal(f->tree.trace(&f->project, &f->place, f->tree.data), 0);
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
	assert_non_null(strstr(f->words, "dists/"));
	shell(f, "rm -f work/dists/trixie/InRelease work/dists/trixie/Release.gpg");
	assert_int_equal(verify(f), -EBADMSG);
	assert_non_null(strstr(f->words, "it has no signature"));
	f->project.keyring = NULL;
	assert_int_equal(verify(f), 0);
}

static void test_what_is_wrong(void **state)
{
	struct fixture *f = *state;
	atomic_bool is_cancelled = true;

	shell(f, "rm $(find work/pool -name '*.deb' | head -1)");
	assert_int_equal(verify(f), -EBADMSG);
	assert_non_null(strstr(f->words, "missing"));
	shell(f, "rm -rf work && cp -a debian work && ln -s /etc/passwd work/secret");
	assert_int_equal(verify(f), -EBADMSG);
	assert_non_null(strstr(f->words, "secret"));
	assert_int_equal(f->tree.verify(&f->project, &f->place, &is_cancelled, f->words, f->tree.data), -ECANCELED);
	shell(f, "rm -rf work");
	assert_int_equal(verify(f), -ENOENT);
	assert_int_equal(publication_probe("/nonexistent"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_life, setup, teardown),
		cmocka_unit_test_setup_teardown(test_signatures, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_wrong, setup, teardown),
	};

	return cmocka_run_group_tests_name("mirror/publication", tests, NULL, NULL);
}
