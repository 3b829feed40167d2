/* A Knot of the test's own, in a network of its own, with one signed reverse zone that a key may change. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_KNOT_H
#define FONTAINE_TESTS_KNOT_H

#include "rdns/primary.h"

#include "../../support/namespace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#define KNOT_ADDRESS "127.0.0.1"
#define KNOT_SECRET  "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
#define KNOT_ZONE    "2.0.192.in-addr.arpa"
#define KNOT_NS      KNOT_ZONE ". 3600 NS ns.example.net."

enum {
	KNOT_PORT = 5300,
	KNOT_START_MS = 20000,
	KNOT_POLL_MS = 20,
};

struct knot {
	char folder[32];
	pid_t pid;
	struct addr addr;
};

static inline void knot_write(const struct knot *k, const char *name, const char *text)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%s/%s", k->folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline void knot_configure(const struct knot *k)
{
	char text[2048];
	int n = snprintf(text, sizeof(text),
	                 "server:\n    rundir: %s\n    listen: " KNOT_ADDRESS "@%d\n"
	                 "log:\n  - target: stderr\n    any: error\n"
	                 "database:\n    storage: %s\n"
	                 "key:\n  - id: rdnsd\n    algorithm: hmac-sha256\n    secret: " KNOT_SECRET "\n"
	                 "acl:\n  - id: rdnsd\n    key: rdnsd\n    action: [update, transfer]\n"
	                 "policy:\n  - id: pop\n    algorithm: ecdsap256sha256\n"
	                 "template:\n  - id: default\n    storage: %s\n    zonefile-sync: 1h\n"
	                 "    journal-max-depth: 5000\n    serial-policy: unixtime\n"
	                 "    dnssec-signing: on\n    dnssec-policy: pop\n"
	                 "zone:\n  - domain: " KNOT_ZONE ".\n    file: zone\n    acl: rdnsd\n",
	                 k->folder, KNOT_PORT, k->folder, k->folder);

	assert_true(n > 0 && (size_t)n < sizeof(text));
	knot_write(k, "knot.conf", text);
	knot_write(k, "zone", "$ORIGIN " KNOT_ZONE ".\n$TTL 3600\n"
	                      "@ SOA ns.example.net. noc.example.net. 1 7200 900 1209600 300\n" KNOT_NS "\n");
}

/** It has loaded the zone, and so says NOERROR when asked for its SOA. */
static inline bool knot_answers(const struct knot *k)
{
	static const uint8_t question[] = "\0\1\0\0\0\1\0\0\0\0\0\0\0012\0010\003192\7in-addr\4arpa\0\0\6\0\1";
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct timeval limit = {.tv_usec = KNOT_POLL_MS * 1000};
	uint8_t answer[512];

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
	bool is_good = connect(fd, &k->addr.sa, addr_len(&k->addr)) == 0 &&
	               send(fd, question, sizeof(question) - 1, 0) == sizeof(question) - 1 &&
	               recv(fd, answer, sizeof(answer), 0) >= 12 && (answer[3] & 0xf) == LDNS_RCODE_NOERROR;
	(void)close(fd);
	return is_good;
}

/** Start it. */
static inline void knot_start(struct knot *k)
{
	char conf[64];

	(void)snprintf(conf, sizeof(conf), "%s/knot.conf", k->folder);
	k->pid = fork();
	assert_true(k->pid >= 0);
	if (k->pid == 0) {
		(void)execlp("knotd", "knotd", "-c", conf, (char *)NULL);
		_exit(127);
	}
	for (unsigned ms = 0; !knot_answers(k); ms += KNOT_POLL_MS) {
		assert_true(ms < KNOT_START_MS);
		assert_int_equal(waitpid(k->pid, NULL, WNOHANG), 0);
		(void)usleep(KNOT_POLL_MS * 1000);
	}
}

/** Start it again, with what it had. @loop has stood still meanwhile: it is told how late it is, for its timers. */
static inline void knot_restart(struct knot *k, uv_loop_t *loop)
{
	knot_start(k);
	uv_update_time(loop);
}

static inline void knot_stop(struct knot *k, int signal)
{
	if (k->pid > 0) {
		assert_int_equal(kill(k->pid, signal), 0);
		assert_int_equal(waitpid(k->pid, NULL, 0), k->pid);
	}
	k->pid = 0;
}

/** Its folder and its network; the process must have one thread. */
static inline void knot_init(struct knot *k)
{
	*k = (struct knot){.folder = "/tmp/knot-XXXXXX"};
	assert_non_null(mkdtemp(k->folder));
	assert_int_equal(namespace_enter_network(), 0);
	assert_int_equal(addr_parse(KNOT_ADDRESS, KNOT_PORT, &k->addr), 0);
	knot_configure(k);
}

static inline void knot_done(struct knot *k)
{
	char command[64];

	knot_stop(k, SIGTERM);
	(void)snprintf(command, sizeof(command), "rm -rf %s", k->folder);
	assert_int_equal(system(command), 0);
}

#endif
