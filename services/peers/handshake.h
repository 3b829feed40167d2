/* How long the handshake of TCP takes, where ICMP cannot be asked. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_HANDSHAKE_H
#define FONTAINE_PEERS_HANDSHAKE_H

#include "base/addr.h"

#include <stdint.h>
#include <uv.h>

struct handshake; /* opaque; ends with handshake_close() */

enum { HANDSHAKE_PORT = 443 };

/** Connect to @to. @on_answer is called when it is accepted or refused, at most once. Never NULL. */
struct handshake *handshake_start(uv_loop_t *loop, const struct addr *to, void (*on_answer)(void *data, uint64_t us),
                                  void *data);

/** Whatever it came to; nothing is called any more. */
void handshake_close(struct handshake *h);

#endif
