/* fontaine certificates: what the POP's certificate is, and whether visitors can trust it. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/pop_json.h"
#include "base/utc.h"
#include "net/certificate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NAMES_PATH "/run/fontaine/tls/names" /* "fontaine render" writes it */

enum {
	NAMES_MAX_BYTES = 1 << 16,
	ISSUER_MAX_BYTES = 256,
	PROBLEM_MAX_BYTES = 320,
	DAY_S = 86400,
	LEAST_SHARE = 10, /* of its lifetime, when a renewal is long overdue */
};

/** What is found, as JSON; a table is made of the same. */
struct judging {
	const struct pop *pop;
	struct certificate *certificate;
	yyjson_mut_doc *doc;
	yyjson_mut_val *names, *problems;
	int64_t now_s;
};

static void find(struct judging *j, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void find(struct judging *j, const char *format, ...)
{
	char text[PROBLEM_MAX_BYTES];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	yyjson_mut_arr_add_strcpy(j->doc, j->problems, text);
}

static void add_name(void *data, const char *name)
{
	struct judging *j = data;

	yyjson_mut_arr_add_strcpy(j->doc, j->names, name);
}

static void judge_dates(struct judging *j)
{
	char text[UTC_TEXT_MAX];
	int64_t begins_s = certificate_begins_s(j->certificate), ends_s = certificate_ends_s(j->certificate);

	if (j->now_s < begins_s)
		find(j, "it is not valid before %s: is the clock of this machine right?", utc_text(begins_s, text));
	else if (j->now_s >= ends_s)
		find(j, "it has expired at %s", utc_text(ends_s, text));
	else if (ends_s - j->now_s < (ends_s - begins_s) / LEAST_SHARE)
		find(j, "it expires soon and was not renewed: see journalctl -u fontaine-certificates");
}

/** The names that the POP has; a CA is not asked for addresses. */
static void judge_names(struct judging *j)
{
	struct buf text;
	char *line, *rest;

	buf_init(&text, NAMES_MAX_BYTES);
	int rc = buf_add_file(&text, NAMES_PATH);
	if (rc < 0)
		find(j, "the POP's names are not known: %s: %s", NAMES_PATH, strerror(-rc));
	for (line = strtok_r(text.data, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
		if ((strncmp(line, "IP:", 3) != 0 || j->pop->certificates == NULL) &&
		    !certificate_is_for(j->certificate, line))
			find(j, "it is not for %s", line);
	buf_done(&text);
}

static void judge(struct judging *j, const char *dir)
{
	char *key = mem_printf("%s/server.key", dir), *own_ca = mem_printf("%s/ca.crt", dir);
	const struct pop_certificates *c = j->pop->certificates;

	int rc = certificate_check_key(j->certificate, key);
	if (rc == -EINVAL)
		find(j, "%s is not its key", key);
	else if (rc < 0)
		find(j, "%s: %s", key, strerror(-rc));
	judge_dates(j);
	judge_names(j);
	const char *distrust = certificate_distrust(j->certificate, c == NULL ? own_ca : c->ca_file, j->now_s);
	if (distrust != NULL)
		find(j, "clients do not trust it: %s", distrust);
	free(own_ca);
	free(key);
}

/** Days, rounded down; less than 0 when it has expired. */
static int64_t days_left(const struct judging *j)
{
	int64_t left_s = certificate_ends_s(j->certificate) - j->now_s;

	return left_s >= 0 ? left_s / DAY_S : -1 - (-1 - left_s) / DAY_S;
}

static void print_json(const struct judging *j, const char *file)
{
	yyjson_mut_val *o = yyjson_mut_obj(j->doc);
	char issuer[ISSUER_MAX_BYTES], text[UTC_TEXT_MAX];

	yyjson_mut_obj_add_str(j->doc, o, "file", file);
	yyjson_mut_obj_add_str(j->doc, o, "issuer", certificate_issuer(j->certificate, issuer, sizeof(issuer)));
	yyjson_mut_obj_add_val(j->doc, o, "names", j->names);
	yyjson_mut_obj_add_strcpy(j->doc, o, "begins", utc_text(certificate_begins_s(j->certificate), text));
	yyjson_mut_obj_add_strcpy(j->doc, o, "expires", utc_text(certificate_ends_s(j->certificate), text));
	yyjson_mut_obj_add_int(j->doc, o, "days_left", days_left(j));
	yyjson_mut_obj_add_val(j->doc, o, "problems", j->problems);
	char *json = pop_json_text(j->doc, o);
	(void)fputs(json, stdout);
	free(json);
}

static void print_list(const char *title, yyjson_mut_val *list)
{
	yyjson_mut_val *text;
	size_t i, n;

	yyjson_mut_arr_foreach(list, i, n, text)
		(void)printf("%-9s %s\n", i == 0 ? title : "", yyjson_mut_get_str(text));
}

static void print_table(const struct judging *j, const char *file)
{
	char issuer[ISSUER_MAX_BYTES], text[UTC_TEXT_MAX];

	(void)printf("file      %s\nissuer    %s\nexpires   %s, %" PRId64 " days left\n", file,
	             certificate_issuer(j->certificate, issuer, sizeof(issuer)),
	             utc_text(certificate_ends_s(j->certificate), text), days_left(j));
	print_list("names", j->names);
	print_list("problems", j->problems);
}

int certificates_run(const struct arguments *a)
{
	struct judging j = {.now_s = (int64_t)time(NULL)};
	struct pop *p;

	int status = command_load_pop(a->pop_path, &p);
	if (status != EXIT_FINE)
		return status;
	char *file = mem_printf("%s/server.crt", a->tls_path);
	int rc = certificate_read(file, &j.certificate);
	if (rc == 0) {
		j.pop = p;
		j.doc = yyjson_mut_doc_new(NULL);
		j.names = yyjson_mut_arr(j.doc);
		j.problems = yyjson_mut_arr(j.doc);
		certificate_names(j.certificate, add_name, &j);
		judge(&j, a->tls_path);
		status = yyjson_mut_arr_size(j.problems) > 0 ? EXIT_FAILED : EXIT_FINE;
		if (a->json)
			print_json(&j, file);
		else
			print_table(&j, file);
		yyjson_mut_doc_free(j.doc);
		certificate_free(j.certificate);
	} else {
		const char *why = rc == -EINVAL ? "there is no certificate in it" : strerror(-rc);
		(void)fprintf(stderr, "%s: %s\n", file, why);
		status = EXIT_FAILED;
	}
	free(file);
	pop_free(p);
	return status;
}
