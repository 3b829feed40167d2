/* fontaine notices: what members were told, whether telling them works, and when they are told nothing. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/api_client.h"
#include "fontaine/command.h"
#include "fontaine/command_group.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <yyjson.h>

#define SOCKET        "/run/peerd/control.sock"
#define SOCKET_OPTION "  --socket FILE\n                of peerd (default: " SOCKET ")\n"

enum {
	ANSWER_MAX_BYTES = 8 << 20,
	PATH_MAX_BYTES = 96,
	QUERY_MAX_BYTES = 4096,
};

struct notices_call {
	struct api_client api;
	const char *state; /* of those that are listed; NULL: all */
	const char *reason;
	bool json;
};

static int run(const struct subcommand *c, int argc, char **argv);

static const struct subcommand commands[] = {
	{"notices", "list", run, "[--state STATE] [--json] [--socket FILE]",
         "show the newest messages, and what became of them",
         "  --state STATE waiting, sending, sent or failed alone\n"
         "  --json        print JSON, as peerd has it\n" SOCKET_OPTION},
	{"notices", "test", run, "[ASN] [--json] [--socket FILE]",
         "send a message that says it is a test, to whoever is told of a network",
         "  ASN           its AS number (default: the operators)\n"
         "  --json        print JSON, as peerd has it\n" SOCKET_OPTION},
	{"notices", "quiet", run, "[ASN|all FROM UNTIL [--reason TEXT]] [--json] [--socket FILE]",
         "tell nothing of a network, or of any, while there is maintenance; or list when that is so",
         "  FROM          \"now\", or a time in UTC: 2026-03-14T22:00Z\n"
         "  UNTIL         a time in UTC; or +02:00, two hours after FROM; 31 days at most\n"
         "  --reason TEXT why, for other operators\n"
         "  --json        print JSON, as peerd has it\n" SOCKET_OPTION},
	{"notices", "end", run, "NUMBER [--json] [--socket FILE]",
         "end a maintenance now, or forget one that was planned",
         "  NUMBER        as \"fontaine notices quiet\" lists it\n"
         "  --json        print JSON, as peerd has it\n" SOCKET_OPTION},
};

static const char *text_of(yyjson_val *o, const char *key)
{
	const char *text = yyjson_get_str(yyjson_obj_get(o, key));

	return text != NULL ? text : "";
}

/** Ask, and print the answer if that is wanted as it is. Return: EXIT_FINE and *ret, which may be NULL; or why not. */
static int send_call(struct notices_call *n, const char *method, const char *path, yyjson_doc **ret)
{
	struct buf answer;
	const char *why = "";

	buf_init(&answer, ANSWER_MAX_BYTES);
	long status = api_client_send(&n->api, method, path, "", &answer, &why);
	yyjson_doc *d = yyjson_read(buf_text(&answer), answer.len, 0);
	int result = status == 200 && d != NULL ? EXIT_FINE : EXIT_FAILED;
	if (result == EXIT_FINE && n->json)
		(void)printf("%s\n", answer.data);
	else if (status == 404)
		(void)fprintf(stderr, "%s: peerd tells nobody: add \"notices\" to the POP file\n", n->api.socket);
	else if (status == 400)
		(void)fprintf(stderr, "fontaine notices: %s\n", text_of(yyjson_doc_get_root(d), "error"));
	else if (result != EXIT_FINE)
		(void)fprintf(stderr,
		              "%s: %s\n  is peerd running, and may you ask it? systemctl status peerd; "
		              "run this as root\n",
		              n->api.socket, status == 0 ? why : "it cannot say now");
	buf_done(&answer);
	if (result == EXIT_FINE)
		*ret = d;
	else
		yyjson_doc_free(d);
	return status == 400 ? EXIT_WRONG_INPUT : result;
}

static int list(struct notices_call *n)
{
	char path[PATH_MAX_BYTES];
	yyjson_val *o;
	yyjson_doc *d;
	size_t i, max;

	(void)snprintf(path, sizeof(path), "/api/v1/notices%s%s", n->state != NULL ? "?state=" : "",
	               n->state != NULL ? n->state : "");
	int status = send_call(n, "GET", path, &d);
	if (status != EXIT_FINE)
		return status;
	yyjson_val *all = yyjson_obj_get(yyjson_doc_get_root(d), "notices");
	yyjson_arr_foreach(all, i, max, o) {
		if (n->json)
			break;
		const char *why = text_of(o, "why");
		(void)printf("%-20s  %-7s  %-7s  %s  %s%s%s\n", text_of(o, "made"), text_of(o, "state"),
		             text_of(o, "by"), text_of(o, "to"), text_of(o, "subject"), *why != '\0' ? ": " : "", why);
	}
	yyjson_doc_free(d);
	return EXIT_FINE;
}

static int test(struct notices_call *n, const char *asn)
{
	char path[PATH_MAX_BYTES];
	yyjson_doc *d;

	(void)snprintf(path, sizeof(path), "/api/v1/notices/test?asn=%s", asn);
	int status = send_call(n, "POST", path, &d);
	if (status != EXIT_FINE)
		return status;
	int64_t queued = yyjson_get_sint(yyjson_obj_get(yyjson_doc_get_root(d), "queued"));
	yyjson_doc_free(d);
	if (queued == 0)
		(void)fprintf(stderr, "nobody is told of %s%s: it has no contact, or wishes nothing\n",
		              strcmp(asn, "0") == 0 ? "the operators" : "AS", strcmp(asn, "0") == 0 ? "" : asn);
	else if (!n->json)
		(void)printf("%" PRId64 " to be sent: \"fontaine notices list\" says what becomes of it\n", queued);
	return queued > 0 ? EXIT_FINE : EXIT_FAILED;
}

