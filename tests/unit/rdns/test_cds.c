/* Real signed zones, one difference from a good roll of keys at a time; dnssec-cds(1) decides on each as well. */
/* SPDX-License-Identifier: MIT */
#include "rdns/cds.h"

#include "child.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define REMOVAL         "0 0 0 00"
#define REMOVAL_CDNSKEY CHILD_ZONE ". IN CDNSKEY 0 3 0 AA=="

/** What dnssec-cds is to decide where that is not the same, with the reason. */
struct other {
	const char *why;
	bool is_accepted;
	const char *ds;
};

/** What is not said is as in a good roll from key A to key B. */
struct cds_case {
	const char *name;
	const char *present;                   /* DS records: "A2" */
	const char *keys, *signers;            /* of the DNSKEY records: "ABZ", "AB" */
	const char *cds, *cds_signers;         /* "", "A" */
	const char *cdnskey, *cdnskey_signers; /* "", "A"; "0": the removal */
	int age_s, since_s;                    /* ago: of the signatures, and of the last change; CHILD_SIGNED_S */
	enum follow_outcome expected;
	const char *ds; /* of FOLLOW_CHANGE */
	struct other other;
};

/* clang-format off */
#define NO_REMOVAL .other = {"it looks for a digest type that it may take before it looks for a removal", false, NULL}
#define OF_NO_KEY  "it makes DS records of the CDNSKEY record that asks for none"
#define NO_KEY_2   "768 0 2 2EEE6EB4456BA52F8D9E31B628128B0C748907573EBAEFE678A121390F9B603A"
#define NO_KEY_4   "768 0 4 66454C9DA6F11DD3D1A8B5CC50A18AF704E7A197F1E2A2021931AE3648299A72" \
                   "12F8DD2229D8E56883FA2EA859D4D7E1"

