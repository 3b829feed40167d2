/*
 * The load of an ndt7 test (RFC 6455): binary messages one way, until it is time to close. The
 * kernel drops and sends their payload, as it does for HTTP.
 */
/* SPDX-License-Identifier: MIT */
#include "load.h"
#include "net/ws.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

enum { MESSAGE_MAX_BYTES = 1 << 24 };

static const uint8_t mask[WS_MASK_BYTES]; /* of zeros: it changes nothing */

static void send_all(int fd, const void *data, size_t len, int flags)
{
	if (send(fd, data, len, MSG_NOSIGNAL | flags) != (ssize_t)len)
		err(EXIT_FAILURE, "send");
}

static void shake_hands(const struct load *l, int fd)
{
	char head[HEAD_MAX_BYTES] = "";
	size_t len = 0;

	send_all(fd, l->head, strlen(l->head), 0);
	while (len < sizeof(head) - 1 && strstr(head, "\r\n\r\n") == NULL) {
		if (recv(fd, head + len, 1, 0) != 1)
			err(EXIT_FAILURE, "a handshake");
		len++;
	}
	if (strncmp(head, "HTTP/1.1 101 ", 13) != 0)
		errx(EXIT_FAILURE, "not the reply that was expected:\n%s", head);
}

static void send_close(int fd)
{
	uint8_t frame[WS_HEADER_MAX_BYTES + 2];
	size_t len = ws_header_write(WS_OPCODE_CLOSE, 2, mask, frame);

	ws_close_write(WS_CLOSE_NORMAL, frame + len);
	send_all(fd, frame, len + 2, 0);
}

static void send_message(const struct load *l, int fd)
{
	uint8_t header[WS_HEADER_MAX_BYTES];

	send_all(fd, header, ws_header_write(WS_OPCODE_BINARY, l->upload_bytes, mask, header), MSG_MORE);
	for (uint64_t left = l->upload_bytes; left > 0;) {
		off_t start = 0;
		ssize_t n = sendfile(fd, l->payload_fd, &start, left < PAYLOAD_BYTES ? left : PAYLOAD_BYTES);
		if (n <= 0)
			err(EXIT_FAILURE, "sendfile");
		left -= (uint64_t)n;
	}
}

static size_t received(ssize_t n)
{
	if (n <= 0)
		err(EXIT_FAILURE, "a frame");
	return (size_t)n;
}

/* Receive one header, or some payload. Return: bytes of binary payload; *ret_closed when the server closes. */
static size_t receive(struct ws_reader *r, int fd, bool *ret_closed)
{
	uint64_t binary = ws_reader_binary_bytes(r);
	uint8_t bytes[WS_HEADER_MAX_BYTES];
	size_t at = 0, n, used, n_binary = 0;

	if (binary > 0) {
		n = received(recv(fd, NULL, binary, MSG_TRUNC));
		ws_reader_skip(r, n);
		return n;
	}
	n = received(recv(fd, bytes, sizeof(bytes), 0));
	while (at < n && !*ret_closed) {
		enum ws_event event = ws_reader_feed(r, bytes + at, n - at, &used);
		at += used;
		if (event == WS_BAD)
			errx(EXIT_FAILURE, "a frame that breaks the rules: %u", r->close_code);
		*ret_closed = event == WS_CLOSE;
		if (event == WS_BINARY) {
			binary = ws_reader_binary_bytes(r);
			size_t here = n - at < binary ? n - at : (size_t)binary;
			ws_reader_skip(r, here);
			n_binary += here;
			at += here;
		}
	}
	return n_binary;
}

uint64_t ndt7_run(const struct load *l, int fd)
{
	struct ws_reader reader;
	uint64_t bytes = 0;
	bool close_sent = false, closed = false;

	ws_reader_init(&reader, false, MESSAGE_MAX_BYTES);
	shake_hands(l, fd);
	while (l->upload_bytes > 0 && seconds_on(CLOCK_MONOTONIC) < l->end_s) {
		send_message(l, fd);
		bytes += l->upload_bytes;
	}
	while (!closed) {
		if (!close_sent && seconds_on(CLOCK_MONOTONIC) >= l->end_s) {
			send_close(fd);
			close_sent = true;
		}
		bytes += receive(&reader, fd, &closed);
	}
	return bytes;
}
