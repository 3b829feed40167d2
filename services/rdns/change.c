/* SPDX-License-Identifier: MIT */
#include "rdns/change.h"

#include <assert.h>

#define BIT(n) (1u << (n))

static const unsigned events_of[CHANGE_STEPS] = {
	[CHANGE_SEND] = BIT(CHANGE_DONE) | BIT(CHANGE_REFUSED) | BIT(CHANGE_UNREACHED) | BIT(CHANGE_UNANSWERED),
	[CHANGE_NOTE] = BIT(CHANGE_DONE) | BIT(CHANGE_UNWRITABLE),
	[CHANGE_ASK] = BIT(CHANGE_SERVED) | BIT(CHANGE_UNSERVED),
	[CHANGE_WAIT] = BIT(CHANGE_DONE),
	[CHANGE_UNDO] = BIT(CHANGE_DONE) | BIT(CHANGE_REFUSED) | BIT(CHANGE_UNREACHED) | BIT(CHANGE_UNANSWERED),
	[CHANGE_OVER] = 0, /* final */
};

static void note(struct change *c, enum change_state state)
{
	c->step = CHANGE_NOTE;
	c->note_state = state;
}

static void roll_back(struct change *c, enum change_event why)
{
	c->why = why;
	note(c, CHANGE_ROLLED_BACK);
}

static void end(struct change *c, enum change_end how)
{
	c->step = CHANGE_OVER;
	c->end = how;
}

void change_begin(struct change *c, enum change_state noted, bool is_again)
{
	*c = (struct change){.may_be_served = is_again || noted == CHANGE_SENT};
	switch (noted) {
	case CHANGE_WRITTEN:
		c->step = CHANGE_SEND;
		break;
	case CHANGE_SENT:
		c->step = CHANGE_ASK;
		break;
	case CHANGE_VERIFIED:
		end(c, CHANGE_LIVE);
		break;
	case CHANGE_ROLLED_BACK:
		c->is_drifting = true;
		end(c, CHANGE_FAILED);
		break;
	}
}

static void on_sent(struct change *c, enum change_event e)
{
	c->may_be_served = c->may_be_served || e == CHANGE_DONE || e == CHANGE_UNANSWERED;
	if (e == CHANGE_DONE)
		note(c, CHANGE_SENT);
	else if (e == CHANGE_UNANSWERED && !c->is_hidden)
		c->step = CHANGE_ASK;
	else
		roll_back(c, e);
}

static void on_noted(struct change *c, bool is_noted)
{
	switch (c->note_state) {
	case CHANGE_WRITTEN:
	case CHANGE_SENT: /* or not: then it is sent once more after a restart */
		c->step = CHANGE_ASK;
		break;
	case CHANGE_VERIFIED: /* or not: then it is asked for once more */
		end(c, CHANGE_LIVE);
		break;
	case CHANGE_ROLLED_BACK:
		if (is_noted && c->may_be_served)
			c->step = CHANGE_UNDO;
		else
			end(c, is_noted ? CHANGE_FAILED : CHANGE_PENDING);
		break;
	}
}

static void on_asked(struct change *c, enum change_event e)
{
	c->n_asks++;
	if (e == CHANGE_SERVED)
		note(c, CHANGE_VERIFIED);
	else if (c->n_asks < (c->is_hidden ? CHANGE_ASKS_MAX_HIDDEN : CHANGE_ASKS_MAX))
		c->step = CHANGE_WAIT;
	else
		roll_back(c, e);
}

void change_on(struct change *c, enum change_event e)
{
	assert(events_of[c->step] & BIT(e));
	switch (c->step) {
	case CHANGE_SEND:
		on_sent(c, e);
		break;
	case CHANGE_NOTE:
		on_noted(c, e == CHANGE_DONE);
		break;
	case CHANGE_ASK:
		on_asked(c, e);
		break;
	case CHANGE_WAIT:
		c->step = CHANGE_ASK;
		break;
	case CHANGE_UNDO:
		c->is_drifting = e != CHANGE_DONE;
		end(c, CHANGE_FAILED);
		break;
	case CHANGE_OVER:
	case CHANGE_STEPS:
		break;
	}
}