static const struct cds_case cases[] = {
	{"a roll", .cds = "B2", .expected = FOLLOW_CHANGE, .ds = "B2"},
	{"a key more", .cds = "A2,B2", .cds_signers = "AB", .expected = FOLLOW_CHANGE, .ds = "A2,B2"},
	{"a key less", .cds = "A2", .expected = FOLLOW_SAME},
	{"another digest", .cds = "A4", .expected = FOLLOW_CHANGE, .ds = "A4"},
	{"both types", .cds = "B2", .cdnskey = "B",
	 .expected = FOLLOW_CHANGE, .ds = "B2"},
	{"CDNSKEY alone", .cdnskey = "B", .expected = FOLLOW_CHANGE, .ds = "B2"},
	{"CDNSKEY by the new key alone", .cdnskey = "B", .cdnskey_signers = "B", .expected = FOLLOW_SIGNER},
	{"both types, and they differ", .cds = "B2", .cdnskey = "A",
	 .expected = FOLLOW_TYPES_DIFFER,
	 .other = {"it looks at the CDS records alone where there are both", true, "B2"}},
	{"both types, one unsigned", .cds = "B2", .cdnskey = "B", .cdnskey_signers = "",
	 .expected = FOLLOW_SIGNER},
	{"another algorithm", .keys = "ACZ", .signers = "AC", .cds = "C2", .expected = FOLLOW_CHANGE, .ds = "C2"},
	{"two algorithms", .keys = "ACZ", .signers = "AC", .cds = "A2,C2", .expected = FOLLOW_CHANGE, .ds = "A2,C2"},
	{"two algorithms, one does not sign", .keys = "ACZ", .signers = "A", .cds = "A2,C2",
	 .cds_signers = "A", .expected = FOLLOW_BREAKS},
	{"two of one algorithm, one does not sign", .signers = "A", .cds = "A2,B2", .expected = FOLLOW_CHANGE,
	 .ds = "A2,B2"},
	{"the new key does not sign", .signers = "A", .cds = "B2", .expected = FOLLOW_BREAKS},
	{"the new key is not there", .keys = "AZ", .signers = "A", .cds = "B2", .expected = FOLLOW_BREAKS},
	{"a digest of nothing", .cds = "1 13 2 " "00000000000000000000000000000000" "00000000000000000000000000000000",
	 .cds_signers = "A", .expected = FOLLOW_BREAKS},
	{"uneven digests", .cds = "A2,B2,B4", .expected = FOLLOW_BREAKS},
	{"uneven digests, the other way", .cds = "A2,A4,B2", .expected = FOLLOW_BREAKS,
	 .other = {"it misses that the key with the highest tag has fewer", true, "A2,A4,B2"}},
	{"even digests", .cds = "A2,A4,B2,B4", .expected = FOLLOW_CHANGE,
	 .ds = "A2,A4,B2,B4"},
	{"SHA-1 besides", .cds = "B1,B2", .expected = FOLLOW_CHANGE, .ds = "B2"},
	{"SHA-1 alone", .cds = "B1", .expected = FOLLOW_DIGEST},
	{"signed by the new key", .cds = "B2", .cds_signers = "B", .expected = FOLLOW_SIGNER},
	{"signed by a key without DS", .cds = "B2", .cds_signers = "Z", .expected = FOLLOW_SIGNER},
	{"unsigned", .cds = "B2", .cds_signers = "", .expected = FOLLOW_SIGNER},
	{"keys signed by the new key", .signers = "B", .cds = "B2", .expected = FOLLOW_KEYS},
	{"keys unsigned", .signers = "", .cds = "B2", .expected = FOLLOW_KEYS},
	{"DS of no key", .present = "C2", .cds = "B2", .expected = FOLLOW_KEYS},
	{"one DS of two leads on", .present = "A2,C2", .cds = "B2", .expected = FOLLOW_CHANGE, .ds = "B2"},
	{"signed in time", .since_s = CHILD_SIGNED_S + 1, .cds = "B2", .expected = FOLLOW_CHANGE, .ds = "B2"},
	{"signed before the last change", .since_s = CHILD_SIGNED_S - 1, .cds = "B2", .expected = FOLLOW_OLD},
	{"expired", .age_s = 2 * CHILD_VALID_S, .since_s = 3 * CHILD_VALID_S, .cds = "B2", .expected = FOLLOW_KEYS},
	{"not valid yet", .age_s = -CHILD_SIGNED_S, .cds = "B2", .expected = FOLLOW_KEYS},
	{"removal", .cds = REMOVAL, .expected = FOLLOW_CHANGE, .ds = "", NO_REMOVAL},
	{"removal by both", .cds = REMOVAL, .cdnskey = "0", .expected = FOLLOW_CHANGE, .ds = "",
	 .other = {OF_NO_KEY, true, NO_KEY_2 "," NO_KEY_4}},
	{"removal by CDNSKEY", .cdnskey = "0", .expected = FOLLOW_CHANGE, .ds = "",
	 .other = {OF_NO_KEY, true, NO_KEY_2}},
	{"removal, signed by a key without DS", .cds = REMOVAL, .cds_signers = "Z", .expected = FOLLOW_SIGNER},
	{"removal, signed before the last change", .since_s = 1, .cds = REMOVAL, .expected = FOLLOW_OLD},
	{"removal among others", .cds = "A2," REMOVAL, .expected = FOLLOW_REMOVAL,
	 .other = {"it passes over a digest type that it was not told to take", true, "A2"}},
	{"removal, not exact", .cds = "1 0 2 00", .expected = FOLLOW_REMOVAL},
	{"nothing", .expected = FOLLOW_NOTHING},
};
/* clang-format on */

static const char *said(const char *text, const char *otherwise)
{
	return text != NULL ? text : otherwise;
}

static int ago(int seconds)
{
	return seconds != 0 ? seconds : CHILD_SIGNED_S;
}

static void show(struct child *c, struct observed_target *t, const struct cds_case *k)
{
	struct observed_answer *a = t->answers;
	const char *letters = said(k->cdnskey, ""), *cds = said(k->cds, "");
	bool is_removal = strcmp(letters, "0") == 0;
	ldns_rr_list *cdnskey = child_public(c, is_removal ? "" : letters, LDNS_RR_TYPE_CDNSKEY);

	if (is_removal)
		(void)ldns_rr_list_push_rr(cdnskey, child_rr(REMOVAL_CDNSKEY));
	child_answer(c, &a[PROBE_DNSKEY], CHILD_ZONE, LDNS_RR_TYPE_DNSKEY,
	             child_public(c, said(k->keys, "ABZ"), LDNS_RR_TYPE_DNSKEY), said(k->signers, "AB"), ago(k->age_s));
	child_answer(c, &a[PROBE_CDS], CHILD_ZONE, LDNS_RR_TYPE_CDS, child_digests(c, cds, LDNS_RR_TYPE_CDS),
	             said(k->cds_signers, "A"), ago(k->age_s));
	child_answer(c, &a[PROBE_CDNSKEY], CHILD_ZONE, LDNS_RR_TYPE_CDNSKEY, cdnskey, said(k->cdnskey_signers, "A"),
	             ago(k->age_s));
}

