/* What every daemon does around its work: options, journal, readiness, watchdog. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SYS_DAEMON_H
#define FONTAINE_SYS_DAEMON_H

#include <stdbool.h>
#include <stdint.h>

struct daemon_options {
	const char *name;         /* "speedtestd" */
	const char *summary;      /* one line for --help */
	bool can_prepare;         /* takes --prepare FILE */
	const char *pop_path;     /* --pop FILE; default /etc/fontaine/pop.yaml */
	const char *web_path;     /* --web DIR; default /usr/share/fontaine/web */
	const char *tls_path;     /* --tls DIR, with server.crt and server.key; default /var/lib/fontaine/tls */
	const char *prepare_path; /* --prepare FILE; NULL: serve */
};

/**
 * Read --pop, --web, --tls, --prepare, --verbose, --version and --help into @o (name, summary and
 * can_prepare set by the caller), send the log to the journal when systemd started us, ignore
 * SIGPIPE, and have libraries say so that end us by abort(). Before any call of libuv.
 * Return: -1 to go on, else the exit status: 0 after --help or --version, 2 on
 * an unknown option, explained on standard error.
 */
int daemon_start(struct daemon_options *o, int argc, char **argv);

/**
 * After all else: libuv's threads end, and with them what libraries keep for each.
 * Return: the exit status of a daemon whose work gave @rc, 0 or an error.
 */
int daemon_end(int rc);

/** Where the unit keeps the daemon's state (systemd.exec(5)). Return: NULL if nobody says so, logged. */
const char *daemon_state_folder(void);

/** How many descriptors this process may have open, once raised as far as it is allowed to. */
unsigned daemon_descriptors(void);

/** Tell the service manager (sd_notify(3)); without one they do nothing. */
void daemon_ready(const char *status);
void daemon_stopping(void);
void daemon_alive(void);

/** How often daemon_alive() is due, in milliseconds (half of WatchdogSec); 0: never. */
uint64_t daemon_alive_interval_ms(void);

#endif
