/* SPDX-License-Identifier: MIT */
#include "mirror/outcome.h"

#include <stddef.h>
#include <string.h>
#include <sysexits.h>

const char *const outcome_names[OUTCOMES + 1] = {
	"done",
	"unchanged",
	"retry",
	"rerun",
	"held",
	"configuration",
	"killed",
	NULL,
};

/* A status from first to last; @said: of it, only with this text in what was said. The first that fits is taken. */
struct meaning {
	int first, last;
	const char *said;
	enum outcome outcome;
	const char *words;
};

/* rsync(1), EXIT VALUES */
static const struct meaning of_rsync[] = {
	{0, 0, NULL, OUTCOME_DONE, "rsync: done"},
	{1, 2, NULL, OUTCOME_CONFIGURATION, "rsync: an option or a protocol that the two do not share"},
	{3, 3, NULL, OUTCOME_CONFIGURATION, "rsync: its files or folders cannot be selected"},
	{4, 4, NULL, OUTCOME_CONFIGURATION, "rsync: the upstream does not support what was asked"},
	{5, 5, "max connections", OUTCOME_RETRY, "rsync: the upstream has too many clients"},
	{5, 5, "Unknown module", OUTCOME_CONFIGURATION, "rsync: the upstream has no such module"},
	{5, 5, "auth failed", OUTCOME_CONFIGURATION, "rsync: the upstream wants a password"},
	{5, 5, "access denied", OUTCOME_CONFIGURATION, "rsync: the upstream does not let this address in"},
	{5, 5, NULL, OUTCOME_RETRY, "rsync: the upstream did not begin"},
	{6, 6, NULL, OUTCOME_RETRY, "rsync: the upstream cannot write its log"},
	{10, 10, NULL, OUTCOME_RETRY, "rsync: no connection to the upstream"},
	{11, 11, NULL, OUTCOME_HELD, "rsync: files here cannot be read or written; look at the disk"},
	{12, 12, NULL, OUTCOME_RETRY, "rsync: the connection broke"},
	{13, 13, NULL, OUTCOME_KILLED, "rsync: failed in its own diagnostics"},
	{14, 16, NULL, OUTCOME_KILLED, "rsync: one of its processes ended or did not answer"},
	{19, 22, NULL, OUTCOME_KILLED, "rsync: was stopped, crashed or ran out of memory"},
	{23, 23, NULL, OUTCOME_RERUN, "rsync: some files could not be transferred; the upstream is in mid-update"},
	{24, 24, NULL, OUTCOME_RERUN, "rsync: some files vanished at the upstream"},
	{25, 25, NULL, OUTCOME_HELD, "rsync: more would be deleted than may be"},
	{30, 30, NULL, OUTCOME_RETRY, "rsync: the upstream sent nothing for too long"},
	{35, 35, NULL, OUTCOME_RETRY, "rsync: the upstream did not accept the connection in time"},
	{0, 255, NULL, OUTCOME_RETRY, "rsync: failed in a way that it does not document"},
};

static const struct meaning of_command[] = {
	{0, 0, NULL, OUTCOME_DONE, "the command: done"},
	{EX_CONFIG, EX_CONFIG, NULL, OUTCOME_CONFIGURATION, "the command: wrongly configured"},
	{EX_USAGE, EX_USAGE, NULL, OUTCOME_CONFIGURATION, "the command: wrongly called"},
	{126, 127, NULL, OUTCOME_CONFIGURATION, "the command: cannot be started"},
	{EX_CANTCREAT, EX_CANTCREAT, NULL, OUTCOME_HELD, "the command: cannot write its files; look at the disk"},
	{EX_NOPERM, EX_NOPERM, NULL, OUTCOME_HELD, "the command: is not allowed to"},
	{0, 255, NULL, OUTCOME_RETRY, "the command: failed"},
};

static const struct meaning *const tables[] = {
	[FETCHER_RSYNC] = of_rsync,
	[FETCHER_COMMAND] = of_command,
};

static const struct meaning *find(enum fetcher fetcher, const struct ending *e)
{
	static const struct meaning by_signal = {0, 0, NULL, OUTCOME_KILLED, "killed by a signal"};
	const struct meaning *m = tables[fetcher];

	if (e->signal != 0)
		return &by_signal;
	while (e->status < m->first || e->status > m->last || (m->said != NULL && strstr(e->said, m->said) == NULL))
		m++; /* the last one has every status that there can be */
	return m;
}

enum outcome outcome_of(enum fetcher fetcher, const struct ending *e)
{
	return find(fetcher, e)->outcome;
}

const char *outcome_words(enum fetcher fetcher, const struct ending *e)
{
	return find(fetcher, e)->words;
}

bool outcome_is_retried(enum outcome o)
{
	return o == OUTCOME_RETRY || o == OUTCOME_CONFIGURATION || o == OUTCOME_RERUN || o == OUTCOME_KILLED;
}
