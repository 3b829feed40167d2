/* TCP_INFO of a connection over loopback, against what was sent on it. */
/* SPDX-License-Identifier: MIT */
#include "net/tcp.h"

#include "../../../support/sandboxed.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { SENT_BYTES = 1000 };

struct pair {
	int here, there;
};

static int pair_open(void **state)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct pair *p = calloc(1, sizeof(*p));
	socklen_t len = sizeof(addr);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	*state = p;
	p->here = socket(AF_INET, SOCK_STREAM, 0);
	int rc = bind(listener, (struct sockaddr *)&addr, sizeof(addr)) | listen(listener, 1) |
	         getsockname(listener, (struct sockaddr *)&addr, &len) |
	         connect(p->here, (struct sockaddr *)&addr, sizeof(addr));
	p->there = accept(listener, NULL, NULL);
	return rc | close(listener);
}

static int pair_close(void **state)
{
	struct pair *p = *state;
	int rc = close(p->here) | close(p->there);

	free(p);
	return rc;
}

static void move_bytes(const struct pair *p)
{
	char bytes[SENT_BYTES] = {0}, answer;

	assert_int_equal(send(p->here, bytes, sizeof(bytes), 0), sizeof(bytes));
	assert_int_equal(recv(p->there, bytes, sizeof(bytes), MSG_WAITALL), sizeof(bytes));
	assert_int_equal(send(p->there, "!", 1, 0), 1); /* its acknowledgement comes along */
	assert_int_equal(recv(p->here, &answer, 1, 0), 1);
}

static void both_ends_know_what_was_moved(void **state)
{
	const struct pair *p = *state;
	struct tcp_stats here, there;

	move_bytes(p);
	assert_int_equal(tcp_stats_read(p->here, &here), 0);
	assert_int_equal(tcp_stats_read(p->there, &there), 0);
	assert_int_equal(here.bytes_sent, SENT_BYTES);
	assert_int_equal(here.bytes_retrans, 0);
	assert_true(here.bytes_acked >= SENT_BYTES && here.bytes_acked <= SENT_BYTES + 1); /* the SYN counts */
	assert_int_equal(here.bytes_received, 1);
	assert_int_equal(there.bytes_received, SENT_BYTES);
	assert_in_range(here.min_rtt_us, 1, here.rtt_us);
	assert_true(here.rttvar_us > 0);
	assert_true(here.delivery_rate_bytes_per_s > 0);
}

static void both_ends_know_how_large_a_segment_may_be(void **state)
{
	const struct pair *p = *state;
	struct tcp_stats here, there;

	move_bytes(p);
	assert_int_equal(tcp_stats_read(p->here, &here), 0);
	assert_int_equal(tcp_stats_read(p->there, &there), 0);
	assert_true(here.path_mtu >= 1280);
	assert_in_range(here.send_mss, 1, here.path_mtu - 40); /* the heads of IPv4 and TCP */
	assert_in_range(here.send_mss, 1, there.advertised_mss);
	assert_true(there.receive_mss > 0);
	assert_int_equal(here.retransmits, 0);
}

static void a_window_that_is_shut_is_seen(void **state)
{
	static const int small = 4096, large = 1 << 20;
	static char bytes[1 << 18];
	const struct pair *p = *state;
	struct tcp_stats stats = {0};

	assert_int_equal(setsockopt(p->there, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
	assert_int_equal(setsockopt(p->here, SOL_SOCKET, SO_SNDBUF, &large, sizeof(large)), 0);
	assert_true(send(p->here, bytes, sizeof(bytes), MSG_DONTWAIT) > 0);
	for (int i = 0; i < 200 && stats.rwnd_limited_us < 10000; i++) {
		(void)usleep(10000);
		assert_int_equal(tcp_stats_read(p->here, &stats), 0);
	}
	assert_true(stats.rwnd_limited_us >= 10000);
	assert_true(stats.busy_us >= stats.rwnd_limited_us);
}

static void bbr_tells_what_it_believes_where_the_kernel_has_it(void **state)
{
	const struct pair *p = *state;
	struct tcp_bbr bbr;

	assert_int_equal(tcp_set_congestion(p->here, "reno"), 0); /* every kernel has it */
	assert_int_equal(tcp_bbr_read(p->here, &bbr), -ENOENT);
	int rc = tcp_set_congestion(p->here, "bbr");
	if (rc < 0) { /* the kernel has none, or not for everybody */
		assert_true(rc == -ENOENT || rc == -EPERM);
		return;
	}
	move_bytes(p);
	assert_int_equal(tcp_bbr_read(p->here, &bbr), 0);
	assert_true(bbr.min_rtt_us > 0);
	assert_true(bbr.pacing_gain >= 256 && bbr.cwnd_gain >= 256);
}

static void a_name_that_no_kernel_has_is_refused(void **state)
{
	const struct pair *p = *state;

	assert_int_equal(tcp_set_congestion(p->here, "nosuchthing"), -ENOENT);
}

static void what_waits_in_the_send_buffer_has_a_limit(void **state)
{
	const struct pair *p = *state;
	int value;
	socklen_t len = sizeof(value);

	assert_int_equal(tcp_set_unsent_max(p->here, 131072), 0);
	assert_int_equal(getsockopt(p->here, IPPROTO_TCP, 25 /* TCP_NOTSENT_LOWAT */, &value, &len), 0);
	assert_int_equal(value, 131072);
}

/* Segments with data that @fd has sent. */
static uint32_t n_segments(int fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);

	assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len), 0);
	return info.tcpi_data_segs_out;
}

