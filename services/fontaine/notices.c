/* fontaine notices: what members were told, and whether telling them works. */
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
};

struct notices_call {
	struct api_client api;
	const char *state; /* of those that are listed; NULL: all */
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

/** Letters and digits alone go into a path. */
static bool is_word(const char *text, const char *letters)
{
	return *text != '\0' && strlen(text) <= 10 && text[strspn(text, letters)] == '\0';
}

static int run(const struct subcommand *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"state", required_argument, NULL, 't'},
		{"socket", required_argument, NULL, 's'},
		{NULL, 0, NULL, 0},
	};
	struct notices_call n = {.api = {.socket = SOCKET}};
	bool is_list = strcmp(c->name, "list") == 0;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?' || (option == 't' && !is_list))
			return subcommand_usage_error(c);
		n.json = n.json || option == 'j';
		if (option == 't')
			n.state = optarg;
		if (option == 's')
			n.api.socket = optarg;
	}
	const char *asn = optind < argc ? argv[optind] : "0";
	bool is_right = argc - optind <= (is_list ? 0 : 1) && is_word(asn, "0123456789");
	if (!is_right || (n.state != NULL && !is_word(n.state, "abcdefghijklmnopqrstuvwxyz")))
		return subcommand_usage_error(c);
	api_client_open(&n.api);
	int status = is_list ? list(&n) : test(&n, asn);
	api_client_close(&n.api);
	return status;
}

int notices_main(int argc, char **argv)
{
	static const struct command_group group = {
		.name = "notices",
		.summary = "see what members were told, and try it out",
		.commands = commands,
		.n = sizeof(commands) / sizeof(*commands),
	};

	return command_group_main(&group, argc, argv);
}
