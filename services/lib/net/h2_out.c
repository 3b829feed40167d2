/* SPDX-License-Identifier: MIT */
#include "net/h2_out.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

void h2_out_start(struct h2_out *o, size_t max_bytes)
{
	assert(o->len == 0);
	o->max_bytes = max_bytes;
	o->n = o->at = o->own_len = 0;
}

static bool is_full(const struct h2_out *o)
{
	return o->len >= o->max_bytes || o->n + 2 > H2_OUT_PIECES || o->own_len == H2_OUT_OWN_BYTES;
}

size_t h2_out_copy(struct h2_out *o, const void *data, size_t len)
{
	size_t room = H2_OUT_OWN_BYTES - o->own_len;
	char *to = o->own + o->own_len;

	if (is_full(o))
		return 0;
	if (len > room)
		len = room;
	memcpy(to, data, len);
	o->own_len += len;
	o->len += len;
	struct iovec *last = o->n > 0 ? &o->pieces[o->n - 1] : NULL;
	if (last != NULL && (char *)last->iov_base + last->iov_len == to)
		last->iov_len += len;
	else
		o->pieces[o->n++] = (struct iovec){.iov_base = to, .iov_len = len};
	return len;
}

bool h2_out_frame(struct h2_out *o, const void *head, size_t head_len, const void *body, size_t body_len)
{
	if (is_full(o) || H2_OUT_OWN_BYTES - o->own_len < head_len)
		return false;
	(void)h2_out_copy(o, head, head_len);
	o->pieces[o->n++] = (struct iovec){.iov_base = (void *)(uintptr_t)body, .iov_len = body_len};
	o->len += body_len;
	return true;
}

size_t h2_out_pieces(const struct h2_out *o, const struct iovec **ret)
{
	*ret = o->pieces + o->at;
	return o->n - o->at;
}

void h2_out_sent(struct h2_out *o, size_t len)
{
	assert(len <= o->len);
	o->len -= len;
	while (len > 0) {
		struct iovec *first = &o->pieces[o->at];
		size_t n = len < first->iov_len ? len : first->iov_len;
		first->iov_base = (char *)first->iov_base + n;
		first->iov_len -= n;
		len -= n;
		o->at += first->iov_len == 0;
	}
}
