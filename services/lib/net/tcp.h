/*
 * What the kernel knows of a TCP connection, as values, and how it is told to send
 * (tcp(7); the fields are those of struct tcp_info in linux/tcp.h).
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_TCP_H
#define FONTAINE_NET_TCP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** Since the connection began. Bytes are TCP's: with all that TLS and HTTP add. */
struct tcp_stats {
	uint64_t busy_us;           /* with data to send or to be acknowledged; of it: */
	uint64_t rwnd_limited_us;   /* held up by the receiver's window */
	uint64_t sndbuf_limited_us; /* held up by our send buffer */
	uint64_t bytes_sent;        /* also those sent again: */
	uint64_t bytes_retrans;
	uint64_t bytes_acked;
	uint64_t bytes_received;
	uint64_t delivery_rate_bytes_per_s; /* the latest */
	uint32_t unsent_bytes;              /* in the send buffer, waiting for their first sending */
	uint32_t min_rtt_us;                /* 0: none measured yet */
	uint32_t rtt_us;                    /* smoothed */
	uint32_t rttvar_us;
	uint32_t path_mtu;    /* what we believe the way to the peer carries, bytes */
	uint32_t send_mss;    /* the largest segment that we send, */
	uint32_t receive_mss; /* and that came, or is to be expected */
	uint32_t advertised_mss;
	uint32_t retransmits; /* segments */
};

/** Return: 0, or a negative errno (-EOPNOTSUPP: no TCP socket). */
int tcp_stats_read(int fd, struct tcp_stats *ret);

/** What BBR believes of the path. Gains are in 1/256. */
struct tcp_bbr {
	uint64_t bandwidth_bytes_per_s;
	uint32_t min_rtt_us;
	uint32_t pacing_gain;
	uint32_t cwnd_gain;
};

/** Return: 0, -ENOENT when the connection uses another congestion control, or a negative errno. */
int tcp_bbr_read(int fd, struct tcp_bbr *ret);

/** Choose a congestion control by name. Return: 0, or a negative errno (-ENOENT: the kernel has none of that name). */
int tcp_set_congestion(int fd, const char *name);

/**
 * Let at most about @bytes wait in the send buffer for their first sending: what is
 * measured under load is then the network's queue, not ours. Return: 0 or a negative errno.
 */
int tcp_set_unsent_max(int fd, size_t bytes);

/**
 * send(2), with @flags besides MSG_NOSIGNAL, in segments of at most @segment_bytes, however much the path is
 * believed to carry (0: as much as it does): large packets may get lost on it, and nobody says so.
 * Return: bytes that the socket took, or a negative errno when it took none.
 */
ssize_t tcp_send(int fd, const void *data, size_t len, int flags, size_t segment_bytes);

#endif
