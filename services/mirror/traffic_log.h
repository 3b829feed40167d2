/*
 * A file in memory that others append lines to, and that is emptied as it is read: what has been read is a hole in
 * it. So who writes never waits, not even for a reader that is not there; what there is no more room for is lost.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_TRAFFIC_LOG_H
#define FONTAINE_MIRROR_TRAFFIC_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { TRAFFIC_LOG_BUFFER = 64 << 10 };

struct traffic_log {
	int fd;      /* -1: there is none */
	off_t place; /* of what was not read */
	size_t n;    /* bytes of a line whose end is not there yet */
	bool is_overlong;
	char buffer[TRAFFIC_LOG_BUFFER];
};

/** Read the file @path from what an earlier reader has left on. Return: 0, or a negative errno: there is none. */
int traffic_log_open(struct traffic_log *l, const char *path);
void traffic_log_close(struct traffic_log *l);

/**
 * Hand out lines, without their ends and each a text, to @on_line; a line that is too long as NULL.
 * Return: whether there is more than is read at once.
 */
bool traffic_log_read(struct traffic_log *l, void (*on_line)(void *data, const char *line), void *data);

#endif
