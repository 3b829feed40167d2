/*
 * Which tests may run: never more at once than the POP can carry with honest
 * results, a share for each client prefix, a queue for those who can wait. Pure;
 * the caller has the clock and the lock (speedtest/gate.h).
 *
 * A test begins with its first bulk request, or with a place that its page asked
 * for, and ends ADMISSION_IDLE_MS after its last one. While it runs, a part of the
 * POP's capacity is its own in each direction: limits.assumed_bps until its rate
 * there is known, which takes some seconds, and then that rate, also between its
 * phases. So a POP full of slow clients still admits, and whoever was admitted
 * never has to wait in the middle of a test.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_ADMISSION_H
#define FONTAINE_SPEEDTEST_ADMISSION_H

#include "base/addr.h"
#include "speedtest/flow.h"

enum {
	ADMISSION_IDLE_MS = 5000,      /* after its last bulk request a test is over, */
	ADMISSION_POLL_MS = 10000,     /* or after its page's last question, if that is later: */
	ADMISSION_HOLD_MS = 30000,     /* but no longer than this without a bulk request */
	ADMISSION_LONGEST_MS = 300000, /* whoever took longer makes way for those who wait */
	ADMISSION_SWEEP_MS = 100,      /* rates and ends are looked at no more often */
};

/** A page names its test: 128 random bits as 32 lower-case hexadecimal digits. */
enum { TEST_ID_DIGITS = 32 };

enum direction {
	DOWNLOAD,
	UPLOAD,
	DIRECTIONS,
};

struct admission_limits {
	uint64_t capacity_bps[DIRECTIONS];
	uint64_t assumed_bps;
	unsigned tests_per_prefix; /* of one /24 or /56, running and waiting */
	unsigned queue_length;
	unsigned tests;       /* running and waiting, at most */
	uint64_t daily_bytes; /* of one prefix and day (UTC), both directions */
};

/** Whether @test is such a name. */
bool test_id_is_valid(const char *test);

struct moment {
	uint64_t ms;    /* monotonic */
	int64_t unix_s; /* for the day */
};

/** Who asks. Borrowed. */
struct visitor {
	const struct addr *client;
	const char *test; /* its name; anything else: the client's address is the test */
};

enum admission_reason {
	ADMISSION_FULL,   /* the POP has all the tests that it can carry */
	ADMISSION_PREFIX, /* the client's prefix has its share of tests */
	ADMISSION_DAY,    /* it has used up the bytes of this day */
	ADMISSION_REASONS,
};

enum admission_state {
	ADMISSION_RUNNING,
	ADMISSION_WAITING,
	ADMISSION_REFUSED,
};

struct admission_answer {
	enum admission_state state;
	enum admission_reason reason; /* of a refusal */
	unsigned position;            /* of who waits, from 1 */
	uint32_t wait_ms;             /* expected until it can run or should ask again; 0 when it runs */
};

struct admission; /* opaque; release with admission_free() */

/** Never NULL. */
struct admission *admission_new(const struct admission_limits *limits);
void admission_free(struct admission *a);

/**
 * A bulk request begins. Return: its flow, given back with admission_leave(); or
 * NULL and *reterr, whose state is ADMISSION_REFUSED.
 */
struct flow *admission_enter(struct admission *a, struct visitor who, enum direction d,
                             struct moment now, struct admission_answer *reterr);
void admission_leave(struct admission *a, struct flow *f, struct moment now);

/**
 * Ask for a place, or how it stands with it. Who waits is asked to come back
 * within ADMISSION_POLL_MS, or else loses the place.
 */
struct admission_answer admission_ask(struct admission *a, struct visitor who, struct moment now);

/** A direction of the running test of this name, which is borrowed until the next call; NULL: there is none. */
const struct flow *admission_flow(const struct admission *a, const char *test, enum direction d);

struct admission_figures {
	unsigned running, waiting;
	uint64_t refused[ADMISSION_REASONS]; /* requests and questions */
	uint64_t bytes[DIRECTIONS];          /* moved by tests */
	uint64_t used_bps[DIRECTIONS];       /* of the capacity */
};

/** The figures of this very moment. */
struct admission_figures admission_read(struct admission *a, struct moment now);

#endif
