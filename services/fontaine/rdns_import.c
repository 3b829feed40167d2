/*
 * fontaine rdns import: delegations of a CSV file into rdnsd, by its API. Without checks they go in portions,
 * each in one transaction; with checks one by one. Once more does no harm: what is there already stays.
 */
/* SPDX-License-Identifier: MIT */
#include "fontaine/rdns.h"

#include "base/buf.h"
#include "base/csv.h"
#include "base/json_write.h"
#include "fontaine/api_client.h"
#include "fontaine/command.h"
#include "fontaine/progress.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOCKET "/run/rdnsd/http.sock"

enum {
	FILE_MAX_BYTES = 64 << 20,
	TOKEN_FILE_MAX_BYTES = 256,
	ANSWER_MAX_BYTES = 1 << 20,
	PORTION_MAX = 2000,             /* delegations, as the API has it */
	PORTION_MAX_BYTES = 240 * 1024, /* of its body, of which the API takes 256 KiB */
	KEYS_BYTES = 64,                /* around one delegation in JSON, less than these */
	SERVER_BYTES = 32,              /* around a server or an address */
	DS_BYTES = 80,                  /* around a DS */
};

/* What is being imported. */
struct import {
	const char *path;
	bool is_checked;
	struct api_client api;
	struct csv csv;
	size_t n_bytes; /* of the file */

	yyjson_mut_doc *doc; /* of the portion */
	yyjson_mut_val *list;
	size_t portion_bytes;
	unsigned lines[PORTION_MAX];

	size_t n_changed, n_unchanged, n_refused;
};

static int wrong_line(const struct import *im, const char *what)
{
	progress_clear();
	(void)fprintf(stderr, "%s: line %u: %s\n", im->path, im->csv.line, what);
	return EXIT_WRONG_INPUT;
}

/* Send @body. Return: the status of HTTP, the answer in @answer; 0 after a failure that was explained. */
static long send_body(struct import *im, const char *method, const char *path, const char *body, struct buf *answer)
{
	const char *why;
	long status = api_client_send(&im->api, method, path, body, answer, &why);

	if (status != 0)
		return status;
	progress_clear();
	(void)fprintf(stderr, "%s: %s\n", im->api.url != NULL ? im->api.url : im->api.socket, why);
	return 0;
}

static const char *text_of(yyjson_val *root, const char *key)
{
	const char *text = yyjson_get_str(yyjson_obj_get(root, key));

	return text != NULL ? text : "";
}

/* Say what the answer, a problem, is about, in lines of the file where it names one. */
static void explain(const struct import *im, yyjson_val *problem, unsigned first_line)
{
	const char *detail = text_of(problem, "detail");
	size_t at;
	int n = 0;

	progress_clear();
	if (sscanf(detail, "delegations[%zu]%n", &at, &n) == 1 && n > 0 && at < PORTION_MAX)
		(void)fprintf(stderr, "%s: line %u: %s\n", im->path, im->lines[at],
		              detail + n + strspn(detail + n, ".: "));
	else
		(void)fprintf(stderr, "%s: line %u: %s. %s\n", im->path, first_line, text_of(problem, "title"), detail);
}

static void explain_findings(const char *zone, yyjson_val *check)
{
	yyjson_val *finding;
	size_t i, n;

	yyjson_arr_foreach(yyjson_obj_get(check, "findings"), i, n, finding) {
		if (strcmp(text_of(finding, "severity"), "error") == 0)
			(void)fprintf(stderr, "  %s: %s\n", zone, text_of(finding, "what"));
	}
}

/* What a check has found to be wrong. */
static void explain_check(yyjson_val *problem)
{
	yyjson_val *zone, *check;
	size_t i, j, n, n_checks;

	yyjson_arr_foreach(yyjson_obj_get(problem, "checks"), i, n, zone) {
		yyjson_arr_foreach(yyjson_obj_get(zone, "checks"), j, n_checks, check) {
			explain_findings(text_of(zone, "zone"), check);
		}
	}
}

/* Send one request, and count what came of its delegations. Return: an exit status. */
static int request(struct import *im, const char *method, const char *path, const char *body, unsigned line)
{
	struct buf answer;
	int result = EXIT_FAILED;

	buf_init(&answer, ANSWER_MAX_BYTES);
	long status = send_body(im, method, path, body, &answer);
	yyjson_doc *doc = yyjson_read(buf_text(&answer), answer.len, 0);
	yyjson_val *root = yyjson_doc_get_root(doc);
	if (status == 200 && !im->is_checked) {
		im->n_changed += yyjson_get_uint(yyjson_obj_get(root, "changed"));
		im->n_unchanged += yyjson_get_uint(yyjson_obj_get(root, "unchanged"));
		result = EXIT_FINE;
	} else if (status >= 200 && status < 300) {
		im->n_changed++;
		result = EXIT_FINE;
	} else if (status != 0) {
		explain(im, root, line);
		explain_check(root);
	}
	yyjson_doc_free(doc);
	buf_done(&answer);
	return result;
}

