/* SPDX-License-Identifier: MIT */
#include "fontaine/bird_metrics.h"

#include "base/bird.h"
#include "base/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void write_bird_up(struct buf *out, const char *text)
{
	static const char name[] = "bird_protocol_up";
	struct bird_place p = {0};
	char labels[128];
	size_t len;

	metrics_family(out, name, METRICS_GAUGE, "Whether the protocol is up; of BGP: the session.");
	for (const char *at = text; *at != '\0'; at += len + (at[len] == '\n')) {
		const char *line = bird_line(at, &len);
		bool begins = bird_step(line, len, &p);
		at = line;
		if (!begins)
			continue;
		(void)snprintf(labels, sizeof(labels), "name=\"%s\",proto=\"%s\"", p.name, p.proto);
		metrics_u64(out, name, labels, strcmp(p.state, "up") == 0);
	}
}

static void write_bird_routes(struct buf *out, const char *text, bool are_exported)
{
	const char *name = are_exported ? "bird_protocol_prefix_export" : "bird_protocol_prefix_import";
	struct bird_place p = {0};
	char labels[192];
	size_t len;

	metrics_family(out, name, METRICS_GAUGE, are_exported ? "Routes announced." : "Routes taken.");
	for (const char *at = text; *at != '\0'; at += len + (at[len] == '\n')) {
		const char *line = bird_line(at, &len);
		uint64_t n[2];
		bool begins = bird_step(line, len, &p);
		at = line;
		if (begins || p.channel[0] == '\0' ||
		    sscanf(line, " Routes: %" SCNu64 " imported, %" SCNu64 " exported", &n[0], &n[1]) != 2)
			continue;
		(void)snprintf(labels, sizeof(labels), "name=\"%s\",proto=\"%s\",ip_version=\"%s\"", p.name, p.proto,
		               p.channel);
		metrics_u64(out, name, labels, n[are_exported]);
	}
}

bool bird_metrics_write(struct buf *out, const char *text)
{
	const char *table = bird_protocols(text);

	if (table == NULL)
		return false;
	write_bird_up(out, table);
	write_bird_routes(out, table, false);
	write_bird_routes(out, table, true);
	return true;
}
