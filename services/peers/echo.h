/* ICMP echo by sockets that need no privilege (icmp(7), net.ipv4.ping_group_range), both families. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_ECHO_H
#define FONTAINE_PEERS_ECHO_H

#include "base/addr.h"

#include <stdbool.h>
#include <stdint.h>

/** A question that was sent. */
struct echo {
	uint64_t cookie;                /* that nobody else knows; 0: none was sent */
	uint64_t sent_ns, sent_real_ns; /* monotonic, and of the clock by which the kernel stamps what it receives */
};

struct echo_answer {
	uint32_t number; /* as echo_send() had it, if it is an answer of ours */
	uint64_t cookie;
	uint64_t received_ns, received_real_ns; /* when it was read; when it came */
};

/** Return: a non-blocking socket of family @af, or -1 when there can be none. */
int echo_open(int af);

/** Ask @to. Return: 0, or a negative errno: the question is lost. */
int echo_send(int fd, const struct addr *to, uint32_t number, struct echo *ret);

/** Return: 0, or a negative errno when nothing is there. What is no answer of this length has a cookie of 0. */
int echo_receive(int fd, struct echo_answer *ret);

/** Whether @a answers @e: then *ret_us is how long it took, and @e is answered for good. Pure. */
bool echo_match(struct echo *e, const struct echo_answer *a, uint64_t *ret_us);

#endif
