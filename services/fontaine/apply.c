/* fontaine apply: a new POP file for a POP that runs. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"

#include "base/pop_json.h"
#include "fontaine/apply_carry.h"
#include "fontaine/apply_check.h"
#include "fontaine/apply_plan.h"
#include "fontaine/apply_side.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAKE "/usr/libexec/fontaine/take-pop-file"

enum { WHY_MAX_BYTES = 1 << 16 };

struct apply {
	const char *file;
	bool dry_run, json;
	bool carry_out; /* this is the unit that does it */
	struct apply_plan plan;
	const char *result; /* a word for it */
	struct buf why;     /* it is not applied */
	const char *remedy;
};

static void print_json(const struct apply *a)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);

	yyjson_mut_obj_add_str(d, root, "file", a->file);
	yyjson_mut_obj_add_str(d, root, "result", a->result);
	yyjson_mut_obj_add_val(d, root, "changes", apply_plan_json(d, &a->plan));
	if (a->why.len > 0) {
		yyjson_mut_obj_add_str(d, root, "why", a->why.data);
		yyjson_mut_obj_add_str(d, root, "remedy", a->remedy);
	}
	char *text = pop_json_text(d, root);
	(void)fputs(text, stdout);
	free(text);
	yyjson_mut_doc_free(d);
}

/** "unbound.service      reloaded   unbound/unbound.conf", for each that is told. */
static void print_table(const struct apply *a)
{
	for (size_t i = 0; i < a->plan.n; i++) {
		const struct apply_change *c = &a->plan.changes[i];
		(void)printf("%-32s %-10s %s\n", c->unit, apply_how_word(c->how), c->because != NULL ? c->because : "");
	}
	(void)printf("%s: %s\n", a->file, a->result);
	(void)fflush(stdout);
	bool ends_line = a->why.len > 0 && a->why.data[a->why.len - 1] == '\n';
	if (a->why.len > 0)
		(void)fprintf(stderr, "%s%s  %s\n", a->why.data, ends_line ? "" : "\n", a->remedy);
}

/** Have the servers judge @new in a folder of its own. Return: 0, or a negative errno and a->why. */
static int check(struct apply *a, const struct apply_side *new)
{
	char dir[] = "/run/fontaine-staging.XXXXXX";
	struct fileset staged;

	if (mkdtemp(dir) == NULL || chmod(dir, 0755) < 0) {
		int rc = -errno;
		(void)buf_printf(&a->why, "%s: %s\n", dir, strerror(-rc));
		a->remedy = "run it as root";
		return rc;
	}
	int rc = apply_side_stage(new, dir, &staged);
	if (rc == 0)
		rc = apply_check(&staged, a->plan.has_new_keys, &a->why);
	if (rc < 0)
		a->remedy = "nothing has changed: mend the POP file by what the server says of its own";
	fileset_remove(&staged);
	fileset_done(&staged);
	return rc;
}

/** In a word, what @rc of apply_carry_out() came to. */
static const char *outcome_of(int rc)
{
	if (rc == 0)
		return "applied";
	return rc == -ECANCELED ? "rolled back" : "half applied";
}

/** Return: the exit status; a->result and, when it is not applied, a->why. */
static int work(struct apply *a, const struct apply_side *old, const struct apply_side *new)
{
	apply_plan(old, new, &a->plan);
	a->result = "refused";
	if (*a->plan.refused != '\0') {
		(void)buf_printf(&a->why, "%s\n", a->plan.refused);
		a->remedy = apply_refusal_remedy;
		return EXIT_WRONG_INPUT;
	}
	if (check(a, new) < 0)
		return EXIT_WRONG_INPUT;
	a->result = a->plan.is_any ? "would be applied" : "nothing would change";
	if (a->dry_run)
		return EXIT_FINE;
	a->remedy = "journalctl of that unit says more; until it is mended, the POP file before is in force";
	int rc = apply_carry_out(old, new, &a->plan, &a->why);
	a->result = outcome_of(rc);
	if (rc != 0 && rc != -ECANCELED)
		a->remedy = "not all follow the POP file before: see \"systemctl --failed\", and apply again";
	return rc == 0 ? EXIT_FINE : EXIT_FAILED;
}

static void print(const struct apply *a)
{
	if (a->json)
		print_json(a);
	else
		print_table(a);
}

