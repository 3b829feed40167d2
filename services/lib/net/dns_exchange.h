/*
 * One message to one name server over TCP, and all messages that come back: for what is no question of
 * dns_client.h, such as updates (RFC 2136) and zone transfers (RFC 5936). What is in them is the caller's.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_DNS_EXCHANGE_H
#define FONTAINE_NET_DNS_EXCHANGE_H

#include "base/addr.h"

#include <stddef.h>
#include <uv.h>

enum dns_more {
	DNS_MORE, /* another message is to come */
	DNS_ENOUGH,
};

struct dns_exchange_request {
	struct addr server;     /* with its port */
	const uint8_t *message; /* borrowed for the time of the call */
	size_t len;             /* at most 65535 */
	uint64_t limit_ms;      /* until the first message has come, then from each to the next */
	size_t max_bytes;       /* of all messages together */
	/** One message has come; @bytes is borrowed. Ends nothing itself. */
	enum dns_more (*on_message)(const uint8_t *bytes, size_t len, void *data);
	/**
	 * Called once, on the loop, never from within dns_exchange_start(). @rc: 0 when on_message had enough;
	 * -ETIMEDOUT; -EMSGSIZE: more than max_bytes; -ECONNRESET: closed before that; or what the system says.
	 * @was_sent: the server may have acted on the message; if not, it has not seen it.
	 */
	void (*on_end)(int rc, bool was_sent, void *data);
	void *data;
};

struct dns_exchange; /* opaque; lives until on_end has been called or dns_exchange_cancel() */

/** Never NULL. */
struct dns_exchange *dns_exchange_start(uv_loop_t *loop, const struct dns_exchange_request *request);

/** Forget it; on_end is not called. Not after it was, and not from on_message. */
void dns_exchange_cancel(struct dns_exchange *x);

#endif
