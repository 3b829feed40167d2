/* fontaine bundle: an archive for whoever is asked for help, without secrets and without addresses of clients. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"

#include "base/mem.h"
#include "base/pop_json.h"
#include "fontaine/bundle_archive.h"
#include "fontaine/bundle_steps.h"
#include "fontaine/child.h"
#include "fontaine/moment.h"
#include "fontaine/secret_files.h"
#include "fontaine/secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum {
	FILE_MAX_BYTES = 2 << 20, /* of what is collected; words for addresses may be longer than they */
	SCRUBBED_MAX_BYTES = 8 << 20,
	SECRET_MAX_BYTES = 1 << 20,
	SINCE_DEFAULT_S = 7 * 86400,
	THREADS = 4,
};

struct bundle {
	const char *pop_path, *output; /* output: NULL: a name of its own, in this folder */
	bool dry_run, json;
	int64_t now_s, since_s;
	char *name; /* "fontaine-bundle-lyon-20261122T042500Z" */
	struct bundle_steps steps;
	atomic_size_t next; /* of them */
	struct {
		struct buf text;
		const char *result; /* a word; NULL: not collected */
		char *detail;
	} found[BUNDLE_STEPS_MAX];
	struct scrub *scrub;
	unsigned n_unread; /* files with secrets */
};

static void add_secrets(void *data, const char *path, mode_t mode, bool is_reachable)
{
	struct bundle *b = data;
	struct buf text;
	(void)mode;
	(void)is_reachable;

	buf_init(&text, SECRET_MAX_BYTES);
	if (buf_add_file(&text, path) < 0)
		b->n_unread++;
	else
		(void)secrets_in_file(b->scrub, buf_text(&text), text.len);
	if (text.len > 0)
		explicit_bzero(text.data, text.len);
	buf_done(&text);
}

/** All that is in a file that is wrong, but for comments: they may tell whatever they like. */
static void add_without_comments(struct buf *to, char *text)
{
	char *line;

	while ((line = strsep(&text, "\n")) != NULL) {
		char *comment = strchr(line, '#');
		if (comment != NULL)
			*comment = '\0';
		(void)buf_printf(to, "%s\n", line);
	}
}

static void set_result(struct bundle *b, size_t i, const char *result, char *detail)
{
	free(b->found[i].detail);
	b->found[i].result = result;
	b->found[i].detail = detail;
}

/** The archive's name, by that of the POP. */
static char *make_name(const struct bundle *b, const char *pop)
{
	time_t now = (time_t)b->now_s;
	char text[32];
	struct tm tm;

	(void)strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
	return mem_printf("fontaine-bundle-%s-%s", pop, text);
}

/** The POP file as it was understood; as it is, when it is wrong. */
static void collect_pop(struct bundle *b, size_t i)
{
	struct pop_error e;
	struct buf raw;
	struct pop *p;

	buf_init(&raw, FILE_MAX_BYTES);
	int rc = buf_add_file(&raw, b->pop_path);
	char *text = buf_take_text(&raw);
	if (rc < 0) {
		set_result(b, i, "failed", mem_printf("%s: %s", b->pop_path, strerror(-rc)));
	} else if (pop_parse(text, strlen(text), &p, &e) < 0) {
		set_result(b, i, "wrong", mem_printf("line %u: %s", e.line, e.what));
		add_without_comments(&b->found[i].text, text);
	} else {
		char *whole = pop_text(p);
		set_result(b, i, "whole", NULL);
		(void)buf_add(&b->found[i].text, whole, strlen(whole));
		b->name = make_name(b, p->site->name);
		free(whole);
		pop_free(p);
	}
	free(text);
	if (b->name == NULL)
		b->name = make_name(b, "unknown");
}

static void collect_step(struct bundle *b, size_t i)
{
	const struct bundle_step *step = &b->steps.all[i];
	struct buf *text = &b->found[i].text;

	int rc = child_run(step->argv, step->limit_ms, text);
	if (rc == -ETIMEDOUT)
		set_result(b, i, "cut", mem_printf("it took longer than %u s", step->limit_ms / 1000));
	else if (rc < 0)
		set_result(b, i, "failed", mem_strdup(strerror(-rc)));
	else if (rc > 0)
		set_result(b, i, "failed", mem_printf("exit status %d", rc));
	else if (text->len + BUFSIZ > text->max_bytes)
		set_result(b, i, "cut", mem_printf("it is longer than %d MiB", FILE_MAX_BYTES >> 20));
	else
		set_result(b, i, "whole", NULL);
}

/** Carry out one step after the other, beside others that do: what hangs holds up none but itself. */
static void *on_thread(void *data)
{
	struct bundle *b = data;
	size_t i;

	while ((i = atomic_fetch_add(&b->next, 1)) < b->steps.n) {
		(void)fprintf(stderr, "%2zu of %zu  %s\n", i + 1, b->steps.n, b->steps.all[i].name);
		if (b->steps.all[i].words[0] != NULL)
			collect_step(b, i);
		else
			collect_pop(b, i);
	}
	return NULL;
}

