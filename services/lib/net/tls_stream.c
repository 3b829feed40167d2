/*
 * OpenSSL reads and writes through a BIO of ours. What it reads comes out of the
 * loop's input buffer, filled by one receive; what it writes goes into the loop's
 * output buffer, emptied by one send. A stream has both for the time of one call:
 * at its end, what is left in them moves into the stream.
 *
 * Where the kernel can encrypt (kTLS), OpenSSL hands it the keys through a socket
 * BIO at the end of the handshake. From then on what OpenSSL itself still has to
 * say goes through that BIO, and the owner sends its bytes as on a plain socket.
 */
/* SPDX-License-Identifier: MIT */
#include "net/tls_stream.h"

#include "base/buf.h"
#include "base/mem.h"
#include "net/tcp.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	PAGE_BYTES = 4096,
	RECORD_BYTES = 16 * 1024,                  /* of plaintext, at most (RFC 8446, 5.1) */
	RECORD_MAX_BYTES = RECORD_BYTES + 5 + 256, /* as it is sent (5.2) */
	INPUT_BYTES = 32 * RECORD_BYTES,           /* for one receive */
	DROPPED_BYTES = 4096,                      /* stays in the nearest cache, beside a record */
	BATCH_BYTES = 8 * RECORD_BYTES,            /* of output, for one send */
	OUTPUT_BYTES = BATCH_BYTES + 64 * 1024,    /* with what records add, or a flight of the handshake */
};

/* Commands to a BIO that OpenSSL does not publish, because only its own have been asked to know them. */
enum { KTLS_SET = 72,
       KTLS_SET_TYPE = 74,
       KTLS_CLEAR_TYPE = 75 };

struct tls_buffers {
	BIO_METHOD *method;
	size_t in_at, in_len;
	size_t out_len;
	alignas(PAGE_BYTES) char in[INPUT_BYTES]; /* the kernel copies faster to and from there */
	alignas(PAGE_BYTES) char out[OUTPUT_BYTES];
	alignas(PAGE_BYTES) char dropped[DROPPED_BYTES];
};

struct tls_stream {
	SSL *ssl;
	struct tls_buffers *buffers;
	int fd;
	size_t segment_bytes; /* of TCP; 0: as large as the path carries */
	BIO *socket;          /* over fd, for OpenSSL's own way to the kernel */
	bool offloaded;       /* the kernel encrypts what is sent */
	int error;            /* negative, for good */
	size_t may_receive;   /* in this call; 0: the socket has been asked */
	bool ended;           /* the peer sends no more */
	bool said_goodbye;    /* or must not any more */
	bool shutdown_due;    /* once nothing is kept */
	struct buf in;        /* kept: records to be read */
	struct buf out;       /* kept: records to be sent, but for the first out_at bytes */
	size_t out_at;
};

/* What became of a call to the socket. Return: bytes or a negative errno, kept when it is for good. */
static ssize_t result(struct tls_stream *s, ssize_t n)
{
	if (n < 0 && errno != EAGAIN)
		s->error = -errno;
	return n < 0 ? -errno : n;
}

/* Once in a call: who asks again would be told EAGAIN most of the time. */
static void receive(struct tls_stream *s)
{
	struct tls_buffers *b = s->buffers;
	ssize_t n;

	if (s->may_receive == 0)
		return;
	do
		n = recv(s->fd, b->in, s->may_receive, 0);
	while (n < 0 && errno == EINTR);
	s->may_receive = 0;
	n = result(s, n);
	s->ended = n == 0;
	b->in_at = 0;
	b->in_len = n > 0 ? (size_t)n : 0;
}

static int on_bio_read(BIO *bio, char *ret, int size)
{
	struct tls_stream *s = BIO_get_data(bio);
	struct tls_buffers *b = s->buffers;

	BIO_clear_retry_flags(bio);
	if (b->in_at == b->in_len)
		receive(s);
	size_t n = b->in_len - b->in_at;
	if (n > (size_t)size)
		n = (size_t)size;
	if (n == 0 && !s->ended && s->error == 0)
		BIO_set_retry_read(bio);
	memcpy(ret, b->in + b->in_at, n);
	b->in_at += n;
	return n > 0 ? (int)n : -1;
}

static size_t n_kept(const struct tls_stream *s)
{
	return s->out.len - s->out_at;
}

static ssize_t send_some(struct tls_stream *s, const char *data, size_t len, bool more)
{
	ssize_t n = tcp_send(s->fd, data, len, more ? MSG_MORE : 0, s->segment_bytes);

	if (n < 0 && n != -EAGAIN)
		s->error = (int)n;
	return n;
}

/* Send the loop's output; keep what the socket does not take. */
static void send_batch(struct tls_stream *s, bool more)
{
	struct tls_buffers *b = s->buffers;
	ssize_t n = 0;

	if (b->out_len > 0 && n_kept(s) == 0)
		n = send_some(s, b->out, b->out_len, more);
	size_t sent = n > 0 ? (size_t)n : 0;
	if (s->error == 0 && buf_add(&s->out, b->out + sent, b->out_len - sent) < 0)
		s->error = -ENOBUFS;
	b->out_len = 0;
}

