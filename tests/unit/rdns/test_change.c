/*
 * Every order of events that there can be, with a database and a zone that do what the step says; and the
 * process killed before each of them. However it goes, both say the same in the end, or it is known that they do not.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/change.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum {
	STEPS_MAX = 2 * CHANGE_ASKS_MAX + 8,
};

/* What the database and DNS have of a change. */
struct world {
	enum change_state noted;
	bool is_served;
	bool is_hidden; /* another zone answers as if it were served */
};

/* What each step can come to; @i counts them. Return: whether there is an @i. */
static bool outcome(const struct change *c, unsigned i, struct world *w, enum change_event *ret)
{
	static const struct {
		enum change_event event;
		bool is_taken;
	} sent[] = {
		{CHANGE_DONE, true},
		{CHANGE_REFUSED, false},
		{CHANGE_UNREACHED, false},
		{CHANGE_UNANSWERED, true},
		{CHANGE_UNANSWERED, false},
	};

	switch (c->step) {
	case CHANGE_SEND:
	case CHANGE_UNDO:
		if (i >= 5)
			return false;
		*ret = sent[i].event;
		if (sent[i].is_taken)
			w->is_served = c->step == CHANGE_SEND;
		return true;
	case CHANGE_NOTE:
		*ret = i == 0 ? CHANGE_DONE : CHANGE_UNWRITABLE;
		if (i == 0)
			w->noted = c->note_state;
		return i < 2;
	case CHANGE_ASK: /* the answer, or none */
		*ret = w->is_hidden || (i == 0 && w->is_served) ? CHANGE_SERVED : CHANGE_UNSERVED;
		return i < (w->is_hidden ? 1 : 2);
	case CHANGE_WAIT:
		*ret = CHANGE_DONE;
		return i < 1;
	case CHANGE_OVER:
	case CHANGE_STEPS:
		break;
	}
	return false;
}

static void assert_consistent(const struct change *c, const struct world *w)
{
	bool is_in_database = w->noted != CHANGE_ROLLED_BACK;

	switch (c->end) {
	case CHANGE_LIVE:
		assert_true(is_in_database && w->is_served);
		break;
	case CHANGE_FAILED:
		assert_int_equal(w->noted, CHANGE_ROLLED_BACK);
		assert_true(!w->is_served || c->is_drifting);
		break;
	case CHANGE_PENDING:
		assert_true(w->noted == CHANGE_WRITTEN || w->noted == CHANGE_SENT);
		break;
	}
}

static unsigned n_ends[3], n_paths;

static void walk(const struct change *c, const struct world *w, unsigned depth, bool may_die);

/* Killed here: the next start finds what the database has. */
static void die(const struct world *w, unsigned depth)
{
	struct change again;

	change_begin(&again, w->noted, true);
	again.is_hidden = w->is_hidden;
	walk(&again, w, depth, false);
}

static void walk(const struct change *c, const struct world *w, unsigned depth, bool may_die)
{
	assert_true(depth < 2 * STEPS_MAX);
	if (may_die)
		die(w, depth);
	if (c->step == CHANGE_OVER) {
		assert_consistent(c, w);
		n_ends[c->end]++;
		n_paths++;
		return;
	}
	for (unsigned i = 0;; i++) {
		struct world then = *w;
		struct change next = *c;
		enum change_event e;
		if (!outcome(c, i, &then, &e))
			break;
		change_on(&next, e);
		walk(&next, &then, depth + 1, may_die);
	}
}

static void walk_all(bool is_hidden)
{
	struct world w = {.noted = CHANGE_WRITTEN, .is_hidden = is_hidden};
	struct change c;

	for (unsigned i = 0; i < 3; i++)
		n_ends[i] = 0;
	n_paths = 0;
	change_begin(&c, w.noted, false);
	c.is_hidden = is_hidden;
	walk(&c, &w, 0, true);
	for (unsigned i = 0; i < 3; i++)
		assert_true(n_ends[i] > 0);
	assert_true(n_paths > 50);
}

static void test_every_path(void **state)
{
	(void)state;
	walk_all(false);
	walk_all(true);
}

static enum change_step after(struct change *c, enum change_event e)
{
	change_on(c, e);
	return c->step;
}

static void test_good_path(void **state)
{
	(void)state;
	struct change c;

	change_begin(&c, CHANGE_WRITTEN, false);
	assert_int_equal(c.step, CHANGE_SEND);
	assert_int_equal(after(&c, CHANGE_DONE), CHANGE_NOTE);
	assert_int_equal(c.note_state, CHANGE_SENT);
	assert_int_equal(after(&c, CHANGE_DONE), CHANGE_ASK);
	assert_int_equal(after(&c, CHANGE_UNSERVED), CHANGE_WAIT);
	assert_int_equal(after(&c, CHANGE_DONE), CHANGE_ASK);
	assert_int_equal(after(&c, CHANGE_SERVED), CHANGE_NOTE);
	assert_int_equal(c.note_state, CHANGE_VERIFIED);
	assert_int_equal(after(&c, CHANGE_DONE), CHANGE_OVER);
	assert_int_equal(c.end, CHANGE_LIVE);
}

/* What was refused and never sent before needs no undoing; after a restart it may. */
static void test_refused(void **state)
{
	(void)state;
	struct change c;

	change_begin(&c, CHANGE_WRITTEN, false);
	assert_int_equal(after(&c, CHANGE_REFUSED), CHANGE_NOTE);
	assert_int_equal(c.note_state, CHANGE_ROLLED_BACK);
	assert_int_equal(after(&c, CHANGE_DONE), CHANGE_OVER);
	assert_int_equal(c.end, CHANGE_FAILED);
	assert_int_equal(c.why, CHANGE_REFUSED);
	assert_false(c.is_drifting);

	change_begin(&c, CHANGE_WRITTEN, true);
	assert_int_equal(after(&c, CHANGE_REFUSED), CHANGE_NOTE);
	assert_int_equal(after(&c, CHANGE_DONE), CHANGE_UNDO);
	assert_int_equal(after(&c, CHANGE_REFUSED), CHANGE_OVER);
	assert_int_equal(c.end, CHANGE_FAILED);
	assert_true(c.is_drifting);
}

static void test_never_served(void **state)
{
	(void)state;
	struct change c;

	change_begin(&c, CHANGE_SENT, true);
	for (unsigned i = 1; i < CHANGE_ASKS_MAX; i++) {
		assert_int_equal(c.step, CHANGE_ASK);
		assert_int_equal(after(&c, CHANGE_UNSERVED), CHANGE_WAIT);
		assert_int_equal(after(&c, CHANGE_DONE), CHANGE_ASK);
	}
	assert_int_equal(after(&c, CHANGE_UNSERVED), CHANGE_NOTE);
	assert_int_equal(c.why, CHANGE_UNSERVED);
	assert_int_equal(after(&c, CHANGE_UNWRITABLE), CHANGE_OVER);
	assert_int_equal(c.end, CHANGE_PENDING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_path),
		cmocka_unit_test(test_good_path),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_never_served),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
