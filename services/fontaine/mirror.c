/* fontaine mirror: what an operator sees and does of mirrors. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/mirror.h"

#include "fontaine/command.h"
#include "fontaine/token.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOCKET "/run/mirrord/control.sock"
#define API    "/api/v1/mirrors"

enum {
	ANSWER_MAX_BYTES = 8 << 20,
	PATH_MAX_BYTES = 256,
	DIGITS_MAX = 18,
};

#define SOCKET_OPTION "  --socket FILE\n                of mirrord (default: " SOCKET ")\n"

static int run(const struct subcommand *c, int argc, char **argv);

static int token(const struct subcommand *c, int argc, char **argv)
{
	static const struct token_kind kind = {
		.group = "mirror",
		.database = "/var/lib/fontaine/mirror/mirror.db",
		.owner = "project",
		.remedy = "give either --project NAME, to push that one, or --operator",
	};

	return token_run(&kind, c, argc, argv);
}

static const struct subcommand commands[] = {
	{"mirror", "list", run, "[--json] [--socket FILE]", "show all projects: what they do, and how fresh they are",
         "  --json        print JSON, as the API has it\n" SOCKET_OPTION},
	{"mirror", "why", run, "PROJECT [--json] [--socket FILE]",
         "say in words how a project is, why it is held, stale or refused, and what to do",
         "  --json        print JSON, as the API has it\n" SOCKET_OPTION},
	{"mirror", "log", run, "PROJECT [--run ID | --follow] [--json] [--socket FILE]",
         "show its newest runs, and what the programs of one said",
         "  --run ID      of this run (default: the newest)\n"
         "  --follow      show the steps of the run that goes on, and what its programs say, until it ends\n"
         "  --json        print the runs as JSON, and no log\n" SOCKET_OPTION},
	{"mirror", "traffic", run, "[--span day|month|year] [--json] [--socket FILE]",
         "show what was downloaded: by project, family and network",
         "  --span SPAN   in the last 24 hours, 30 days or 52 weeks (default: day)\n"
         "  --json        print JSON, as the API has it\n" SOCKET_OPTION},
	{"mirror", "start", run, "PROJECT... [--socket FILE]", "let projects run again, and run them now",
         SOCKET_OPTION},
	{"mirror", "stop", run, "PROJECT... [--socket FILE]", "end their runs, and begin none until they are started",
         SOCKET_OPTION},
	{"mirror", "hold", run, "PROJECT... [--socket FILE]",
         "begin no run until they are released; one that goes on ends by itself", SOCKET_OPTION},
	{"mirror", "release", run, "PROJECT... [--socket FILE]", "allow once what they are held for, and run them now",
         SOCKET_OPTION},
	{"mirror", "rollback", run, "PROJECT [--to GENERATION] [--socket FILE]",
         "publish an older tree again, and hold the project",
         "  --to GENERATION\n"
         "                its number (default: the one before the published one)\n" SOCKET_OPTION},
	{"mirror", "push", run, "PROJECT... [--socket FILE]",
         "run a project because its upstream has something new; also as a forced command of ssh",
         "  PROJECT...    those that $SSH_ORIGINAL_COMMAND may choose; without that, the first\n" SOCKET_OPTION},
	{"mirror", "token", token, "add --project NAME|--operator --label TEXT | list [--json] | revoke ID",
         "say whom the API lets in",
         "  --project NAME\n"
         "                the token pushes this project, and does nothing else\n"
         "  --operator    the token is for the operators, who may do everything\n"
         "  --label TEXT  what it is for; the journal names it\n"
         "  --json        print JSON, one token a line\n"
         "  --db FILE     the database (default: /var/lib/fontaine/mirror/mirror.db)\n"},
};

static const struct {
	const char *name;
	int (*run)(struct mirror_call *m);
	size_t words_min, words_max;
	const char *options; /* of "json", "run", "follow", "to": their first letters; of "span": p */
} calls[] = {
	{"list", mirror_list, 0, 0, "j"},
	{"why", mirror_why, 1, 1, "j"},
	{"log", mirror_log, 1, 1, "jrf"},
	{"traffic", mirror_traffic, 0, 0, "jp"},
	{"start", mirror_wish, 1, SIZE_MAX, ""},
	{"stop", mirror_wish, 1, SIZE_MAX, ""},
	{"hold", mirror_wish, 1, SIZE_MAX, ""},
	{"release", mirror_wish, 1, SIZE_MAX, ""},
	{"rollback", mirror_wish, 1, 1, "t"},
	{"push", mirror_push, 1, SIZE_MAX, ""},
};