static int print_quiet(struct notices_call *n, const char *method, const char *path)
{
	yyjson_val *o;
	yyjson_doc *d;
	size_t i, max;
	int status = send_call(n, method, path, &d);

	if (status != EXIT_FINE)
		return status;
	yyjson_val *all = yyjson_obj_get(yyjson_doc_get_root(d), "quiet");
	yyjson_arr_foreach(all, i, max, o) {
		char asn[16] = "all";
		if (n->json)
			break;
		if (!yyjson_is_null(yyjson_obj_get(o, "asn")))
			(void)snprintf(asn, sizeof(asn), "AS%" PRId64, yyjson_get_sint(yyjson_obj_get(o, "asn")));
		(void)printf("%3" PRId64 "  %-7s  %-12s %s to %s  %s\n", yyjson_get_sint(yyjson_obj_get(o, "id")),
		             text_of(o, "state"), asn, text_of(o, "from"), text_of(o, "until"), text_of(o, "reason"));
	}
	yyjson_doc_free(d);
	return EXIT_FINE;
}

/** Append &KEY=TEXT, whatever is in @text (RFC 3986, 2.1). */
static void add_query(struct buf *path, const char *key, const char *text)
{
	(void)buf_printf(path, "&%s=", key);
	for (; *text != '\0'; text++)
		(void)buf_printf(path, "%%%02X", (unsigned char)*text);
}

static int quiet(struct notices_call *n, char *const *words, int n_words)
{
	static const char place[] = "/api/v1/notices/quiet";
	struct buf path;

	if (n_words == 0)
		return print_quiet(n, "GET", place);
	buf_init(&path, QUERY_MAX_BYTES);
	(void)buf_printf(&path, "%s?", place);
	add_query(&path, "asn", strcmp(words[0], "all") == 0 ? "0" : words[0]);
	add_query(&path, "from", words[1]);
	add_query(&path, "until", words[2]);
	if (n->reason != NULL)
		add_query(&path, "reason", n->reason);
	int status = print_quiet(n, "POST", buf_text(&path));
	buf_done(&path);
	return status;
}

static int end(struct notices_call *n, const char *number)
{
	char path[PATH_MAX_BYTES];

	(void)snprintf(path, sizeof(path), "/api/v1/notices/quiet/end?id=%s", number);
	return print_quiet(n, "POST", path);
}

/** Letters and digits alone go into a path. */
static bool is_word(const char *text, const char *letters)
{
	return *text != '\0' && strlen(text) <= 10 && text[strspn(text, letters)] == '\0';
}

/** Whether @n_words are as @command wants them. */
static bool are_right(const char *command, char *const *words, int n_words)
{
	static const char digits[] = "0123456789";

	if (strcmp(command, "list") == 0)
		return n_words == 0;
	if (strcmp(command, "quiet") == 0)
		return n_words == 0 || (n_words == 3 && (strcmp(words[0], "all") == 0 || is_word(words[0], digits)));
	if (strcmp(command, "end") == 0)
		return n_words == 1 && is_word(words[0], digits);
	return n_words == 0 || (n_words == 1 && is_word(words[0], digits));
}

static int carry_out(struct notices_call *n, const char *command, char *const *words, int n_words)
{
	if (strcmp(command, "list") == 0)
		return list(n);
	if (strcmp(command, "quiet") == 0)
		return quiet(n, words, n_words);
	if (strcmp(command, "end") == 0)
		return end(n, words[0]);
	return test(n, n_words > 0 ? words[0] : "0");
}

static int run(const struct subcommand *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"state", required_argument, NULL, 't'},
		{"reason", required_argument, NULL, 'r'},
		{"socket", required_argument, NULL, 's'},
		{NULL, 0, NULL, 0},
	};
	struct notices_call n = {.api = {.socket = SOCKET}};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?' || (option == 't' && strcmp(c->name, "list") != 0) ||
		    (option == 'r' && strcmp(c->name, "quiet") != 0))
			return subcommand_usage_error(c);
		n.json = n.json || option == 'j';
		if (option == 't')
			n.state = optarg;
		if (option == 'r')
			n.reason = optarg;
		if (option == 's')
			n.api.socket = optarg;
	}
	if (!are_right(c->name, argv + optind, argc - optind) ||
	    (n.state != NULL && !is_word(n.state, "abcdefghijklmnopqrstuvwxyz")))
		return subcommand_usage_error(c);
	api_client_open(&n.api);
	int status = carry_out(&n, c->name, argv + optind, argc - optind);
	api_client_close(&n.api);
	return status;
}

int notices_main(int argc, char **argv)
{
	static const struct command_group group = {
		.name = "notices",
		.summary = "see what members were told, try it out, and keep quiet in maintenance",
		.commands = commands,
		.n = sizeof(commands) / sizeof(*commands),
	};

	return command_group_main(&group, argc, argv);
}
