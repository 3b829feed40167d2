/*
 * One question to one name server, asked on a loop: over UDP with EDNS, and over TCP after a
 * truncated answer or when that is wanted. Each question has a socket of its own, with a port and
 * an id that nobody guesses, and only an answer to it from the address asked counts (RFC 5452, 9).
 * What else arrives is passed over.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_DNS_CLIENT_H
#define FONTAINE_NET_DNS_CLIENT_H

#include "base/addr.h"

#include <ldns/ldns.h>
#include <uv.h>

enum {
	DNS_PORT = 53,
	DNS_UDP_BYTES = 1232,          /* what we take over UDP: passes every path unfragmented (RFC 9715) */
	DNS_ANSWER_MAX_BYTES = 0x4000, /* what we take over TCP */
	DNS_TRY_MS = 1500,             /* until a UDP question is asked once more */
	DNS_TRIES = 2,
	DNS_TCP_MS = DNS_TRIES * DNS_TRY_MS, /* from the connection's begin to the answer's end */
};

enum dns_way {
	DNS_UDP_THEN_TCP, /* TCP when the answer over UDP is truncated */
	DNS_UDP_ONLY,
	DNS_TCP_ONLY,
};

struct dns_question {
	struct addr server; /* with its port */
	const char *name;   /* in full; a dot at its end may be missing */
	ldns_rr_type type;
	enum dns_way way;
	bool recurse; /* RD */
	bool dnssec;  /* DO (RFC 3225) */
	bool no_edns;
	uint8_t edns_version;
};

struct dns_answer {
	/**
	 * 0; -EINVAL: the question's name is none; -ETIMEDOUT: nothing came in time; -EBADMSG: something
	 * came, but no answer to our question; -EMSGSIZE: it is larger than DNS_ANSWER_MAX_BYTES;
	 * -ECONNRESET: TCP was closed before the answer's end; or what the system says (-ECONNREFUSED).
	 */
	int rc;
	ldns_pkt *packet; /* yours: release with ldns_pkt_free(); NULL unless rc is 0 */
	bool is_tcp;      /* how it came, or what failed last */
	uint64_t ms;      /* from question to answer */
};

/** Called once, on the loop, never from within dns_ask(). */
typedef void (*dns_answer_fn)(const struct dns_answer *a, void *data);

struct dns_query; /* opaque; lives until on_answer has been called or dns_cancel() */

/** Ask. Takes at most DNS_TRIES * DNS_TRY_MS over UDP, then DNS_TCP_MS over TCP. Never NULL. */
struct dns_query *dns_ask(uv_loop_t *loop, const struct dns_question *question, dns_answer_fn on_answer, void *data);

/** Forget the question; on_answer is not called. Not after it was. */
void dns_cancel(struct dns_query *q);

#endif