static bool is_number(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits > 0 && digits <= DIGITS_MAX && text[digits] == '\0';
}

/* Return: whether all options are the command's. */
static bool take_options(int argc, char **argv, const char *allowed, struct mirror_call *ret)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"run", required_argument, NULL, 'r'},
		{"follow", no_argument, NULL, 'f'},
		{"to", required_argument, NULL, 't'},
		{"span", required_argument, NULL, 'p'},
		{"socket", required_argument, NULL, 's'},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?' || (option != 's' && strchr(allowed, option) == NULL))
			return false;
		if (option == 's')
			ret->api.socket = optarg;
		if (option == 'r' || option == 't')
			ret->number = optarg;
		if (option == 'p')
			ret->span = optarg;
		ret->json = ret->json || option == 'j';
		ret->follow = ret->follow || option == 'f';
	}
	return ret->number == NULL || (is_number(ret->number) && !ret->follow);
}

static int run(const struct subcommand *c, int argc, char **argv)
{
	struct mirror_call m = {.command = c, .api = {.socket = SOCKET}};
	size_t i = 0;

	while (strcmp(calls[i].name, c->name) != 0)
		i++;
	bool is_right = take_options(argc, argv, calls[i].options, &m);
	m.words = (const char *const *)argv + optind;
	m.n_words = (size_t)(argc - optind);
	if (!is_right || m.n_words < calls[i].words_min || m.n_words > calls[i].words_max)
		return subcommand_usage_error(c);
	api_client_open(&m.api);
	int status = calls[i].run(&m);
	api_client_close(&m.api);
	return status;
}

int mirror_main(int argc, char **argv)
{
	static const struct command_group group = {
		.name = "mirror",
		.summary = "see mirrors, and say what they are to do",
		.commands = commands,
		.n = sizeof(commands) / sizeof(*commands),
	};

	return command_group_main(&group, argc, argv);
}

const char *mirror_text(yyjson_val *o, const char *key)
{
	const char *text = yyjson_get_str(yyjson_obj_get(o, key));

	return text != NULL ? text : "";
}

int64_t mirror_number(yyjson_val *o, const char *key)
{
	return yyjson_get_sint(yyjson_obj_get(o, key));
}

const char *mirror_age(int64_t at_s, int64_t now_s, char ret[MIRROR_AGE_MAX])
{
	const int64_t minute_s = 60, hour_s = 3600, day_s = 86400;
	int64_t s = now_s > at_s ? now_s - at_s : at_s - now_s;

	if (at_s == 0)
		(void)snprintf(ret, MIRROR_AGE_MAX, "-");
	else if (s < 2 * minute_s)
		(void)snprintf(ret, MIRROR_AGE_MAX, "%" PRId64 " s", s);
	else if (s < 2 * hour_s)
		(void)snprintf(ret, MIRROR_AGE_MAX, "%" PRId64 " min", s / minute_s);
	else if (s < 2 * day_s)
		(void)snprintf(ret, MIRROR_AGE_MAX, "%" PRId64 " h", s / hour_s);
	else
		(void)snprintf(ret, MIRROR_AGE_MAX, "%" PRId64 " d", s / day_s);
	return ret;
}

