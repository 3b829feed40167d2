/*
 * The load of an NTP server: questions of as many clients as an exchange has, a batch at a time, for some seconds.
 * Each client has an address of 127.0.0.0/8, so that what a server limits for each of them limits nothing here. Every
 * answer is checked to be a server's, to the question that its client has asked.
 */
/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <endian.h>
#include <err.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
	CLIENTS = 1 << 17,
	FIRST_CLIENT = 0x7f400001, /* 127.64.0.1 */
	BATCH = 64,
	ANSWER_LIMIT_MS = 1000,
	CLIENT_MODE = 4 << 3 | 3, /* version 4 (RFC 5905, 7.3) */
	SERVER_MODE = 4 << 3 | 4,
	MODE_MASK = 0x3f, /* without the leap indicator */
};

struct packet {
	uint8_t mode, stratum, poll, precision;
	uint32_t root_delay, root_dispersion, reference;
	uint64_t updated, origin, received, sent; /* a client's "sent" comes back as "origin": a number here */
};

struct batch {
	struct packet packets[BATCH];
	struct iovec data[BATCH];
	_Alignas(struct cmsghdr) char control[BATCH][CMSG_SPACE(sizeof(struct in_pktinfo))];
	struct mmsghdr heads[BATCH];
};

static struct batch questions, answers;

static double now_s(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) < 0)
		err(EXIT_FAILURE, "clock_gettime");
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int open_socket(void)
{
	int on = 1;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) < 0)
		err(EXIT_FAILURE, "socket");
	struct sockaddr_in any = {.sin_family = AF_INET};
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0)
		err(EXIT_FAILURE, "bind");
	return fd;
}

static in_addr_t client_of(uint64_t number)
{
	return htonl((uint32_t)(FIRST_CLIENT + number % CLIENTS));
}

static void prepare(struct batch *b, struct sockaddr_in *server)
{
	for (size_t i = 0; i < BATCH; i++) {
		b->data[i] = (struct iovec){&b->packets[i], sizeof(b->packets[i])};
		b->heads[i].msg_hdr = (struct msghdr){.msg_name = server,
		                                      .msg_namelen = server != NULL ? sizeof(*server) : 0,
		                                      .msg_iov = &b->data[i],
		                                      .msg_iovlen = 1,
		                                      .msg_control = b->control[i],
		                                      .msg_controllen = sizeof(b->control[i])};
	}
}

/* By the client whose turn it is. */
static void write_question(size_t i, uint64_t number)
{
	struct in_pktinfo from = {.ipi_spec_dst.s_addr = client_of(number)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&questions.heads[i].msg_hdr);

	questions.packets[i] = (struct packet){.mode = CLIENT_MODE, .sent = htobe64(number)};
	*c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(from)), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO};
	memcpy(CMSG_DATA(c), &from, sizeof(from));
}

static void ask(int fd, uint64_t first)
{
	for (size_t i = 0; i < BATCH; i++)
		write_question(i, first + i);
	for (unsigned sent = 0; sent < BATCH;) {
		int n = sendmmsg(fd, questions.heads + sent, BATCH - sent, 0);
		if (n < 0)
			err(EXIT_FAILURE, "sendmmsg");
		sent += (unsigned)n;
	}
}

/* To whom the answer came. */
static in_addr_t receiver(struct msghdr *head)
{
	struct in_pktinfo to;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c != NULL; c = CMSG_NXTHDR(head, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&to, CMSG_DATA(c), sizeof(to));
			return to.ipi_addr.s_addr;
		}
	}
	errx(EXIT_FAILURE, "an answer without its address");
}

/* One that is late, of a batch before this one, counts as lost. */
static bool is_answer(size_t i, uint64_t first)
{
	const struct packet *p = &answers.packets[i];
	uint64_t number = be64toh(p->origin);

	if (answers.heads[i].msg_len < sizeof(*p) || (p->mode & MODE_MASK) != SERVER_MODE || p->stratum == 0)
		errx(EXIT_FAILURE, "an answer that is none");
	if (receiver(&answers.heads[i].msg_hdr) != client_of(number))
		errx(EXIT_FAILURE, "an answer to another client's question");
	return number >= first;
}

/* Return: how many of the batch were answered within the time. */
static unsigned take_answers(int fd, uint64_t first)
{
	struct pollfd door = {.fd = fd, .events = POLLIN};
	unsigned answered = 0;

	while (answered < BATCH && poll(&door, 1, ANSWER_LIMIT_MS) > 0) {
		prepare(&answers, NULL); /* the kernel has changed it */
		int n = recvmmsg(fd, answers.heads, BATCH, MSG_DONTWAIT, NULL);
		if (n < 0)
			err(EXIT_FAILURE, "recvmmsg");
		for (int i = 0; i < n; i++)
			answered += is_answer((size_t)i, first);
	}
	return answered;
}

int main(int argc, char **argv)
{
	struct sockaddr_in server = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	if (argc != 3)
		errx(EXIT_FAILURE, "usage: ntp PORT SECONDS; prints: {\"asked\":N,\"answered\":N}");
	server.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
	double end_s = now_s() + strtod(argv[2], NULL);
	uint64_t asked = 0, answered = 0;
	int fd = open_socket();
	prepare(&questions, &server);
	for (; now_s() < end_s; asked += BATCH) {
		ask(fd, asked);
		answered += take_answers(fd, asked);
	}
	printf("{\"asked\":%" PRIu64 ",\"answered\":%" PRIu64 "}\n", asked, answered);
}