static void collect(struct bundle *b)
{
	pthread_t threads[THREADS];

	for (size_t i = 0; i < b->steps.n; i++)
		buf_init(&b->found[i].text, FILE_MAX_BYTES);
	for (size_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, on_thread, b) != 0)
			mem_exhausted();
	for (size_t i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
}

/** Take what is secret, and whose is not the POP's, out of all that was collected. */
static void scrub_all(struct bundle *b)
{
	for (size_t i = 0; i < b->steps.n; i++)
		if (b->steps.all[i].is_own)
			scrub_keep(b->scrub, buf_text(&b->found[i].text), b->found[i].text.len);
	for (size_t i = 0; i < b->steps.n; i++) {
		struct buf *text = &b->found[i].text, clean;
		buf_init(&clean, SCRUBBED_MAX_BYTES);
		if (scrub_text(b->scrub, buf_text(text), text->len, &clean) < 0) {
			buf_done(&clean);
			set_result(b, i, "left out", mem_strdup("addresses are in it in a way that cannot be undone"));
		}
		buf_done(text);
		*text = clean;
	}
}

static char *command_line(const struct bundle_step *step)
{
	struct buf all;

	buf_init(&all, FILE_MAX_BYTES);
	for (size_t i = 0; step->words[i] != NULL; i++)
		(void)buf_printf(&all, "%s%s", i > 0 ? " " : "", step->words[i]);
	return buf_take_text(&all);
}

static void add_members(const struct bundle *b, yyjson_mut_doc *d, yyjson_mut_val *all)
{
	for (size_t i = 0; i < b->steps.n; i++) {
		yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, all);
		char *from = command_line(&b->steps.all[i]);
		yyjson_mut_obj_add_strcpy(d, o, "name", b->steps.all[i].name);
		yyjson_mut_obj_add_strcpy(d, o, "from", *from != '\0' ? from : b->pop_path);
		free(from);
		if (b->found[i].result == NULL)
			continue;
		yyjson_mut_obj_add_uint(d, o, "bytes", b->found[i].text.len);
		yyjson_mut_obj_add_str(d, o, "result", b->found[i].result);
		if (b->found[i].detail != NULL)
			yyjson_mut_obj_add_strcpy(d, o, "detail", b->found[i].detail);
	}
}

/** What is in the archive, and what is not. Release with free(). */
static char *manifest(const struct bundle *b)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);

	if (b->name != NULL)
		yyjson_mut_obj_add_str(d, root, "name", b->name);
	yyjson_mut_obj_add_str(d, root, "version", FONTAINE_VERSION);
	add_members(b, d, yyjson_mut_obj_add_arr(d, root, "members"));
	yyjson_mut_val *left_out = yyjson_mut_obj_add_arr(d, root, "left_out");
	for (size_t i = 0; i < bundle_n_left_out; i++) {
		yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, left_out);
		yyjson_mut_obj_add_str(d, o, "what", bundle_left_out[i].what);
		yyjson_mut_obj_add_str(d, o, "why", bundle_left_out[i].why);
	}
	if (b->scrub != NULL) {
		yyjson_mut_val *replaced = yyjson_mut_obj_add_arr(d, root, "replaced");
		for (enum scrub_kind k = 0; k < SCRUB_KINDS; k++) {
			yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, replaced);
			yyjson_mut_obj_add_str(d, o, "kind", scrub_kind_word(k));
			yyjson_mut_obj_add_uint(d, o, "times", scrub_count(b->scrub, k));
		}
	}
	char *text = pop_json_text(d, root);
	yyjson_mut_doc_free(d);
	return text;
}

/** Write the archive into @fd (taken). Return: 0, or a negative errno. */
static int write_archive(struct bundle *b, int fd, const char *about)
{
	struct bundle_archive *a = bundle_archive_new(fd, b->now_s);

	bundle_archive_add(a, "MANIFEST.json", about, strlen(about));
	for (size_t i = 0; i < b->steps.n; i++)
		bundle_archive_add(a, b->steps.all[i].name, buf_text(&b->found[i].text), b->found[i].text.len);
	return bundle_archive_close(a);
}

/** Say why there is no archive. Return: EXIT_FAILED. */
static int fail(const char *path, const char *why, const char *remedy)
{
	(void)fprintf(stderr, "%s: %s\n  %s\n", path, why, remedy);
	return EXIT_FAILED;
}

/** Look through the archive on the disk. Return: 0; -EPERM and *reterr_why, released with free(); or another. */
static int look_through(struct bundle *b, const char *part, char **reterr_why)
{
	enum scrub_kind kind = SCRUB_SECRET;
	char name[BUNDLE_NAME_MAX] = "";

	int rc = bundle_archive_check(part, b->scrub, name, &kind);
	if (rc == -EPERM)
		*reterr_why = mem_printf("it would have had a %s in %s, and is not kept: report that, without the file",
		                         scrub_kind_word(kind), name);
	return rc;
}