/* What is no payload: an alert, a ticket. */
static int write_to_kernel(struct tls_stream *s, BIO *bio, const char *data, int len)
{
	int n = BIO_write(s->socket, data, len);

	if (n <= 0 && BIO_should_retry(s->socket))
		BIO_set_retry_write(bio);
	return n;
}

static int on_bio_write(BIO *bio, const char *data, int len)
{
	struct tls_stream *s = BIO_get_data(bio);
	struct tls_buffers *b = s->buffers;

	BIO_clear_retry_flags(bio);
	if (s->error < 0)
		return -1;
	if (s->offloaded)
		return write_to_kernel(s, bio, data, len);
	if ((size_t)len > sizeof(b->out) - b->out_len)
		return -1; /* more than any call of ours makes */
	memcpy(b->out + b->out_len, data, (size_t)len);
	b->out_len += (size_t)len;
	return len;
}

/* The keys of one direction. What was encrypted with older ones goes out first; what comes in is decrypted here. */
static long offload(struct tls_stream *s, bool sending, void *keys)
{
	if (!sending || s->segment_bytes > 0) /* the kernel's records are of its own size */
		return 0;
	send_batch(s, false);
	if (s->error < 0 || n_kept(s) > 0)
		return 0;
	long rc = BIO_ctrl(s->socket, KTLS_SET, sending, keys);
	if (rc > 0)
		s->offloaded = true;
	else if (s->offloaded)
		s->error = -ENOTSUP; /* the peer has the kernel's keys changed, which one before 6.14 cannot */
	return rc;
}

static long on_bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
	struct tls_stream *s = BIO_get_data(bio);

	switch (command) {
	case BIO_CTRL_EOF:
		return s->ended;
	case BIO_CTRL_FLUSH:
		return 1;
	case KTLS_SET:
		return offload(s, number != 0, pointer);
	case BIO_CTRL_GET_KTLS_SEND:
	case KTLS_SET_TYPE:
	case KTLS_CLEAR_TYPE:
		return BIO_ctrl(s->socket, command, number, pointer);
	default:
		return 0;
	}
}

struct tls_buffers *tls_buffers_new(void)
{
	struct tls_buffers *b = aligned_alloc(PAGE_BYTES, sizeof(*b));

	if (b == NULL)
		mem_exhausted();
	memset(b, 0, sizeof(*b));
	b->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "stream");
	if (b->method == NULL)
		mem_exhausted();
	(void)BIO_meth_set_read(b->method, on_bio_read);
	(void)BIO_meth_set_write(b->method, on_bio_write);
	(void)BIO_meth_set_ctrl(b->method, on_bio_ctrl);
	return b;
}

void tls_buffers_free(struct tls_buffers *b)
{
	BIO_meth_free(b->method);
	free(b);
}

struct tls_stream *tls_stream_new(struct tls *t, struct tls_buffers *buffers, int fd)
{
	struct tls_stream *s = mem_new(sizeof(*s));
	BIO *bio = BIO_new(buffers->method);

	s->ssl = tls_session(t);
	s->socket = BIO_new_socket(fd, BIO_NOCLOSE);
	if (s->ssl == NULL || s->socket == NULL || bio == NULL)
		mem_exhausted();
	s->buffers = buffers;
	s->fd = fd;
	buf_init(&s->in, INPUT_BYTES);
	buf_init(&s->out, (size_t)2 * OUTPUT_BYTES);
	BIO_set_data(bio, s);
	BIO_set_init(bio, 1);
	SSL_set_bio(s->ssl, bio, bio);
	return s;
}

void tls_stream_set_segments(struct tls_stream *s, size_t bytes)
{
	s->segment_bytes = bytes;
}

static void forget_output(struct tls_stream *s)
{
	buf_done(&s->out);
	s->out_at = 0;
}

/* @room: of the reader; to receive more would be to keep it. */
static void begin_call(struct tls_stream *s, size_t room)
{
	struct tls_buffers *b = s->buffers;

	ERR_clear_error();
	b->in_at = 0;
	b->in_len = s->in.len;
	b->out_len = 0;
	s->may_receive = room < RECORD_MAX_BYTES ? RECORD_MAX_BYTES : room;
	if (s->may_receive > INPUT_BYTES)
		s->may_receive = INPUT_BYTES;
	if (s->in.len > 0)
		memcpy(b->in, s->in.data, s->in.len);
	buf_done(&s->in);
}

static void end_call(struct tls_stream *s, bool more)
{
	struct tls_buffers *b = s->buffers;

	if (b->in_at < b->in_len)
		(void)buf_add(&s->in, b->in + b->in_at, b->in_len - b->in_at); /* never more than its limit */
	send_batch(s, more);
}

