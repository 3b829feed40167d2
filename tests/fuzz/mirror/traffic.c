/*
 * The log of downloads that nginx and rsyncd write (mirror/traffic_log.h, mirror/traffic_line.h,
 * mirror/rsync_counter.h): in whatever pieces it grows, the same lines are read, and all of them are counted.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/traffic_log.h"

#include "../fuzz.h"

#include "base/buf.h"
#include "mirror/rsync_counter.h"

#include <stdio.h>

enum { TOLD_MAX_BYTES = 1 << 20 };

struct reading {
	struct buf told;
	struct rsync_counter *counter;
	struct traffic_table *table;
};

static void on_line(void *data, const char *line)
{
	struct reading *r = data;
	struct traffic_request request;
	struct traffic_rsync said;
	struct traffic_hit hit;
	struct addr client;

	assert(buf_printf(&r->told, "%s\n", line == NULL ? "(none)" : line) == 0);
	if (line == NULL)
		return;
	if (traffic_line_http(line, &request) == 0)
		assert(strlen(request.project) < TRAFFIC_PROJECT_MAX && request.status <= 5 &&
		       request.protocol < TRAFFIC_RSYNC);
	if (traffic_line_rsync(line, &said) < 0)
		return;
	if (rsync_counter_take(r->counter, &said, &hit, &client))
		traffic_table_count(r->table, &hit);
}

static char *read_grown(const uint8_t *data, size_t size, enum fuzz_way way)
{
	struct pop_mirror_project projects[] = {{.name = (char *)(uintptr_t)"debian"}};
	const struct pop_mirror m = {.projects = projects, .n_projects = 1};
	struct reading r = {.table = traffic_table_new(&m)};
	struct traffic_log *log = mem_new(sizeof(*log));
	int fd = fuzz_file("", 0);
	char path[64];

	r.counter = rsync_counter_new(r.table);
	buf_init(&r.told, TOLD_MAX_BYTES);
	log->fd = dup(fd);
	for (size_t at = 0, n; at < size; at += n) {
		n = fuzz_piece(way, at, size - at);
		assert(pwrite(fd, data + at, n, (off_t)at) == (ssize_t)n);
		while (traffic_log_read(log, on_line, &r))
			;
	}
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	traffic_log_close(log);
	(void)close(fd);
	free(log);
	rsync_counter_free(r.counter);
	traffic_table_free(r.table);
	return buf_take_text(&r.told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *whole = read_grown(data, size, FUZZ_WHOLE), *pieces = read_grown(data, size, FUZZ_PIECES);

	assert(strcmp(whole, pieces) == 0);
	free(whole);
	free(pieces);
	return 0;
}