static void set_present(struct child *c, const char *ds)
{
	ldns_rr_list_deep_free(c->d.ds);
	c->d.ds = child_digests(c, ds, LDNS_RR_TYPE_DS);
}

static void begin(struct child *c, const struct cds_case *k)
{
	child_init(c);
	set_present(c, said(k->present, "A2"));
	for (size_t i = 0; i < c->o->n_targets; i++)
		show(c, &c->o->targets[i], k);
}

/** Whether the records are the same, in whatever order. */
static bool is_same(ldns_rr_list *a, ldns_rr_list *b)
{
	ldns_rr_list_sort(a);
	ldns_rr_list_sort(b);
	return ldns_rr_list_compare(a, b) == 0;
}

static void write_list(const char *path, const ldns_rr_list *list)
{
	FILE *file = fopen(path, "a");

	assert_non_null(file);
	ldns_rr_list_print(file, list);
	assert_int_equal(fclose(file), 0);
}

/** All that dnssec-cds is to know, in files. */
static void write_files(const struct child *c)
{
	static const enum probe shown[] = {PROBE_DNSKEY, PROBE_CDS, PROBE_CDNSKEY};

	(void)unlink("child");
	(void)unlink("dsset");
	write_list("dsset", c->d.ds);
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++)
		write_list("child", ldns_pkt_answer(c->o->targets[0].answers[shown[i]].packet));
}

