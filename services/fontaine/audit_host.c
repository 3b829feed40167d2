/* What the machine of the POP shows of itself: files, units, sockets. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/audit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "fontaine/child.h"
#include "fontaine/generated.h"
#include "fontaine/secret_files.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	CLIENT_LIMIT_MS = 30000,
	SAID_MAX_BYTES = 1 << 18,
	SOCKETS_MAX = 512,
	LISTENING = 0x0a, /* of TCP, as /proc/net has it */
	UNCONNECTED = 7,  /* of UDP */
	LOOKS = 2,
	BETWEEN_US = 300000, /* a socket that asks somebody is gone by then */
};

static void judge_file(void *data, const char *path, mode_t mode, bool is_reachable)
{
	audit_judge_secret(path, mode, is_reachable, data);
}

void audit_host_secrets(const struct audit *a, struct audit_finding *ret)
{
	(void)a;

	unsigned n = secret_files_each(judge_file, ret);
	if (ret->state == AUDIT_PASS)
		audit_set(ret, n > 0 ? AUDIT_PASS : AUDIT_UNKNOWN, "%u files with secrets, for their owners alone", n);
}

/** The line of @unit in what systemd-analyze says; NULL when it is not there. */
static const char *line_of(const char *said, const char *unit)
{
	size_t len = strlen(unit);

	for (const char *line = said; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, unit, len) == 0 && line[len] == ' ')
			return line;
	}
	return NULL;
}

void audit_host_exposure(const struct audit *a, struct audit_finding *ret)
{
	static const char *const argv[] = {"systemd-analyze", "security", "--no-pager", NULL};
	const char *units[GENERATED_UNITS_MAX];
	size_t n = generated_units(a->pop, units);
	struct buf said;

	buf_init(&said, SAID_MAX_BYTES);
	int status = child_run(argv, CLIENT_LIMIT_MS, &said);
	for (size_t i = 0; i < n && status == 0 && ret->state == AUDIT_PASS; i++) {
		const char *line = line_of(buf_text(&said), units[i]);
		const char *dot = strrchr(units[i], '.');
		if (line != NULL)
			audit_judge_exposure(line, ret);
		else if (strcmp(dot, ".service") == 0 && strncmp(units[i], "fontaine-", 9) != 0) /* those have ended */
			audit_set(ret, AUDIT_UNKNOWN, "%s does not run", units[i]);
	}
	if (status != 0)
		audit_set(ret, AUDIT_UNKNOWN, "systemd-analyze says nothing");
	else if (ret->state == AUDIT_PASS)
		audit_set(ret, AUDIT_PASS, "no server of the POP is exposed more than 2.0 of 10");
	buf_done(&said);
}

/** Sockets that listen. */
struct listening {
	struct {
		const char *protocol;
		struct addr at;
		unsigned long inode;
		bool is_held; /* by a process that we see: not of another machine that shares the network */
		unsigned seen;
	} sockets[SOCKETS_MAX];
	size_t n;
};

/** "0100007F" or 32 such digits, each word as this machine has it. */
static int read_address(const char *hex, unsigned port, struct addr *ret)
{
	uint32_t words[4] = {0};
	size_t n = strlen(hex) / 8;
	char text[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < n && i < 4; i++)
		if (sscanf(hex + 8 * i, "%8" SCNx32, &words[i]) != 1)
			return -EINVAL;
	if (inet_ntop(n == 1 ? AF_INET : AF_INET6, words, text, sizeof(text)) == NULL)
		return -EINVAL;
	return addr_parse(text, (uint16_t)port, ret);
}

static void note_socket(struct listening *l, const char *protocol, const struct addr *at, unsigned long inode)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->sockets[i].inode == inode) {
			l->sockets[i].seen++;
			return;
		}
	if (l->n == SOCKETS_MAX)
		return;
	l->sockets[l->n].protocol = protocol;
	l->sockets[l->n].at = *at;
	l->sockets[l->n].inode = inode;
	l->sockets[l->n++].seen = 1;
}

/** Read /proc/net/@file. Return: whether it could be read. */
static bool read_sockets(struct listening *l, const char *file, const char *protocol)
{
	char *path = mem_printf("/proc/net/%s", file), line[512], hex[33];
	unsigned wanted = strcmp(protocol, "tcp") == 0 ? LISTENING : UNCONNECTED, port, state;
	unsigned long inode;
	struct addr at;
	FILE *f = fopen(path, "re");

	free(path);
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		int n = sscanf(line, " %*d: %32[0-9A-F]:%x %*[0-9A-F]:%*x %x %*s %*s %*s %*s %*s %lu", hex, &port,
		               &state, &inode);
		if (n == 4 && state == wanted && read_address(hex, port, &at) == 0)
			note_socket(l, protocol, &at, inode);
	}
	if (f == NULL)
		return false;
	(void)fclose(f);
	return true;
}

/** Mark those that the process @pid has open. */
static void mark_of(struct listening *l, const char *pid)
{
	char *dir = mem_printf("/proc/%s/fd", pid), target[64];
	DIR *d = opendir(dir);
	struct dirent *entry;
	unsigned long inode;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		char *path = mem_printf("%s/%s", dir, entry->d_name);
		ssize_t n = readlink(path, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		free(path);
		for (size_t i = 0; sscanf(target, "socket:[%lu]", &inode) == 1 && i < l->n; i++)
			l->sockets[i].is_held |= l->sockets[i].inode == inode;
	}
	if (d != NULL)
		(void)closedir(d);
	free(dir);
}

static void mark_held(struct listening *l)
{
	DIR *d = opendir("/proc");
	struct dirent *entry;

	while (d != NULL && (entry = readdir(d)) != NULL)
		if (strspn(entry->d_name, "0123456789") == strlen(entry->d_name))
			mark_of(l, entry->d_name);
	if (d != NULL)
		(void)closedir(d);
}

void audit_host_sockets(const struct audit *a, struct audit_finding *ret)
{
	static const char *const files[] = {"tcp", "tcp6", "udp", "udp6"};
	struct listening *l = mem_new(sizeof(*l));
	unsigned n_held = 0;
	bool is_whole = true;

	for (unsigned look = 0; look < LOOKS; look++) {
		for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
			is_whole = read_sockets(l, files[i], i < 2 ? "tcp" : "udp") && is_whole;
		mark_held(l);
		if (look + 1 < LOOKS)
			(void)usleep(BETWEEN_US);
	}
	for (size_t i = 0; i < l->n; i++)
		if (l->sockets[i].is_held && l->sockets[i].seen == LOOKS) {
			audit_judge_socket(a->pop, l->sockets[i].protocol, &l->sockets[i].at, ret);
			n_held++;
		}
	if (!is_whole || n_held == 0 || l->n == SOCKETS_MAX)
		audit_set(ret, AUDIT_UNKNOWN, "the sockets of this machine cannot be read: run it as root, on the POP");
	else if (ret->state == AUDIT_PASS)
		audit_set(ret, AUDIT_PASS, "%u sockets listen, all of them named", n_held);
	free(l);
}
