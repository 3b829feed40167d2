/*
 * How the projects are, in the two forms that status pages of mirrors read: mirrorz.json (MirrorZ data format
 * 1.7) and the list of jobs of tunasync's manager. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_STATUS_JSON_H
#define FONTAINE_MIRROR_STATUS_JSON_H

#include <stddef.h>
#include <stdint.h>

enum project_state {
	PROJECT_NEW,  /* nothing was published yet */
	PROJECT_DONE, /* the last run was good, or found nothing new */
	PROJECT_RUNNING,
	PROJECT_FAILED,  /* the last run, whose remedy is known */
	PROJECT_HELD,    /* until the operator releases it */
	PROJECT_STOPPED, /* by the operator */
	PROJECT_STATES,
};

/** Texts are borrowed, UTF-8; those that may be NULL are said to be unknown. Times are Unix seconds; 0: never. */
struct project_status {
	const char *name, *description; /* description may be NULL */
	const char *path;               /* below the site, "/debian/" */
	const char *upstream;
	enum project_state state;
	int64_t published;      /* when it was good last */
	int64_t started, ended; /* the last run, or the one that goes on */
	int64_t next;
	int64_t stopped;
	int64_t bytes; /* -1: unknown */
};

struct site_status {
	const char *url;          /* without a "/" at its end */
	const char *abbreviation; /* of its name */
	const char *name, *mail;  /* may be NULL */
};

/** Return: the JSON, on one line; release with free(). */
char *status_mirrorz(const struct site_status *site, const struct project_status *all, size_t n);
char *status_jobs(const struct project_status *all, size_t n);

#endif