static int flush(struct import *im)
{
	size_t n = yyjson_mut_arr_size(im->list);
	int status = EXIT_FINE;

	if (n > 0) {
		yyjson_mut_val *root = yyjson_mut_obj(im->doc);
		yyjson_mut_obj_add_val(im->doc, root, "delegations", im->list);
		char *body = json_take(im->doc, root);
		status = request(im, "POST", "/api/v1/delegations", body, im->lines[0]);
		free(body);
		im->doc = yyjson_mut_doc_new(NULL);
		im->list = yyjson_mut_arr(im->doc);
		im->portion_bytes = 0;
	}
	return status;
}

/* "NAME" or "NAME=ADDR,ADDR", cut up. */
static void add_server(yyjson_mut_doc *d, yyjson_mut_val *list, char *text)
{
	char *rest = NULL, *name = strtok_r(text, "=", &rest), *addresses = strtok_r(NULL, "", &rest);
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);

	json_add_text(d, o, "name", name);
	if (addresses == NULL)
		return;
	yyjson_mut_val *all = yyjson_mut_obj_add_arr(d, o, "addresses");
	for (char *one = strtok_r(addresses, ",", &rest); one != NULL; one = strtok_r(NULL, ",", &rest))
		(void)yyjson_mut_arr_add_strcpy(d, all, one);
}

/* "[ZONE] TAG ALGORITHM TYPE DIGEST". Return: whether it is that. */
static bool add_ds(yyjson_mut_doc *d, yyjson_mut_val *list, const char *text)
{
	char zone[128] = "", digest[256];
	unsigned tag, algorithm, type;

	if (sscanf(text, "%u %u %u %255s", &tag, &algorithm, &type, digest) != 4 &&
	    sscanf(text, "%127s %u %u %u %255s", zone, &tag, &algorithm, &type, digest) != 5)
		return false;
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);
	json_add_text(d, o, "zone", zone[0] != '\0' ? zone : NULL);
	yyjson_mut_obj_add_uint(d, o, "key_tag", tag);
	yyjson_mut_obj_add_uint(d, o, "algorithm", algorithm);
	yyjson_mut_obj_add_uint(d, o, "digest_type", type);
	json_add_text(d, o, "digest", digest);
	return true;
}

/* What a row says its prefix is delegated to; NULL: a DS in it is none. */
static yyjson_mut_val *row_json(yyjson_mut_doc *d, const struct csv_row *row)
{
	yyjson_mut_val *to = yyjson_mut_obj(d);
	yyjson_mut_val *servers = yyjson_mut_obj_add_arr(d, to, "nameservers");
	yyjson_mut_val *ds = yyjson_mut_obj_add_arr(d, to, "ds");
	char text[CSV_ROW_MAX_BYTES], *rest = NULL;

	(void)snprintf(text, sizeof(text), "%s", row->fields[1]);
	for (char *one = strtok_r(text, " ", &rest); one != NULL; one = strtok_r(NULL, " ", &rest))
		add_server(d, servers, one);
	(void)snprintf(text, sizeof(text), "%s", row->n > 2 ? row->fields[2] : "");
	for (char *one = strtok_r(text, ";", &rest); one != NULL; one = strtok_r(NULL, ";", &rest))
		if (!add_ds(d, ds, one))
			return NULL;
	if (row->n > 3 && row->fields[3][0] != '\0')
		json_add_text(d, to, "form", row->fields[3]);
	return to;
}

/* One delegation, with its check. What is refused does not stop those after it. */
static int put(struct import *im, const char *prefix, yyjson_mut_val *to)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "/api/v1/delegations/%.80s", prefix);
	char *body = json_take(im->doc, to);
	im->doc = yyjson_mut_doc_new(NULL);
	im->list = yyjson_mut_arr(im->doc);
	if (request(im, "PUT", path, body, im->csv.line) != EXIT_FINE)
		im->n_refused++;
	free(body);
	return EXIT_FINE;
}

/* At most so long is what the row is in JSON. */
static size_t json_bytes(const struct csv_row *row)
{
	size_t n = KEYS_BYTES + strlen(row->fields[0]);

	for (const char *c = row->fields[1]; *c != '\0'; c++)
		n += *c == ' ' || *c == ',' || *c == '=' ? SERVER_BYTES : 1;
	n += SERVER_BYTES;
	for (const char *c = row->n > 2 ? row->fields[2] : ""; *c != '\0'; c++)
		n += *c == ';' ? DS_BYTES : 1;
	return n + (row->n > 2 ? DS_BYTES : 0);
}

