/* What every daemon does around its work. */
/* SPDX-License-Identifier: MIT */
#define SD_JOURNAL_SUPPRESS_LOCATION /* the record brings its own */
#include "sys/daemon.h"

#include "base/log.h"

#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
#include <unistd.h>
#include <uv.h>

enum {
	STATUS_OK = 0,
	STATUS_USAGE = 2,
	STATUS_GO_ON = -1,
};

static void send_to_journal(const struct log_record *record)
{
	(void)sd_journal_send("MESSAGE=%s", record->message,
	                      "PRIORITY=%d", (int)record->level,
	                      "CODE_FILE=%s", record->file,
	                      "CODE_LINE=%d", record->line, NULL);
}

/* $JOURNAL_STREAM is inherited by a shell too: it counts only while standard error still is that stream. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat st;

	return stream != NULL && sscanf(stream, "%" SCNuMAX ":%" SCNuMAX, &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

static void print_help(const struct daemon_options *o)
{
	(void)printf("Usage: %s [OPTION]...\n"
	             "%s\n"
	             "\n"
	             "  --pop FILE  the POP file (default: %s)\n"
	             "  --web DIR   the pages (default: %s)\n"
	             "  --tls DIR   server.crt and server.key, PEM (default: %s)\n"
	             "%s"
	             "  --verbose   log details too\n"
	             "  --version   print the version and exit\n"
	             "  --help      print this text and exit\n"
	             "\n"
	             "It listens where the POP file says, or on the sockets that systemd passes.\n"
	             "Exit status: 0 after a clean stop, 1 after a failure, 2 on a wrong option.\n",
	             o->name, o->summary, o->pop_path, o->web_path, o->tls_path,
	             o->can_prepare ? "  --prepare FILE\n"
	                              "              make what is missing, write FILE for Knot DNS, and exit\n"
	                            : "");
}

static int parse_options(struct daemon_options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{"prepare", required_argument, NULL, 'P'}, /* first: not all have it */
		{"pop", required_argument, NULL, 'p'},
		{"web", required_argument, NULL, 'w'},
		{"tls", required_argument, NULL, 't'},
		{"verbose", no_argument, NULL, 'v'},
		{"version", no_argument, NULL, 'V'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	const struct option *taken = o->can_prepare ? options : options + 1;
	int option;

	while ((option = getopt_long(argc, argv, "hv", taken, NULL)) != -1) {
		switch (option) {
		case 'p':
			o->pop_path = optarg;
			break;
		case 'w':
			o->web_path = optarg;
			break;
		case 't':
			o->tls_path = optarg;
			break;
		case 'P':
			o->prepare_path = optarg;
			break;
		case 'v':
			log_set_level(LOG_LEVEL_DEBUG);
			break;
		case 'V':
			(void)printf("%s (Fontaine) %s\n", o->name, FONTAINE_VERSION);
			return STATUS_OK;
		case 'h':
			print_help(o);
			return STATUS_OK;
		default: /* getopt_long() has said what is wrong */
			(void)fprintf(stderr, "Try '%s --help'.\n", o->name);
			return STATUS_USAGE;
		}
	}
	if (optind < argc) {
		(void)fprintf(stderr, "%s: unexpected argument '%s'\nTry '%s --help'.\n",
		              o->name, argv[optind], o->name);
		return STATUS_USAGE;
	}
	return STATUS_GO_ON;
}

/* Libraries end so when they are refused a thread, without a word; systemd's watchdog ends who hangs so. */
static void on_abort(int signal_number)
{
	static const char word[] = "aborted: no memory, no thread, no sign of life, or a mistake of ours\n";

	(void)!write(STDERR_FILENO, word, sizeof(word) - 1);
	(void)raise(signal_number); /* which nobody catches any more */
}

int daemon_start(struct daemon_options *o, int argc, char **argv)
{
	o->pop_path = "/etc/fontaine/pop.yaml";
	o->web_path = "/usr/share/fontaine/web";
	o->tls_path = "/var/lib/fontaine/tls";
	if (stderr_is_journal())
		log_set_sink(send_to_journal);
	(void)sigaction(SIGABRT, &(struct sigaction){.sa_handler = on_abort, .sa_flags = (int)SA_RESETHAND}, NULL);
	(void)signal(SIGPIPE, SIG_IGN); /* a peer that left is an error of write(), not our end */
	return parse_options(o, argc, argv);
}

unsigned daemon_descriptors(void)
{
	struct rlimit limit = {0};

	(void)getrlimit(RLIMIT_NOFILE, &limit); /* fails only for what is no limit */
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_max < UINT_MAX ? (unsigned)limit.rlim_max : UINT_MAX;
}

int daemon_end(int rc)
{
	uv_library_shutdown();
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

const char *daemon_state_folder(void)
{
	const char *folder = getenv("STATE_DIRECTORY");

	if (folder == NULL)
		log_error("STATE_DIRECTORY: not set: start it by its unit, or set it to a folder of its own");
	return folder;
}

void daemon_ready(const char *status)
{
	(void)sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void daemon_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1");
}

void daemon_alive(void)
{
	(void)sd_notify(0, "WATCHDOG=1");
}

uint64_t daemon_alive_interval_ms(void)
{
	uint64_t timeout_us;

	return sd_watchdog_enabled(0, &timeout_us) > 0 ? timeout_us / 1000 / 2 : 0;
}