/* Return: 0 at the end of the input, or a negative errno: that of a call of OpenSSL that failed. */
static int failure(struct tls_stream *s)
{
	int code = SSL_get_error(s->ssl, 0);

	if (code == SSL_ERROR_WANT_READ || code == SSL_ERROR_WANT_WRITE)
		return -EAGAIN;
	if (code == SSL_ERROR_ZERO_RETURN)
		return 0;
	s->said_goodbye = true; /* OpenSSL has sent an alert, or nothing can be sent */
	if (s->error == 0)
		s->error = s->ended ? -ECONNRESET : -EPROTO;
	return s->error;
}

int tls_stream_handshake(struct tls_stream *s)
{
	if (s->error < 0)
		return s->error;
	begin_call(s, 0);
	int rc = SSL_do_handshake(s->ssl) == 1 ? 0 : failure(s);
	bool is_http = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
	end_call(s, false);
	return rc < 0 && is_http ? -EPROTONOSUPPORT : rc;
}

struct tls_agreed tls_stream_agreed(const struct tls_stream *s)
{
	struct tls_agreed agreed = {.version = SSL_version(s->ssl),
	                            .resumed = SSL_session_reused(s->ssl) != 0,
	                            .offloaded = s->offloaded};
	const unsigned char *protocol;
	unsigned len;

	SSL_get0_alpn_selected(s->ssl, &protocol, &len);
	agreed.h2 = len == 2; /* the other one is longer */
	return agreed;
}

ssize_t tls_stream_recv(struct tls_stream *s, void *buf, size_t len)
{
	size_t done = 0, n;
	int rc = 0;

	if (s->error < 0)
		return s->error;
	if (n_kept(s) > OUTPUT_BYTES)
		return -EAGAIN; /* what is read can have us answer: not without end */
	begin_call(s, len);
	while (done < len) {
		size_t wanted = buf != NULL || len - done < DROPPED_BYTES ? len - done : DROPPED_BYTES;
		void *to = buf != NULL ? (char *)buf + done : s->buffers->dropped;
		if (SSL_read_ex(s->ssl, to, wanted, &n) != 1) {
			rc = failure(s);
			break;
		}
		done += n;
	}
	end_call(s, false);
	return done > 0 ? (ssize_t)done : rc;
}

/* Return: bytes that were taken, or a negative errno. */
static ssize_t write_piece(struct tls_stream *s, const char *data, size_t len)
{
	const struct tls_buffers *b = s->buffers;
	size_t done = 0, n;

	while (done < len && n_kept(s) == 0 && s->error == 0) {
		size_t room = BATCH_BYTES - b->out_len;
		if (SSL_write_ex(s->ssl, data + done, len - done < room ? len - done : room, &n) != 1)
			return failure(s);
		done += n;
		if (b->out_len >= BATCH_BYTES)
			send_batch(s, false);
	}
	return (ssize_t)done;
}

ssize_t tls_stream_sendv(struct tls_stream *s, const struct iovec *pieces, size_t n, bool more)
{
	ssize_t done = 0, rc = 0;

	if (n_kept(s) > 0)
		(void)tls_stream_flush(s);
	if (s->error < 0 || n_kept(s) > 0)
		return s->error < 0 ? s->error : -EAGAIN;
	begin_call(s, 0);
	for (size_t i = 0; i < n && rc >= 0; i++) {
		rc = write_piece(s, pieces[i].iov_base, pieces[i].iov_len);
		done += rc > 0 ? rc : 0;
		if (rc >= 0 && (size_t)rc < pieces[i].iov_len)
			break;
	}
	end_call(s, more);
	if (s->error < 0)
		return s->error;
	return done;
}

ssize_t tls_stream_flush(struct tls_stream *s)
{
	if (s->error < 0)
		return s->error;
	if (n_kept(s) == 0)
		return 0;
	ssize_t n = send_some(s, s->out.data + s->out_at, n_kept(s), false);
	s->out_at += n > 0 ? (size_t)n : 0;
	if (s->error < 0 || n_kept(s) == 0)
		forget_output(s);
	if (s->shutdown_due && n_kept(s) == 0)
		(void)shutdown(s->fd, SHUT_WR);
	return n;
}

bool tls_stream_has_input(const struct tls_stream *s)
{
	return s->in.len > 0 || SSL_pending(s->ssl) > 0;
}

bool tls_stream_has_output(const struct tls_stream *s)
{
	return n_kept(s) > 0;
}

static void say_goodbye(struct tls_stream *s)
{
	if (s->said_goodbye || s->error < 0 || !SSL_is_init_finished(s->ssl))
		return;
	s->said_goodbye = true;
	begin_call(s, 0);
	(void)SSL_shutdown(s->ssl);
	end_call(s, false);
}

void tls_stream_shutdown(struct tls_stream *s)
{
	say_goodbye(s);
	s->shutdown_due = n_kept(s) > 0;
	if (!s->shutdown_due)
		(void)shutdown(s->fd, SHUT_WR);
}

void tls_stream_free(struct tls_stream *s)
{
	say_goodbye(s);
	SSL_free(s->ssl);
	(void)BIO_free(s->socket);
	buf_done(&s->in);
	buf_done(&s->out);
	free(s);
}
