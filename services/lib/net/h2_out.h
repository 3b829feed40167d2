/*
 * Output that is ready to be sent in one write: frames of our own making, copied, and
 * bodies where they lie, borrowed until they are sent. Filled, then sent until empty. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_H2_OUT_H
#define FONTAINE_NET_H2_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

enum {
	H2_OUT_PIECES = 128,
	H2_OUT_OWN_BYTES = 8192,
};

/** All fields but len are private to h2_out.c. */
struct h2_out {
	size_t len; /* bytes to be sent */
	size_t max_bytes;
	struct iovec pieces[H2_OUT_PIECES];
	size_t n, at; /* pieces, and those of them that are sent */
	char own[H2_OUT_OWN_BYTES];
	size_t own_len;
};

/** Begin anew, all having been sent, with room for about @max_bytes. */
void h2_out_start(struct h2_out *o, size_t max_bytes);

/** Copy what there is room for. Return: how much that is. */
size_t h2_out_copy(struct h2_out *o, const void *data, size_t len);

/** Copy the head and borrow the body of a frame, both or (false) neither. */
bool h2_out_frame(struct h2_out *o, const void *head, size_t head_len, const void *body, size_t body_len);

/** What is to be sent. Return: pieces. */
size_t h2_out_pieces(const struct h2_out *o, const struct iovec **ret);

/** The first @len bytes were sent. */
void h2_out_sent(struct h2_out *o, size_t len);

#endif
