/* SPDX-License-Identifier: MIT */
#include "peers/handshake.h"

#include "base/mem.h"

#include <stdlib.h>

struct handshake {
	uv_tcp_t tcp;
	uv_connect_t connect;
	uint64_t sent_ns;
	void (*on_answer)(void *data, uint64_t us);
	void *data;
};

static void on_connected(uv_connect_t *connect, int status)
{
	struct handshake *h = connect->data;

	if (h->on_answer != NULL && (status == 0 || status == UV_ECONNREFUSED))
		h->on_answer(h->data, (uv_hrtime() - h->sent_ns) / 1000);
}

struct handshake *handshake_start(uv_loop_t *loop, const struct addr *to, void (*on_answer)(void *data, uint64_t us),
                                  void *data)
{
	struct handshake *h = mem_new(sizeof(*h));
	struct addr address = *to;

	address.in.sin_port = htons(HANDSHAKE_PORT); /* at the same place in both families */
	*h = (struct handshake){.on_answer = on_answer, .data = data, .sent_ns = uv_hrtime()};
	h->connect.data = h->tcp.data = h;
	(void)uv_tcp_init(loop, &h->tcp);
	(void)uv_tcp_connect(&h->connect, &h->tcp, &address.sa, on_connected); /* what cannot be sent is lost */
	return h;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void handshake_close(struct handshake *h)
{
	h->on_answer = NULL;
	uv_close((uv_handle_t *)&h->tcp, on_closed);
}
