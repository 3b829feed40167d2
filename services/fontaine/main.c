/* fontaine(1): what an operator does with a POP file. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"

#include "base/log.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* FILE may always be left out; DIR, where there is one, comes last and may not. */
static const struct command {
	const char *name;
	int (*run)(const struct arguments *a);
	int (*main)(int argc, char **argv); /* instead of run: it has commands of its own */
	const char *usage;
	const char *summary;
	bool takes_dir, takes_json, takes_stock, takes_tls, takes_watch, takes_serve;
} commands[] = {
	{
		.name = "check",
		.run = check_run,
		.usage = "[FILE] [--json]",
		.summary = "say whether a POP file is right, and what is wrong where",
		.takes_json = true,
	},
	{
		.name = "endpoints",
		.run = endpoints_run,
		.usage = "[FILE] [--json]",
		.summary = "list where the POP's services answer",
		.takes_json = true,
	},
	{
		.name = "status",
		.run = status_run,
		.usage = "[FILE] [--json] [--watch]",
		.summary = "ask every service a question, and say which are up",
		.takes_json = true,
		.takes_watch = true,
	},
	{
		.name = "metrics",
		.run = metrics_run,
		.usage = "[FILE] [--tls DIR] [--serve]",
		.summary = "print what all programs of the POP count, for Prometheus",
		.takes_tls = true,
		.takes_serve = true,
	},
	{
		.name = "certificates",
		.run = certificates_run,
		.usage = "[FILE] [--json] [--tls DIR]",
		.summary = "show the certificate, and what is wrong with it",
		.takes_json = true,
		.takes_tls = true,
	},
	{
		.name = "credentials",
		.main = credentials_main,
		.usage = "COMMAND ...",
		.summary = "see whether secrets are right, and make a disk of them",
	},
	{
		.name = "render",
		.run = render_run,
		.usage = "[FILE] DIR [--stock DIR]",
		.summary = "write the configurations of the stock servers",
		.takes_dir = true,
		.takes_stock = true,
	},
	{
		.name = "generate",
		.run = generate_run,
		.usage = "[FILE] DIR",
		.summary = "write what systemd starts at boot (systemd.generator(7))",
		.takes_dir = true,
	},
	{
		.name = "speedtest",
		.main = speedtest_main,
		.usage = "COMMAND ...",
		.summary = "use the speed test, and what it has stored",
	},
	{
		.name = "ipv6test",
		.main = ipv6test_main,
		.usage = "COMMAND ...",
		.summary = "see what the IPv6 test has stored",
	},
	{
		.name = "rdns",
		.main = rdns_main,
		.usage = "COMMAND ...",
		.summary = "check delegations of reverse DNS, and say who may change them",
	},
	{
		.name = "mirror",
		.main = mirror_main,
		.usage = "COMMAND ...",
		.summary = "see mirrors, and say what they are to do",
	},
	{
		.name = "notices",
		.main = notices_main,
		.usage = "COMMAND ...",
		.summary = "see what members were told of their sessions and ports",
	},
	{
		.name = "apply",
		.main = apply_main,
		.usage = "FILE [--dry-run] [--json]",
		.summary = "put a new POP file in force while the POP runs",
	},
	{
		.name = "audit",
		.run = audit_run,
		.usage = "[FILE] [--json]",
		.summary = "ask the POP as strangers do, and say what is not as agreed on",
		.takes_json = true,
	},
	{
		.name = "bundle",
		.main = bundle_main,
		.usage = "[FILE] [--output ARCHIVE] ...",
		.summary = "collect what is needed to help, without secrets and clients",
	},
	{
		.name = "drain",
		.main = drain_main,
		.usage = "[SERVICE]",
		.summary = "have neighbours go elsewhere, before something is stopped",
	},
	{
		.name = "undrain",
		.main = drain_main,
		.usage = "[SERVICE]",
		.summary = "have them come back",
	},
	{
		.name = "upgrade",
		.main = upgrade_main,
		.usage = "[--check] [--from URL]",
		.summary = "fetch the newest version of a machine's system",
	},
	{
		.name = "rollback",
		.main = upgrade_main,
		.usage = "",
		.summary = "have a machine start the version before",
	},
};

