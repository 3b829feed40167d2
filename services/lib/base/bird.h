/* What BIRD says at its control socket: "show protocols all" and "show status", line by line. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_BIRD_H
#define FONTAINE_BASE_BIRD_H

#include "base/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	BIRD_WORD_MAX = 48,
	BIRD_ERROR_MAX = 128,
	BIRD_SOCKET_ANSWER_MAX = 16 << 20, /* bytes: some thousand sessions */
};

/** Whether @text is all of an answer of BIRD's to "show protocols all": the last line has the code 0000. */
bool bird_is_whole(const char *text);

/** Where the protocols begin in an answer; NULL: it has none. */
const char *bird_protocols(const char *text);

/** A line of the answer without its code, and its length: codes are said once for lines that have the same. */
const char *bird_line(const char *at, size_t *ret_len);

/** Where in the answer: which protocol, which of its tables. */
struct bird_place {
	char name[BIRD_WORD_MAX], proto[BIRD_WORD_MAX], state[BIRD_WORD_MAX], channel[BIRD_WORD_MAX];
};

/** Go on by a line as bird_line() has it. Return: whether a protocol begins. */
bool bird_step(const char *line, size_t len, struct bird_place *p);

/** A session of BGP. */
struct bird_session {
	char name[BIRD_WORD_MAX];    /* of the protocol */
	char address[BIRD_WORD_MAX]; /* of the neighbour, "2001:db8::1" or "fe80::1%eth0"; "" when BIRD knows none */
	uint32_t asn;                /* of the neighbour; 0: BIRD does not know it */
	bool is_up;
	char error[BIRD_ERROR_MAX]; /* the last, as BIRD has it, what controls escaped; "" */
};

/** Tell @on_session (argument borrowed) of every session in @text. Return: 0, or -EINVAL: it is no answer of BIRD's. */
int bird_sessions(const char *text, void (*on_session)(const struct bird_session *s, void *data), void *data);

/** What BIRD says of when it started, of an answer to "show status"; "" where it does not. Return: @ret. */
const char *bird_started(const char *text, char ret[BIRD_WORD_MAX]);

#endif