static void segments_are_as_small_as_wanted(void **state)
{
	static char bytes[10 * SENT_BYTES];
	const struct pair *p = *state;

	assert_int_equal(tcp_send(p->here, bytes, sizeof(bytes), 0, 0), sizeof(bytes));
	assert_int_equal(recv(p->there, bytes, sizeof(bytes), MSG_WAITALL), sizeof(bytes));
	assert_int_equal(n_segments(p->here), 1); /* loopback carries it at once */
	assert_int_equal(tcp_send(p->here, bytes, sizeof(bytes), 0, SENT_BYTES), sizeof(bytes));
	assert_int_equal(recv(p->there, bytes, sizeof(bytes), MSG_WAITALL), sizeof(bytes));
	assert_int_equal(n_segments(p->here), 1 + 10);
}

static void a_full_socket_takes_a_part_and_then_nothing(void **state)
{
	static const size_t most = 1 << 23;
	const struct pair *p = *state;
	char *bytes = calloc(1, most);

	assert_int_equal(fcntl(p->here, F_SETFL, O_NONBLOCK), 0);
	ssize_t sent = tcp_send(p->here, bytes, most, 0, SENT_BYTES);
	assert_in_range(sent, SENT_BYTES, most - 1);
	assert_int_equal(tcp_send(p->here, bytes, most, 0, SENT_BYTES), -EAGAIN);
	free(bytes);
}

static int use_all(const void *arg)
{
	const struct pair *p = arg;
	struct tcp_stats stats;
	struct tcp_bbr bbr;
	int rc = tcp_stats_read(p->here, &stats);

	if (rc == 0)
		rc = tcp_set_congestion(p->here, "reno");
	if (rc == 0)
		rc = tcp_set_unsent_max(p->here, 1);
	if (rc == 0)
		rc = tcp_bbr_read(p->here, &bbr) == -ENOENT ? 0 : -EINVAL;
	return -rc;
}

static void the_sandbox_lets_all_of_it(void **state)
{
	assert_int_equal(sandboxed(sandbox_apply, &(struct sandbox){0}, use_all, *state), 0);
}

static void what_is_no_tcp_socket_is_refused(void **state)
{
	struct tcp_stats stats;
	struct tcp_bbr bbr;
	int fds[2];
	(void)state;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(tcp_stats_read(fds[0], &stats), -EOPNOTSUPP);
	assert_int_equal(tcp_bbr_read(fds[0], &bbr), -EOPNOTSUPP);
	assert_int_equal(tcp_set_congestion(fds[0], "reno"), -EOPNOTSUPP);
	assert_int_equal(tcp_set_unsent_max(fds[0], 1), -EOPNOTSUPP);
	assert_int_equal(close(fds[0]) | close(fds[1]), 0);
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, pair_open, pair_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PAIR(both_ends_know_what_was_moved),
		WITH_PAIR(both_ends_know_how_large_a_segment_may_be),
		WITH_PAIR(a_window_that_is_shut_is_seen),
		WITH_PAIR(bbr_tells_what_it_believes_where_the_kernel_has_it),
		WITH_PAIR(a_name_that_no_kernel_has_is_refused),
		WITH_PAIR(what_waits_in_the_send_buffer_has_a_limit),
		WITH_PAIR(segments_are_as_small_as_wanted),
		WITH_PAIR(a_full_socket_takes_a_part_and_then_nothing),
		WITH_PAIR(the_sandbox_lets_all_of_it),
		cmocka_unit_test(what_is_no_tcp_socket_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