/** Go back from what a unit of the same name was doing when it was killed, before anything else is done. */
static int recover(struct apply *a)
{
	int rc = apply_recover(&a->why);

	if (rc == 0)
		return EXIT_FINE;
	a->result = outcome_of(rc);
	a->remedy = "the POP file before is in force: apply again";
	print(a);
	return EXIT_FAILED;
}

static int apply(struct apply *a)
{
	struct apply_side old, new;

	int rc = apply_side_init(&new, a->file);
	if (rc != EXIT_FINE)
		return rc;
	rc = apply_side_init(&old, POP_PATH);
	if (rc == EXIT_FINE) {
		rc = work(a, &old, &new);
		print(a);
		apply_side_done(&old);
	}
	apply_side_done(&new);
	return rc;
}

/**
 * Have it done by a unit, which outlives this terminal, is alone, and is started again if it is killed.
 * Returns only when that fails.
 */
static int become_unit(const struct apply *a)
{
	char *path = realpath(a->file, NULL);
	const char *argv[] = {"systemd-run", "--quiet", "--wait", "--pipe", "--collect", "--service-type=exec",
	                      "--unit=fontaine-apply", "--property=Restart=on-abnormal", "/usr/bin/fontaine", "apply",
	                      "--carry-out", a->json ? "--json" : "--", path, NULL};

	if (path != NULL)
		(void)execvp(argv[0], (char *const *)argv);
	(void)fprintf(stderr, "%s: %s\n", path == NULL ? a->file : argv[0], strerror(errno));
	free(path);
	return EXIT_FAILED;
}

static bool is_signed_image(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot != NULL && strcmp(dot, ".raw") == 0;
}

/** Have what only a machine of an image can take seen by the program that keeps it. Returns only when that fails. */
static int become_taker(const struct apply *a)
{
	const char *argv[5] = {TAKE, a->file};
	size_t n = 2;

	if (a->dry_run)
		argv[n++] = "--dry-run";
	if (a->json)
		argv[n++] = "--json";
	(void)execv(argv[0], (char *const *)argv);
	(void)fprintf(stderr, "%s: this machine is not of an image, which takes signed POP files\n"
	                      "  give the POP file itself\n",
	              a->file);
	return EXIT_FAILED;
}

static int run(struct apply *a)
{
	if (is_signed_image(a->file))
		return become_taker(a);
	if (a->dry_run)
		return apply(a);
	if (!a->carry_out) {
		struct pop *p;
		int rc = command_load_pop(a->file, &p); /* what is wrong with it is said without any unit */
		if (rc != EXIT_FINE)
			return rc;
		pop_free(p);
		return become_unit(a);
	}
	(void)signal(SIGPIPE, SIG_IGN); /* whoever wanted to read may have gone */
	(void)mkdir(APPLY_STATE, 0700);
	int rc = recover(a);
	return rc == EXIT_FINE ? apply(a) : rc;
}

static void print_help(void)
{
	(void)printf("Usage: fontaine apply FILE [--dry-run] [--json]\n"
	             "fontaine-apply: put a new POP file in force while the POP runs.\n\n"
	             "  FILE       the new POP file, which takes the place of " POP_PATH ";\n"
	             "             or a signed one, POP.confext.raw, which stays at the next start, too\n"
	             "  --dry-run  only say what would change\n"
	             "  --json     print JSON\n"
	             "  --help     print this text and exit\n\n"
	             "More: man fontaine-apply\n");
}

int apply_main(int argc, char **argv)
{
	static const struct option options[] = {
		{"dry-run", no_argument, NULL, 'n'},
		{"json", no_argument, NULL, 'j'},
		{"carry-out", no_argument, NULL, 'c'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct apply a = {0};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h') {
			print_help();
			return EXIT_FINE;
		}
		a.dry_run = a.dry_run || option == 'n';
		a.json = a.json || option == 'j';
		a.carry_out = a.carry_out || option == 'c';
		if (option == '?')
			return EXIT_WRONG_INPUT;
	}
	if (argc - optind != 1) {
		(void)fprintf(stderr, "Usage: fontaine apply FILE [--dry-run] [--json]\n");
		return EXIT_WRONG_INPUT;
	}
	a.file = argv[optind];
	buf_init(&a.why, WHY_MAX_BYTES);
	int rc = run(&a);
	buf_done(&a.why);
	return rc;
}