enum { N_COMMANDS = sizeof(commands) / sizeof(*commands) };

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void print_help(void)
{
	(void)printf("Usage: fontaine COMMAND ...\n"
	             "Check, apply and watch the POP file of a Fontaine POP.\n\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		(void)printf("  %-12s  %-28s%s\n", commands[i].name, commands[i].usage,
		             commands[i].summary);
	(void)printf("\n"
	             "  --version  print the version and exit\n"
	             "  --help     print this text and exit; after a command, explain that one\n"
	             "\n"
	             "Exit status: 0 when all is well, 1 after a failure or when a service is down,\n"
	             "2 when the POP file or the command line is wrong.\n"
	             "The format of the POP file: man 5 fontaine-pop\n");
}

static void print_command_help(const struct command *c)
{
	(void)printf("Usage: fontaine %s %s\n"
	             "fontaine-%s: %s.\n\n"
	             "  FILE         the POP file (default: " POP_PATH ")\n",
	             c->name, c->usage, c->name, c->summary);
	if (c->takes_dir)
		(void)printf("  DIR          the folder to write to\n");
	if (c->takes_json)
		(void)printf("  --json       print JSON\n");
	if (c->takes_watch)
		(void)printf("  --watch      show what healthd knows, each second, until Ctrl-C\n");
	if (c->takes_stock)
		(void)printf("  --stock DIR  the templates (default: " STOCK_PATH ")\n");
	if (c->takes_tls)
		(void)printf("  --tls DIR    where server.crt and server.key are (default: " TLS_PATH ")\n");
	if (c->takes_serve)
		(void)printf("  --serve      answer with it on the listening socket that is standard input\n");
	(void)printf("  --help       print this text and exit\n\n"
	             "More: man fontaine-%s\n",
	             c->name);
}

static int usage_error(const struct command *c)
{
	(void)fprintf(stderr, "Usage: fontaine %s %s\n", c->name, c->usage);
	return EXIT_WRONG_INPUT;
}

static int run(const struct command *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"watch", no_argument, NULL, 'w'},
		{"stock", required_argument, NULL, 's'},
		{"tls", required_argument, NULL, 't'},
		{"serve", no_argument, NULL, 'l'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct arguments a = {.pop_path = POP_PATH, .stock_path = STOCK_PATH, .tls_path = TLS_PATH};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h') {
			print_command_help(c);
			return EXIT_FINE;
		}
		if (option == 'j' && c->takes_json)
			a.json = true;
		else if (option == 'w' && c->takes_watch)
			a.watch = true;
		else if (option == 's' && c->takes_stock)
			a.stock_path = optarg;
		else if (option == 't' && c->takes_tls)
			a.tls_path = optarg;
		else if (option == 'l' && c->takes_serve)
			a.serve = true;
		else
			return usage_error(c);
	}
	int n = argc - optind;
	if (n < c->takes_dir || n > c->takes_dir + 1)
		return usage_error(c);
	if (c->takes_dir)
		a.dir = argv[argc - 1];
	if (n > c->takes_dir)
		a.pop_path = argv[optind];
	return c->run(&a);
}

static void print_record(const struct log_record *record)
{
	(void)fprintf(stderr, "fontaine: %s\n", record->message);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (isatty(STDERR_FILENO)) /* a person reads it, not the journal */
		log_set_sink(print_record);
	if (strcmp(name, "--help") == 0) {
		print_help();
		return EXIT_FINE;
	}
	if (strcmp(name, "--version") == 0) {
		(void)printf("fontaine %s\n", FONTAINE_VERSION);
		return EXIT_FINE;
	}
	const struct command *c = find_command(name);
	if (c == NULL) {
		(void)fprintf(stderr, "fontaine: \"%s\" is not a command; see fontaine --help\n", name);
		return EXIT_WRONG_INPUT;
	}
	return c->main != NULL ? c->main(argc - 1, argv + 1) : run(c, argc - 1, argv + 1);
}