/** Run a command; what it prints goes into the file @out. Return: its exit status. */
static int run(const char *const words[], const char *out)
{
	posix_spawn_file_actions_t actions;
	int status;
	pid_t pid;

	(void)posix_spawn_file_actions_init(&actions);
	if (out != NULL)
		(void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out, O_WRONLY | O_CREAT | O_TRUNC,
		                                       0600);
	(void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	assert_int_equal(posix_spawnp(&pid, words[0], &actions, NULL, (char **)(uintptr_t)words, environ), 0);
	(void)posix_spawn_file_actions_destroy(&actions);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/** The DS records that dnssec-cds makes of the files; NULL: it refuses. */
static ldns_rr_list *run_dnssec_cds(const struct cds_case *k, time_t since)
{
	char start[32], line[512];
	struct tm tm;
	const char *sha384 = k->cds != NULL ? "SHA-384" : "SHA-256";
	const char *const words[] = {"dnssec-cds", "-a", "SHA-256", "-a", sha384, "-s", start,
	                             "-d", "dsset", "-f", "child", CHILD_ZONE, NULL};

	(void)strftime(start, sizeof(start), "%Y%m%d%H%M%S", gmtime_r(&since, &tm));
	if (run(words, "out") != 0)
		return NULL;
	ldns_rr_list *list = ldns_rr_list_new();
	FILE *file = fopen("out", "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		(void)ldns_rr_list_push_rr(list, child_rr(line));
	(void)fclose(file);
	return list;
}

static void compare(struct child *c, const struct cds_case *k, const struct cds_decision *d)
{
	bool is_accepted = k->other.why != NULL ? k->other.is_accepted : !follow_is_refused(k->expected);
	write_files(c);
	ldns_rr_list *made = run_dnssec_cds(k, c->now - ago(k->since_s)), *expected;

	if (k->other.why != NULL)
		expected = child_digests(c, said(k->other.ds, ""), LDNS_RR_TYPE_DS);
	else
		expected = ldns_rr_list_clone(d->outcome == FOLLOW_CHANGE ? d->ds : c->d.ds);
	if ((made != NULL) != is_accepted || (made != NULL && !is_same(made, expected)))
		fail_msg("dnssec-cds decides otherwise: %s", k->name);
	ldns_rr_list_deep_free(made);
	ldns_rr_list_deep_free(expected);
}

static void test_cases_as_dnssec_cds(void **state)
{
	char folder[] = "/tmp/cds-XXXXXX";
	(void)state;

	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct cds_case *k = &cases[i];
		struct child c;
		begin(&c, k);
		struct cds_decision d = cds_decide(c.o, c.now - ago(k->since_s), c.now);
		if (d.outcome != k->expected)
			fail_msg("%s: %s", k->name, follow_texts[d.outcome].id);
		if (k->expected == FOLLOW_CHANGE) {
			ldns_rr_list *expected = child_digests(&c, k->ds, LDNS_RR_TYPE_DS);
			assert_true(is_same(d.ds, expected));
			assert_int_equal(d.signed_since, c.now - ago(k->age_s));
			ldns_rr_list_deep_free(expected);
		}
		compare(&c, k, &d);
		cds_done(&d);
		child_done(&c);
	}
	assert_int_equal(chdir("/"), 0);
	const char *const command[] = {"rm", "-r", folder, NULL};
	assert_int_equal(run(command, NULL), 0);
}

static void silence(struct observed_answer *a)
{
	ldns_pkt_free(a->packet);
	*a = (struct observed_answer){.rc = -1};
}

static void test_servers(void **state)
{
	struct child c;
	(void)state;

	begin(&c, &cases[0]);
	show(&c, &c.o->targets[1], &cases[1]);
	assert_int_equal(cds_decide(c.o, 0, c.now).outcome, FOLLOW_SERVERS_DIFFER);
	silence(&c.o->targets[1].answers[PROBE_CDNSKEY]);
	struct cds_decision d = cds_decide(c.o, 0, c.now);
	assert_int_equal(d.outcome, FOLLOW_CHANGE);
	cds_done(&d);
	silence(&c.o->targets[0].answers[PROBE_DNSKEY]);
	assert_int_equal(cds_decide(c.o, 0, c.now).outcome, FOLLOW_SILENT);
	child_done(&c);
}

/** What is too much is not even compared. */
static void test_too_many(void **state)
{
	struct child c;
	ldns_rr_list *keys = ldns_rr_list_new();
	(void)state;

	begin(&c, &cases[0]);
	for (unsigned i = 0; i < 100; i++) {
		char *line = mem_printf(CHILD_ZONE ". CDNSKEY 257 3 13 %04u", i);
		(void)ldns_rr_list_push_rr(keys, child_rr(line));
		free(line);
	}
	for (size_t i = 0; i < c.o->n_targets; i++)
		child_answer(&c, &c.o->targets[i].answers[PROBE_CDNSKEY], CHILD_ZONE, LDNS_RR_TYPE_CDNSKEY,
		             ldns_rr_list_clone(keys), "A", CHILD_SIGNED_S);
	assert_int_equal(cds_decide(c.o, 0, c.now).outcome, FOLLOW_MANY);
	ldns_rr_list_deep_free(keys);
	child_done(&c);
}

/** One of two signatures is as old as what was there before. */
static void test_the_oldest_signature_counts(void **state)
{
	struct child c;
	struct observed_answer old = {.rc = 0};
	(void)state;

	begin(&c, &cases[1]);
	set_present(&c, "A2,C2");
	child_answer(&c, &old, CHILD_ZONE, LDNS_RR_TYPE_CDS, child_digests(&c, cases[1].cds, LDNS_RR_TYPE_CDS), "A",
	             2 * CHILD_SIGNED_S);
	for (size_t i = 0; i < ldns_rr_list_rr_count(ldns_pkt_answer(old.packet)); i++) {
		ldns_rr *rr = ldns_rr_list_rr(ldns_pkt_answer(old.packet), i);
		if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_RRSIG)
			(void)ldns_pkt_push_rr(c.o->targets[1].answers[PROBE_CDS].packet, LDNS_SECTION_ANSWER,
			                       ldns_rr_clone(rr));
	}
	assert_int_equal(cds_decide(c.o, c.now - CHILD_SIGNED_S, c.now).outcome, FOLLOW_OLD);
	struct cds_decision d = cds_decide(c.o, c.now - 2 * CHILD_SIGNED_S, c.now);
	assert_int_equal(d.outcome, FOLLOW_CHANGE);
	assert_int_equal(d.signed_since, c.now - 2 * CHILD_SIGNED_S);
	cds_done(&d);
	silence(&old);
	child_done(&c);
}

/** The zone's CDS @cds at the name for server @i, authenticated. */
static void say(struct child *c, struct cds_signals *s, size_t i, const char *cds)
{
	char name[CDS_SIGNAL_MAX];

	(void)cds_signal_name(CHILD_ZONE, c->d.servers[i].name, name);
	ldns_rr_list *list = child_digests(c, cds, LDNS_RR_TYPE_CDS);
	for (size_t k = 0; k < ldns_rr_list_rr_count(list); k++) {
		ldns_rdf_deep_free(ldns_rr_owner(ldns_rr_list_rr(list, k)));
		ldns_rr_set_owner(ldns_rr_list_rr(list, k), ldns_dname_new_frm_str(name));
	}
	child_answer(c, &s->cds[i], name, LDNS_RR_TYPE_CDS, list, "", 0);
	child_answer(c, &s->cdnskey[i], name, LDNS_RR_TYPE_CDNSKEY, ldns_rr_list_new(), "", 0);
	ldns_pkt_set_ad(s->cds[i].packet, true);
	ldns_pkt_set_ad(s->cdnskey[i].packet, true);
}

static enum follow_outcome bootstrap(const struct child *c, const struct cds_signals *s, const char *expected)
{
	struct cds_decision d = cds_bootstrap(c->o, s, 0, c->now);

	if (d.outcome == FOLLOW_CHANGE) {
		ldns_rr_list *ds = child_digests(c, expected, LDNS_RR_TYPE_DS);
		assert_true(is_same(d.ds, ds));
		ldns_rr_list_deep_free(ds);
	}
	cds_done(&d);
	return d.outcome;
}

static void test_bootstrap(void **state)
{
	static const struct cds_case first = {.present = "", .keys = "AZ", .signers = "A", .cds = "A2"};
	struct cds_signals s = {.cds = {{.rc = 0}}};
	struct child c;
	(void)state;

	begin(&c, &first);
	assert_int_equal(cds_decide(c.o, 0, c.now).outcome, FOLLOW_SIGNALS);
	assert_int_equal(bootstrap(&c, &s, ""), FOLLOW_SIGNAL_UNSIGNED); /* nobody answered */
	say(&c, &s, 0, "A2");
	say(&c, &s, 1, "A2");
	assert_int_equal(bootstrap(&c, &s, "A2"), FOLLOW_CHANGE);

	say(&c, &s, 1, "A2,B2");
	assert_int_equal(bootstrap(&c, &s, ""), FOLLOW_SIGNAL_DIFFERS);
	say(&c, &s, 1, "");
	assert_int_equal(bootstrap(&c, &s, ""), FOLLOW_NO_SIGNAL);
	say(&c, &s, 1, "A2");
	ldns_pkt_set_ad(s.cds[1].packet, false);
	assert_int_equal(bootstrap(&c, &s, ""), FOLLOW_SIGNAL_UNSIGNED);
	c.d.servers[1].is_inside = true;
	assert_int_equal(bootstrap(&c, &s, "A2"), FOLLOW_CHANGE); /* the other one says so */
	c.d.servers[0].is_inside = true;
	assert_int_equal(bootstrap(&c, &s, ""), FOLLOW_NO_SIGNAL);

	c.d.servers[0].is_inside = false;
	silence(&c.o->targets[1].answers[PROBE_CDS]);
	assert_int_equal(bootstrap(&c, &s, ""), FOLLOW_NOT_ALL);
	cds_signals_done(&s);
	child_done(&c);
}

/** What would not validate is not taken on anybody's word, and nothing is removed that is not there. */
static void test_bootstrap_of_a_bad_zone(void **state)
{
	struct cds_case k = {.present = "", .keys = "AZ", .signers = "", .cds = "A2"};
	struct cds_signals s = {.cds = {{.rc = 0}}};
	struct child c;
	(void)state;

	begin(&c, &k);
	say(&c, &s, 0, "A2");
	say(&c, &s, 1, "A2");
	assert_int_equal(bootstrap(&c, &s, ""), FOLLOW_KEYS);
	k.signers = "A";
	k.cds_signers = "";
	show(&c, &c.o->targets[0], &k);
	show(&c, &c.o->targets[1], &k);
	assert_int_equal(bootstrap(&c, &s, ""), FOLLOW_SIGNER);
	k.cds = REMOVAL;
	show(&c, &c.o->targets[0], &k);
	show(&c, &c.o->targets[1], &k);
	assert_int_equal(cds_decide(c.o, 0, c.now).outcome, FOLLOW_SAME);
	cds_signals_done(&s);
	child_done(&c);
}

static void test_texts(void **state)
{
	(void)state;
	for (unsigned i = 0; i < FOLLOW_OUTCOMES; i++) {
		const struct follow_text *t = &follow_texts[i];
		assert_int_equal(follow_outcome_of(t->id), i); /* no id twice */
		for (unsigned l = 0; l < LANGUAGES; l++) {
			assert_non_null(t->what[l]);
			assert_int_equal(t->remedy[l] != NULL, follow_is_refused((enum follow_outcome)i));
		}
	}
	assert_int_equal(follow_outcome_of("no such"), FOLLOW_OUTCOMES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases_as_dnssec_cds),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_the_oldest_signature_counts),
		cmocka_unit_test(test_bootstrap),
		cmocka_unit_test(test_bootstrap_of_a_bad_zone),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