const char *mirror_size(yyjson_val *bytes, char ret[MIRROR_SIZE_MAX])
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	double n = (double)yyjson_get_sint(bytes);
	size_t unit = 0;

	for (; n >= 1000 && unit + 1 < sizeof(units) / sizeof(*units); unit++)
		n /= 1024;
	if (bytes == NULL || yyjson_is_null(bytes))
		(void)snprintf(ret, MIRROR_SIZE_MAX, "-");
	else
		(void)snprintf(ret, MIRROR_SIZE_MAX, n < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", n, units[unit]);
	return ret;
}

/* Say which projects there are. */
static void print_names(struct mirror_call *m)
{
	struct buf answer;
	yyjson_val *o;
	const char *why;
	size_t i, n;

	buf_init(&answer, ANSWER_MAX_BYTES);
	if (api_client_send(&m->api, "GET", API, "", &answer, &why) == 200) {
		yyjson_doc *doc = yyjson_read(answer.data, answer.len, 0);
		(void)fprintf(stderr, "  the projects are:");
		yyjson_arr_foreach(yyjson_doc_get_root(doc), i, n, o) {
			(void)fprintf(stderr, " %s", mirror_text(o, "name"));
		}
		(void)fprintf(stderr, "\n");
		yyjson_doc_free(doc);
	}
	buf_done(&answer);
}

/* Say what mirrord did not do. Return: the exit status. */
static int explain(struct mirror_call *m, const char *path, long status, const struct buf *answer)
{
	yyjson_doc *doc = yyjson_read(buf_text(answer), answer->len, 0);
	yyjson_val *problem = yyjson_doc_get_root(doc);
	bool is_of_one = strncmp(path, API "/", strlen(API "/")) == 0;
	const char *name = is_of_one ? path + strlen(API "/") : "all projects";

	(void)fprintf(stderr, "fontaine mirror %s: %.*s: %s\n  %s\n", m->command->name, (int)strcspn(name, "/?"), name,
	              doc == NULL ? "mirrord answers with something else" : mirror_text(problem, "title"),
	              mirror_text(problem, "detail"));
	yyjson_doc_free(doc);
	if (status == 404 && m->number == NULL && is_of_one)
		print_names(m);
	return status == 404 || status == 400 ? EXIT_WRONG_INPUT : EXIT_FAILED;
}

int mirror_ask(struct mirror_call *m, const char *method, const char *path, struct buf *answer)
{
	const char *why;

	buf_init(answer, ANSWER_MAX_BYTES);
	long status = api_client_send(&m->api, method, path, "", answer, &why);
	if (status == 200)
		return EXIT_FINE;
	int result = EXIT_FAILED;
	if (status == 0)
		(void)fprintf(stderr,
		              "%s: %s\n  is mirrord running, and may you ask it? systemctl status mirrord; run this as "
		              "root\n",
		              m->api.socket, why);
	else
		result = explain(m, path, status, answer);
	buf_done(answer);
	return result;
}

int mirror_ask_project(struct mirror_call *m, const char *method, const char *project, const char *what,
                       yyjson_doc **ret)
{
	char path[PATH_MAX_BYTES];
	struct buf answer;

	if (strspn(project, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(project) || strlen(project) > 63) {
		(void)fprintf(stderr, "fontaine mirror %s: \"%s\" is not a name of a project\n", m->command->name,
		              project);
		return EXIT_WRONG_INPUT;
	}
	(void)snprintf(path, sizeof(path), API "/%s%s", project, what);
	int status = mirror_ask(m, method, path, &answer);
	if (status != EXIT_FINE)
		return status;
	*ret = yyjson_read(buf_text(&answer), answer.len, 0);
	buf_done(&answer);
	if (*ret != NULL)
		return EXIT_FINE;
	(void)fprintf(stderr, "%s: answers with what is no JSON\n", m->api.socket);
	return EXIT_FAILED;
}