static int add_row(struct import *im, const struct csv_row *row)
{
	if (row->n < 2 || row->n > 4)
		return wrong_line(im, "give prefix,nameservers[,ds[,form]]");
	yyjson_mut_val *to = row_json(im->doc, row);
	if (to == NULL)
		return wrong_line(im, "a DS is \"TAG ALGORITHM TYPE DIGEST\", several are parted by ;");
	if (im->is_checked)
		return put(im, row->fields[0], to);
	size_t n = yyjson_mut_arr_size(im->list);
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(im->doc, im->list);
	json_add_text(im->doc, o, "prefix", row->fields[0]);
	yyjson_mut_obj_add_val(im->doc, o, "to", to);
	im->lines[n] = im->csv.line;
	im->portion_bytes += json_bytes(row);
	return n + 1 == PORTION_MAX || im->portion_bytes > PORTION_MAX_BYTES ? flush(im) : EXIT_FINE;
}

static int import_rows(struct import *im)
{
	struct csv_row row;
	int rc, status = EXIT_FINE;

	while (status == EXIT_FINE && (rc = csv_next(&im->csv, &row)) != 0) {
		char text[64];
		if (rc < 0)
			return wrong_line(im, "no CSV (RFC 4180), or more than 1024 bytes");
		if (im->csv.line == 1 && strcmp(row.fields[0], "prefix") == 0)
			continue;
		status = add_row(im, &row);
		(void)snprintf(text, sizeof(text), "line %u", im->csv.line);
		progress_show("import", 1 - (double)(im->csv.end - im->csv.at) / (double)(im->n_bytes + 1), text);
	}
	return status == EXIT_FINE ? flush(im) : status;
}

static int import_file(struct import *im)
{
	struct buf text;

	buf_init(&text, FILE_MAX_BYTES);
	int rc = buf_add_file(&text, im->path);
	if (rc < 0) {
		(void)fprintf(stderr, "%s: %s\n", im->path, strerror(-rc));
		buf_done(&text);
		return EXIT_WRONG_INPUT;
	}
	im->csv = csv_start(buf_text(&text), text.len);
	im->n_bytes = text.len;
	im->doc = yyjson_mut_doc_new(NULL);
	im->list = yyjson_mut_arr(im->doc);
	int status = import_rows(im);
	progress_clear();
	(void)printf("%zu delegated, %zu were so already, %zu refused\n", im->n_changed, im->n_unchanged,
	             im->n_refused);
	yyjson_mut_doc_free(im->doc);
	buf_done(&text);
	return status == EXIT_FINE && im->n_refused > 0 ? EXIT_FAILED : status;
}

/* Add the header with the token of the file at @path. Return: 0, or -1, explained. */
static int take_token(struct import *im, const char *path)
{
	char line[TOKEN_FILE_MAX_BYTES + 32];
	struct buf token;

	buf_init(&token, TOKEN_FILE_MAX_BYTES);
	int rc = path == NULL ? -ENOENT : buf_add_file(&token, path);
	if (rc < 0)
		(void)fprintf(stderr,
		              "fontaine rdns import: --token-file %s: %s\n  give a file with a token of the operators:"
		              " fontaine rdns token add --operator --label import >FILE\n",
		              path != NULL ? path : "", strerror(-rc));
	else
		(void)snprintf(line, sizeof(line), "Authorization: Bearer %.*s",
		               (int)strcspn(buf_text(&token), " \r\n"),
		               buf_text(&token));
	buf_done(&token);
	if (rc < 0)
		return -1;
	api_client_add_header(&im->api, line);
	api_client_add_header(&im->api, "Content-Type: application/json");
	return 0;
}

int rdns_import(const struct subcommand *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"check", no_argument, NULL, 'c'},
		{"token-file", required_argument, NULL, 't'},
		{"url", required_argument, NULL, 'u'},
		{"socket", required_argument, NULL, 's'},
		{NULL, 0, NULL, 0},
	};
	struct import im = {.api = {.socket = SOCKET}};
	const char *token_path = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return subcommand_usage_error(c);
		im.is_checked = im.is_checked || option == 'c';
		token_path = option == 't' ? optarg : token_path;
		im.api.url = option == 'u' ? optarg : im.api.url;
		im.api.socket = option == 's' ? optarg : im.api.socket;
	}
	if (optind + 1 != argc)
		return subcommand_usage_error(c);
	im.path = argv[optind];
	api_client_open(&im.api);
	int status = take_token(&im, token_path) < 0 ? EXIT_WRONG_INPUT : import_file(&im);
	api_client_close(&im.api);
	return status;
}
