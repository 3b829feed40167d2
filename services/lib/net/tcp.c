/* SPDX-License-Identifier: MIT */
#include "net/tcp.h"

#include <errno.h>
#include <limits.h>
#include <linux/inet_diag.h>
#include <linux/tcp.h> /* netinet/tcp.h knows less of struct tcp_info */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

enum { CONGESTION_NAME_MAX = 16 }; /* TCP_CA_NAME_MAX of the kernel */

static int get(int fd, int option, void *ret, socklen_t size)
{
	return getsockopt(fd, IPPROTO_TCP, option, ret, &size) < 0 ? -errno : 0;
}

int tcp_stats_read(int fd, struct tcp_stats *ret)
{
	struct tcp_info info = {0}; /* an older kernel fills less */
	int rc = get(fd, TCP_INFO, &info, sizeof(info));

	if (rc < 0)
		return rc;
	*ret = (struct tcp_stats){
		.busy_us = info.tcpi_busy_time,
		.rwnd_limited_us = info.tcpi_rwnd_limited,
		.sndbuf_limited_us = info.tcpi_sndbuf_limited,
		.bytes_sent = info.tcpi_bytes_sent,
		.bytes_retrans = info.tcpi_bytes_retrans,
		.bytes_acked = info.tcpi_bytes_acked,
		.bytes_received = info.tcpi_bytes_received,
		.delivery_rate_bytes_per_s = info.tcpi_delivery_rate,
		.unsent_bytes = info.tcpi_notsent_bytes,
		.min_rtt_us = info.tcpi_min_rtt == UINT32_MAX ? 0 : info.tcpi_min_rtt,
		.rtt_us = info.tcpi_rtt,
		.rttvar_us = info.tcpi_rttvar,
		.path_mtu = info.tcpi_pmtu,
		.send_mss = info.tcpi_snd_mss,
		.receive_mss = info.tcpi_rcv_mss,
		.advertised_mss = info.tcpi_advmss,
		.retransmits = info.tcpi_total_retrans,
	};
	return 0;
}

int tcp_bbr_read(int fd, struct tcp_bbr *ret)
{
	char name[CONGESTION_NAME_MAX] = "";
	union tcp_cc_info info = {0};
	int rc = get(fd, TCP_CONGESTION, name, sizeof(name));

	if (rc == 0 && strncmp(name, "bbr", sizeof(name)) != 0)
		rc = -ENOENT;
	if (rc == 0)
		rc = get(fd, TCP_CC_INFO, &info, sizeof(info));
	if (rc < 0)
		return rc;
	*ret = (struct tcp_bbr){
		.bandwidth_bytes_per_s = (uint64_t)info.bbr.bbr_bw_hi << 32 | info.bbr.bbr_bw_lo,
		.min_rtt_us = info.bbr.bbr_min_rtt,
		.pacing_gain = info.bbr.bbr_pacing_gain,
		.cwnd_gain = info.bbr.bbr_cwnd_gain,
	};
	return 0;
}

int tcp_set_congestion(int fd, const char *name)
{
	socklen_t len = (socklen_t)strlen(name);

	return setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, len) < 0 ? -errno : 0;
}

int tcp_set_unsent_max(int fd, size_t bytes)
{
	int value = bytes < INT_MAX ? (int)bytes : INT_MAX;

	return setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &value, sizeof(value)) < 0 ? -errno : 0;
}

static ssize_t send_once(int fd, const void *data, size_t len, int flags)
{
	ssize_t n;

	do
		n = send(fd, data, len, MSG_NOSIGNAL | flags);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

ssize_t tcp_send(int fd, const void *data, size_t len, int flags, size_t segment_bytes)
{
	const char *bytes = data;
	size_t sent = 0;

	if (segment_bytes == 0)
		return send_once(fd, data, len, flags);
	while (sent < len) {
		size_t piece = len - sent < segment_bytes ? len - sent : segment_bytes;
		/* The kernel adds nothing to a segment that ends a record, also when it sends it again. */
		ssize_t n = send_once(fd, bytes + sent, piece, MSG_EOR);
		if (n < 0)
			return sent > 0 ? (ssize_t)sent : n;
		sent += (size_t)n;
		if ((size_t)n < piece)
			break;
	}
	return (ssize_t)sent;
}