/** Write it beside its place, and have it there only when it is fine. */
static int write_checked(struct bundle *b, const char *path, const char *about)
{
	char *part = mem_printf("%s.part", path), *why = NULL;
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	int rc = fd < 0 ? -errno : write_archive(b, fd, about);
	if (rc == 0)
		rc = look_through(b, part, &why);
	if (rc == 0 && link(part, path) < 0) /* takes nobody's place */
		rc = -errno;
	if (rc < 0)
		(void)fail(path, why != NULL ? why : strerror(-rc), "give another place by --output");
	(void)unlink(part);
	free(why);
	free(part);
	return rc == 0 ? EXIT_FINE : EXIT_FAILED;
}

static int make(struct bundle *b)
{
	uint64_t key[2];

	arc4random_buf(key, sizeof(key));
	b->scrub = scrub_new(key);
	explicit_bzero(key, sizeof(key));
	unsigned n = secret_files_each(add_secrets, b);
	if (b->n_unread > 0 || (n == 0 && geteuid() != 0))
		return fail("fontaine bundle", "what is secret cannot be read, and so not be left out",
		            "run it as root");
	collect(b);
	(void)secrets_in_pop(b->scrub, buf_text(&b->found[0].text), b->found[0].text.len);
	scrub_all(b);

	char *raw = manifest(b), *path = b->output != NULL ? mem_strdup(b->output) : mem_printf("%s.tar.gz", b->name);
	struct buf about;
	buf_init(&about, SCRUBBED_MAX_BYTES);
	int rc = scrub_text(b->scrub, raw, strlen(raw), &about) == 0 ? write_checked(b, path, buf_text(&about))
	                                                             : EXIT_FAILED;
	if (rc == EXIT_FINE)
		(void)printf("%s\n", b->json ? buf_text(&about) : path);
	buf_done(&about);
	free(raw);
	free(path);
	return rc;
}

/** Only say what would be in it. */
static void tell(const struct bundle *b)
{
	if (b->json) {
		char *text = manifest(b);
		(void)fputs(text, stdout);
		free(text);
		return;
	}
	for (size_t i = 0; i < b->steps.n; i++) {
		char *from = command_line(&b->steps.all[i]);
		(void)printf("%-36s %s\n", b->steps.all[i].name, *from != '\0' ? from : b->pop_path);
		free(from);
	}
	for (size_t i = 0; i < bundle_n_left_out; i++)
		(void)printf("left out: %s: %s\n", bundle_left_out[i].what, bundle_left_out[i].why);
}

static int run(struct bundle *b)
{
	char since[32];
	int rc = EXIT_FINE;

	(void)snprintf(since, sizeof(since), "@%lld", (long long)b->since_s);
	bundle_steps_init(&b->steps, b->pop_path, since);
	if (b->dry_run)
		tell(b);
	else
		rc = make(b);
	for (size_t i = 0; i < b->steps.n; i++) {
		buf_done(&b->found[i].text);
		free(b->found[i].detail);
	}
	bundle_steps_done(&b->steps);
	if (b->scrub != NULL)
		scrub_free(b->scrub);
	free(b->name);
	return rc;
}

static void print_help(void)
{
	(void)printf("Usage: fontaine bundle [FILE] [--output ARCHIVE] [--since MOMENT] [--dry-run] [--json]\n"
	             "fontaine-bundle: collect what is needed to help, without secrets and addresses of clients.\n\n"
	             "  FILE              the POP file (default: " POP_PATH ")\n"
	             "  --output ARCHIVE  where to write (default: fontaine-bundle-POP-TIME.tar.gz, here)\n"
	             "  --since MOMENT    of journals, what came since (default: 7d):\n"
	             "                    " MOMENT_FORMS "\n"
	             "  --dry-run         only say what would be in it\n"
	             "  --json            print as JSON what is in it, and what is not\n"
	             "  --help            print this text and exit\n\n"
	             "More: man fontaine-bundle\n");
}

int bundle_main(int argc, char **argv)
{
	static const struct option options[] = {
		{"output", required_argument, NULL, 'o'},
		{"since", required_argument, NULL, 's'},
		{"dry-run", no_argument, NULL, 'n'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct bundle *b = mem_new(sizeof(*b));
	int option, rc = EXIT_FINE;

	b->pop_path = POP_PATH;
	b->now_s = time(NULL);
	b->since_s = b->now_s - SINCE_DEFAULT_S;
	while (rc == EXIT_FINE && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h') {
			print_help();
			free(b);
			return EXIT_FINE;
		}
		b->dry_run = b->dry_run || option == 'n';
		b->json = b->json || option == 'j';
		if (option == 'o')
			b->output = optarg;
		if (option == '?' || (option == 's' && moment_parse(optarg, b->now_s, &b->since_s) < 0))
			rc = EXIT_WRONG_INPUT;
	}
	if (rc != EXIT_FINE || argc - optind > 1)
		(void)fprintf(stderr, "Usage: fontaine bundle [FILE] [--output ARCHIVE] [--since MOMENT] [--dry-run] "
		                      "[--json]\n  MOMENT: " MOMENT_FORMS "\n");
	if (argc - optind > 1)
		rc = EXIT_WRONG_INPUT;
	if (argc - optind == 1)
		b->pop_path = argv[optind];
	rc = rc == EXIT_FINE ? run(b) : rc;
	free(b);
	return rc;
}
