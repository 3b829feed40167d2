/*
 * How the projects are: in words of ours, and in the two forms that status pages of mirrors read, mirrorz.json
 * (MirrorZ data format 1.7) and the list of jobs of tunasync's manager. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_STATUS_JSON_H
#define FONTAINE_MIRROR_STATUS_JSON_H

#include "mirror/outcome.h"
#include "mirror/push.h"

#include <stddef.h>
#include <stdint.h>
#include <yyjson.h>

enum project_state {
	PROJECT_NEW,  /* no run is over yet */
	PROJECT_DONE, /* the last run was good, or found nothing new */
	PROJECT_RUNNING,
	PROJECT_FAILED,  /* the last run, whose remedy is known */
	PROJECT_HELD,    /* until the operator releases it */
	PROJECT_STOPPED, /* by the operator */
	PROJECT_STATES,
};

enum tree_freshness {
	TREE_NONE, /* nothing is published yet */
	TREE_FRESH,
	TREE_STALE, /* too long not as its upstream is */
	TREE_FRESHNESSES,
};

enum { STATUS_STALE_PERIODS = 3 }; /* the time between two runs, so often */

/** Texts are borrowed, UTF-8; those that may be NULL are said to be unknown. Times are Unix seconds; 0: never. */
struct project_status {
	const char *name, *description; /* description may be NULL */
	const char *kind;               /* as in the POP file */
	const char *path;               /* below the site, "/debian/" */
	const char *upstream;           /* of the run, or of the next one; "" for none */
	enum project_state state;
	const char *step; /* of the run; NULL: none goes on */
	enum tree_freshness freshness;
	enum outcome outcome;   /* of the last run, when one has ended */
	const char *words;      /* why it is held, or what came of the last run */
	uint64_t generation;    /* that is published; 0: none */
	int64_t since;          /* when that one was published first */
	int64_t good;           /* when it last was as its upstream is */
	int64_t started, ended; /* the last run, or the one that goes on */
	int64_t next;
	int64_t stopped;
	int64_t files, bytes;             /* -1: unknown */
	bool is_wanted;                   /* it runs as soon as there is room */
	const struct follower *followers; /* POPs that take it from here */
	size_t n_followers;
	int64_t large_bytes;          /* from which size on a file is large */
	int64_t large, large_waiting; /* large files, and those of them whose hashes are not known yet */
};

struct site_status {
	const char *url;          /* without a "/" at its end */
	const char *abbreviation; /* of its name */
	const char *name, *mail;  /* may be NULL */
};

/** How fresh a tree is that was good at @good_s, or never (0) and is awaited since @since_s. */
enum tree_freshness status_freshness(int64_t good_s, int64_t since_s, uint32_t period_s, int64_t now_s);

/** Whether the last run was good: it has published, or found nothing new. */
bool status_is_good(const struct project_status *p);

enum { STATUS_REMEDY_MAX = 256 };

/** What the operator does about it; "" when there is nothing to do. */
const char *status_remedy(const struct project_status *p, char ret[STATUS_REMEDY_MAX]);

/** The project as services/mirror/web/openapi.yaml has it, owned by @d. */
yyjson_mut_val *status_project(yyjson_mut_doc *d, const struct project_status *p);

/** Return: the JSON, on one line; release with free(). */
char *status_mirrorz(const struct site_status *site, const struct project_status *all, size_t n);
char *status_jobs(const struct project_status *all, size_t n);

#endif
