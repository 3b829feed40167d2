/* What the answers of a POP's servers say of how they are set up. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_AUDIT_JUDGE_H
#define FONTAINE_FONTAINE_AUDIT_JUDGE_H

#include "base/pop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum audit_state {
	AUDIT_PASS,
	AUDIT_FAIL,
	AUDIT_UNKNOWN, /* it could not be found out */
	AUDIT_EXCUSED, /* it would fail, and why that may be so is said */
};

enum { AUDIT_SEEN_MAX = 200 };

struct audit_finding {
	enum audit_state state;
	char seen[AUDIT_SEEN_MAX];
};

/** Set @f to @state, with what was seen. */
void audit_set(struct audit_finding *f, enum audit_state state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Each judges one answer of @len bytes; of several, asked one after the other, the first that is no pass stays.
 * @f is AUDIT_PASS with an empty text before the first.
 */

/** A DNS answer to a stranger's question of @asked bytes: REFUSED, nothing else, and hardly longer (RFC 5358). */
void audit_judge_refusal(const uint8_t *answer, size_t len, size_t asked, struct audit_finding *f);

/** A DNS answer over UDP: no longer than 1232 bytes (RFC 9715). */
void audit_judge_size(const uint8_t *answer, size_t len, struct audit_finding *f);

/** A DNS answer for a name whose signature is wrong: none (RFC 4035, 5.5). */
void audit_judge_bogus(const uint8_t *answer, size_t len, struct audit_finding *f);

/** A DNS answer of class CH about the server @name: it tells no text. */
void audit_judge_identity(const uint8_t *answer, size_t len, const char *name, struct audit_finding *f);

/** A DNS answer to a question with a client's cookie: it has the server's (RFC 7873). */
void audit_judge_cookie(const uint8_t *answer, size_t len, struct audit_finding *f);

/** A DNS answer to a stranger who wants a whole zone: none of it. */
void audit_judge_transfer(const uint8_t *answer, size_t len, struct audit_finding *f);

/** How many answers of DNS came to so many questions, asked at once by a stranger: some have to be cut short. */
void audit_judge_slips(unsigned asked, unsigned answered, unsigned cut, struct audit_finding *f);

/** How many answers of NTP came to so many questions, asked at once by a stranger: three quarters are too many. */
void audit_judge_rate(unsigned asked, unsigned answered, struct audit_finding *f);

/** An NTP answer to a question of @asked bytes: of a server that knows the time, and not longer (RFC 8633). */
void audit_judge_time(const uint8_t *answer, size_t len, size_t asked, struct audit_finding *f);

/** A reply of a web server, NUL-terminated: no version, and the headers that keep a page to itself. */
void audit_judge_head(const char *reply, struct audit_finding *f);

/** One that came over TLS: that browsers are to come so again (RFC 6797). */
void audit_judge_hsts(const char *reply, struct audit_finding *f);

/** A certificate that ends at @ends_s and that is distrusted for @distrust, or NULL. */
void audit_judge_certificate(int64_t now_s, int64_t ends_s, const char *distrust, struct audit_finding *f);

/** Rights of a file with a secret, in a folder that others can enter, or not. */
void audit_judge_secret(const char *path, unsigned mode, bool is_reachable, struct audit_finding *f);

/** "nginx.service   1.4 OK   :-)", a line of systemd-analyze security. */
void audit_judge_exposure(const char *line, struct audit_finding *f);

/** A socket of @protocol, "tcp" or "udp", that listens at @at: one of the POP's own, or of what it needs. */
void audit_judge_socket(const struct pop *p, const char *protocol, const struct addr *at, struct audit_finding *f);

/** That no two of the POP's servers of recursion and of zones are at one address (KINDNS). */
void audit_judge_addresses(const struct pop *p, struct audit_finding *f);

/** Where the time comes from: at least four sources, and some of them authenticated (RFC 8633, 3.2 and 4.1). */
void audit_judge_sources(const struct pop_ntp *ntp, struct audit_finding *f);

#endif
