/*
 * Happy path: both files are kept in APPLY_STATE; the new one takes its place by one rename, the configurations are
 * rendered, each server that is concerned is told, its sockets are asked until they answer as before, both files go.
 *
 * Failures: until the rename, nothing has changed. After it, whatever goes wrong puts the old file back and tells the
 * same servers again. Who is killed leaves both files, by which the next one goes back. After a loss of power they are
 * gone, and at boot all is rendered from whichever file is in place.
 */
/* SPDX-License-Identifier: MIT */
#include "fontaine/apply_carry.h"

#include "base/mem.h"
#include "fontaine/apply_side.h"
#include "fontaine/child.h"
#include "fontaine/command.h"
#include "probe/probe.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PLACE  "/etc/fontaine"
#define BEFORE "before.yaml"
#define AFTER  "after.yaml"

enum {
	SAID_MAX_BYTES = 1 << 16,
	TELL_LIMIT_MS = 120000, /* a server may take a while to start */
	ASK_LIMIT_MS = 2000,
	WELL_LIMIT_S = 30, /* then it is taken for sick */
	WELL_LOOKS = 2,    /* in a row: who starts well may end at once */
};

/** Put @text into the place of DIR/NAME, as a whole. Return: 0, or a negative errno, logged. */
static int put(const char *dir, const char *name, const char *text)
{
	struct fileset set;

	fileset_init(&set, dir);
	fileset_take(&set, name, mem_strdup(text));
	int rc = fileset_write(&set);
	fileset_done(&set);
	return rc;
}

/** Return: 0, or -EIO with what it says in @why. */
static int tell(const char *how, const char *unit, struct buf *why)
{
	const char *argv[] = {"systemctl", how, unit, NULL};
	struct buf said;

	buf_init(&said, SAID_MAX_BYTES);
	int status = child_run(argv, TELL_LIMIT_MS, &said);
	if (status != 0)
		(void)buf_printf(why, "%s: it is not well: %s\n%s", unit, how, buf_text(&said));
	buf_done(&said);
	return status == 0 ? 0 : -EIO;
}

/** Render what is in place, and tell each server of the plan. Return: 0, or -EIO with the first reason in @why. */
static int tell_all(const struct apply_plan *plan, struct buf *why)
{
	static const char *const words[] = {
		[APPLY_RELOAD] = "try-reload-or-restart",
		[APPLY_RESTART] = "try-restart",
	};
	int rc = tell("reload", "fontaine-render.service", why);

	for (size_t i = 0; i < plan->n; i++) {
		const struct apply_change *c = &plan->changes[i];
		if (c->how != APPLY_UNCHANGED && tell(words[c->how], c->unit, why) < 0)
			rc = -EIO; /* the others are told all the same: going back may need it */
	}
	return rc;
}

/** Whether a server of @service is told. */
static bool is_told(const struct apply_plan *plan, const char *service)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->changes[i].how != APPLY_UNCHANGED && strcmp(plan->changes[i].service, service) == 0)
			return true;
	return false;
}

/** The sockets of services that are told: chrony, for one, counts who asks without need. */
struct watched {
	struct prober prober;
	struct pop_endpoint sockets[PROBE_SOCKETS_MAX];
	size_t n;
};

/** List those of @p that answer, before anything is changed. */
static void watch(struct watched *w, const struct pop *p, const struct apply_plan *plan)
{
	struct finding f;

	if (prober_init(&w->prober, p, ASK_LIMIT_MS) < 0)
		mem_exhausted();
	size_t n = probe_list(p, w->sockets);
	w->n = 0;
	for (size_t i = 0; i < n; i++) {
		if (!is_told(plan, w->sockets[i].service))
			continue;
		probe(&w->prober, &w->sockets[i], NULL, &f);
		if (f.is_up)
			w->sockets[w->n++] = w->sockets[i];
	}
}

/** Return: whether all of them answer; else @why one does not. */
static bool all_answer(const struct watched *w, struct buf *why)
{
	struct finding f = {.is_up = true};

	buf_drop(why, why->len);
	for (size_t i = 0; i < w->n && f.is_up; i++) {
		probe(&w->prober, &w->sockets[i], NULL, &f);
		if (!f.is_up)
			(void)buf_printf(why, "%s: it is not well within %u s: %s\n", w->sockets[i].service,
			                 (unsigned)WELL_LIMIT_S, f.detail);
	}
	return f.is_up;
}

/** Wait until they do. Return: 0, or -EIO with the reason in @why. */
static int wait_well(const struct watched *w, struct buf *why)
{
	time_t end = time(NULL) + WELL_LIMIT_S;
	unsigned looks = 0;

	while (looks < WELL_LOOKS && (looks > 0 || time(NULL) < end)) {
		looks = all_answer(w, why) ? looks + 1 : 0;
		if (looks < WELL_LOOKS)
			(void)sleep(1);
	}
	return looks == WELL_LOOKS ? 0 : -EIO;
}

static void forget(void)
{
	(void)unlink(APPLY_STATE "/" BEFORE);
	(void)unlink(APPLY_STATE "/" AFTER);
}

/** Return: -ECANCELED when @old is in place and told of, else -EIO. */
static int go_back(const struct apply_side *old, const struct apply_plan *plan, struct buf *why)
{
	if (put(PLACE, "pop.yaml", old->text) < 0 || tell_all(plan, why) < 0)
		return -EIO;
	forget();
	return -ECANCELED;
}

int apply_carry_out(const struct apply_side *old, const struct apply_side *new, const struct apply_plan *plan,
                    struct buf *why)
{
	struct watched watched;

	watch(&watched, old->pop, plan);
	int rc = put(APPLY_STATE, AFTER, new->text);

	if (rc == 0)
		rc = put(APPLY_STATE, BEFORE, old->text); /* from now on, whoever finds them goes back */
	if (rc == 0)
		rc = put(PLACE, "pop.yaml", new->text);
	if (rc < 0) {
		(void)buf_printf(why, PLACE "/pop.yaml: it cannot be replaced: %s\n", strerror(-rc));
		forget();
		rc = -ECANCELED;
	} else if (tell_all(plan, why) < 0 || wait_well(&watched, why) < 0) {
		rc = go_back(old, plan, why);
	} else {
		forget();
	}
	prober_done(&watched.prober);
	return rc;
}

int apply_recover(struct buf *why)
{
	struct apply_side old, new;
	struct apply_plan plan;
	int rc = -EIO;

	if (access(APPLY_STATE "/" BEFORE, F_OK) < 0) {
		forget();
		return 0;
	}
	(void)buf_printf(why, "applying another file was cut off\n");
	if (apply_side_init(&old, APPLY_STATE "/" BEFORE) != EXIT_FINE)
		return rc;
	if (apply_side_init(&new, APPLY_STATE "/" AFTER) == EXIT_FINE) {
		apply_plan(&new, &old, &plan);
		rc = go_back(&old, &plan, why);
		apply_side_done(&new);
	}
	apply_side_done(&old);
	return rc;
}
