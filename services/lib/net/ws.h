/*
 * WebSocket frames (RFC 6455, section 5): how they are written, and a reader that
 * holds a peer to the rules. Pure. It never looks at the payload of binary
 * messages, so the caller may have the kernel drop it, still masked.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_WS_H
#define FONTAINE_NET_WS_H

#include "base/utf8.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WS_HEADER_MAX_BYTES = 14,
	WS_MASK_BYTES = 4,
	WS_CONTROL_MAX_BYTES = 125, /* payload of a control frame (5.5) */
};

/** What a frame is (5.2). */
enum ws_opcode {
	WS_OPCODE_CONTINUATION = 0,
	WS_OPCODE_TEXT = 1,
	WS_OPCODE_BINARY = 2,
	WS_OPCODE_CLOSE = 8,
	WS_OPCODE_PING = 9,
	WS_OPCODE_PONG = 10,
};

/** Why a connection is closed (7.4.1). */
enum ws_close {
	WS_CLOSE_NORMAL = 1000,
	WS_CLOSE_GOING_AWAY = 1001,
	WS_CLOSE_PROTOCOL_ERROR = 1002,
	WS_CLOSE_UNACCEPTABLE = 1003, /* a kind of message that has no place here */
	WS_CLOSE_NO_STATUS = 1005,    /* the peer gave none; never sent */
	WS_CLOSE_INVALID_TEXT = 1007,
	WS_CLOSE_TOO_BIG = 1009,
};

/**
 * Write the header of a whole message, or of a control frame, before @payload_bytes.
 * @mask: the WS_MASK_BYTES of a client; NULL, as a server must. Return: bytes written.
 */
size_t ws_header_write(enum ws_opcode opcode, uint64_t payload_bytes, const uint8_t *mask,
                       uint8_t ret[WS_HEADER_MAX_BYTES]);

/** Write the payload of a close frame that gives no reason (5.5.1). */
void ws_close_write(enum ws_close code, uint8_t ret[2]);

enum ws_event {
	WS_MORE,   /* all bytes were used; feed more */
	WS_BINARY, /* binary payload follows: get rid of it */
	WS_PING,   /* reader->control has what a pong must carry */
	WS_PONG,
	WS_CLOSE, /* reader->close_code says why; nothing may follow */
	WS_BAD,   /* close with reader->close_code */
};

/** Of one peer. The commented fields are the caller's to read, after the event that says so. */
struct ws_reader {
	bool from_client;
	uint64_t max_message_bytes;
	uint8_t header[WS_HEADER_MAX_BYTES];
	unsigned header_len;
	enum ws_opcode frame;
	bool in_frame;
	bool fin;
	uint8_t mask_at;                       /* of the 4 bytes, the next */
	enum ws_opcode message;                /* being received in fragments; CONTINUATION: none */
	uint64_t message_bytes;                /* of it, so far announced */
	struct utf8 text;                      /* where a text message is */
	uint64_t left;                         /* of the frame's payload */
	uint8_t control[WS_CONTROL_MAX_BYTES]; /* the payload of a control frame, */
	size_t control_len;                    /* so many bytes */
	unsigned close_code;                   /* of enum ws_close, or the peer's own */
};

/** @from_client: the peer is a client, whose frames must be masked; a server's must not (5.1). */
void ws_reader_init(struct ws_reader *r, bool from_client, uint64_t max_message_bytes);

/**
 * Feed bytes that came; *ret_used of them were taken, for any event but WS_BAD. Text is
 * checked and forgotten. After WS_CLOSE and WS_BAD, feed no more.
 */
enum ws_event ws_reader_feed(struct ws_reader *r, const void *data, size_t len, size_t *ret_used);

/** So many bytes of binary payload come next; 0: something else does. */
uint64_t ws_reader_binary_bytes(const struct ws_reader *r);

/** @len bytes of binary payload, at most all that come next, were dropped. */
void ws_reader_skip(struct ws_reader *r, uint64_t len);

#endif
