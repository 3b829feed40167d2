/* SPDX-License-Identifier: MIT */
#include "fontaine/stock_metrics.h"

#include "fontaine/keyed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* Names of unbound_exporter. */
static const struct keyed unbound_table[] = {
	{"unbound_time_up_seconds_total", METRICS_COUNTER, "Since it was started.",
         "time.up", NULL, NULL, NULL},
	{"unbound_queries_total", METRICS_COUNTER, "Questions of clients.",
         "thread", ".num.queries", "thread", NULL},
	{"unbound_cache_hits_total", METRICS_COUNTER, "Those answered from the cache.",
         "thread", ".num.cachehits", "thread", NULL},
	{"unbound_cache_misses_total", METRICS_COUNTER, "Those that others had to be asked for.",
         "thread", ".num.cachemiss", "thread", NULL},
	{"unbound_prefetches_total", METRICS_COUNTER, "Answers fetched anew before they were too old.",
         "thread", ".num.prefetch", "thread", NULL},
	{"unbound_expired_total", METRICS_COUNTER, "Answers that were old, as nobody could be asked.",
         "thread", ".num.expired", "thread", NULL},
	{"unbound_recursive_replies_total", METRICS_COUNTER, "Answers that others were asked for.",
         "thread", ".num.recursivereplies", "thread", NULL},
	{"unbound_queries_ip_ratelimited_total", METRICS_COUNTER, "Questions beyond the limit of their address.",
         "total", ".num.queries_ip_ratelimited", NULL, NULL},
	{"unbound_request_list_current_all", METRICS_GAUGE, "Questions that wait for others.",
         "thread", ".requestlist.current.all", "thread", NULL},
	{"unbound_request_list_exceeded_total", METRICS_COUNTER, "Questions dropped, as too many waited.",
         "thread", ".requestlist.exceeded", "thread", NULL},
	{"unbound_memory_caches_bytes", METRICS_GAUGE, "Memory of a cache.",
         "mem.cache.", NULL, "cache", NULL},
	{"unbound_query_types_total", METRICS_COUNTER, "Questions by type.",
         "num.query.type.", NULL, "type", NULL},
	{"unbound_query_tcp_total", METRICS_COUNTER, "Questions by TCP, all that TLS carries too.",
         "num.query.tcp", NULL, NULL, NULL},
	{"unbound_query_tls_total", METRICS_COUNTER, "Questions by TLS, with those by HTTPS.",
         "num.query.tls", NULL, NULL, NULL},
	{"unbound_query_https_total", METRICS_COUNTER, "Questions by HTTPS.",
         "num.query.https", NULL, NULL, NULL},
	{"unbound_query_ipv6_total", METRICS_COUNTER, "Questions by IPv6.",
         "num.query.ipv6", NULL, NULL, NULL},
	{"unbound_answer_rcodes_total", METRICS_COUNTER, "Answers by code.",
         "num.answer.rcode.", NULL, "rcode", NULL},
	{"unbound_answers_secure_total", METRICS_COUNTER, "Answers that validate.",
         "num.answer.secure", NULL, NULL, NULL},
	{"unbound_answers_bogus_total", METRICS_COUNTER, "Answers that do not, though they should.",
         "num.answer.bogus", NULL, NULL, NULL},
	{"unbound_rrset_bogus_total", METRICS_COUNTER, "Sets of records with wrong signatures.",
         "num.rrset.bogus", NULL, NULL, NULL},
	{"unbound_unwanted_queries_total", METRICS_COUNTER, "Questions refused or dropped.",
         "unwanted.queries", NULL, NULL, NULL},
	{"unbound_unwanted_replies_total", METRICS_COUNTER, "Answers that nobody had asked for.",
         "unwanted.replies", NULL, NULL, NULL},
};

/** "histogram.000000.131072.to.000000.262144=3": answers that took that long, in seconds and millionths. */
static void write_response_times(struct buf *out, const char *text)
{
	static const char name[] = "unbound_response_time_seconds";
	double replies = 0, average = 0;
	uint64_t sum = 0;

	if (strstr(text, "\nhistogram.") == NULL)
		return;
	(void)buf_printf(out, "# HELP %s Time that others took to answer.\n# TYPE %s histogram\n", name, name);
	for (const char *at = text; (at = strstr(at, "\nhistogram.")) != NULL; at++) {
		unsigned s, us;
		uint64_t n;
		if (sscanf(at, "\nhistogram.%*u.%*u.to.%u.%u=%" SCNu64, &s, &us, &n) != 3)
			continue;
		sum += n;
		(void)buf_printf(out, "%s_bucket{le=\"%.6f\"} %" PRIu64 "\n", name, s + us / 1e6, sum);
	}
	(void)keyed_number(text, "total.num.recursivereplies", &replies);
	(void)keyed_number(text, "total.recursion.time.avg", &average);
	(void)buf_printf(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, sum);
	(void)buf_printf(out, "%s_sum %.6f\n%s_count %" PRIu64 "\n", name, replies * average, name, sum);
}

bool stock_unbound(struct buf *out, const char *text)
{
	double up_s;

	if (!keyed_number(text, "time.up", &up_s)) /* "error ..." */
		return false;
	write_response_times(out, text);
	return keyed_write(out, unbound_table, COUNT(unbound_table), text);
}

/* Names of knot_exporter, but for the zones, whose name there is one of a histogram. */
static const struct keyed knot_table[] = {
	{"knot_zones", METRICS_GAUGE, "Zones.",
         "server.zone-count", NULL, NULL, "section=\"server\""},
	{"knot_request_protocol_total", METRICS_COUNTER, "Questions by protocol.",
         "mod-stats.request-protocol[", "]", "type", "section=\"mod-stats\","},
	{"knot_server_operation_total", METRICS_COUNTER, "What was asked for.",
         "mod-stats.server-operation[", "]", "type", "section=\"mod-stats\","},
	{"knot_request_bytes_total", METRICS_COUNTER, "Bytes of questions.",
         "mod-stats.request-bytes[", "]", "type", "section=\"mod-stats\","},
	{"knot_response_bytes_total", METRICS_COUNTER, "Bytes of answers.",
         "mod-stats.response-bytes[", "]", "type", "section=\"mod-stats\","},
	{"knot_response_code_total", METRICS_COUNTER, "Answers by code.",
         "mod-stats.response-code[", "]", "type", "section=\"mod-stats\","},
	{"knot_slipped_total", METRICS_COUNTER, "Answers cut short by the rate limit.",
         "mod-rrl.slipped", NULL, NULL, "section=\"mod-rrl\""},
	{"knot_dropped_total", METRICS_COUNTER, "Answers dropped by the rate limit.",
         "mod-rrl.dropped", NULL, NULL, "section=\"mod-rrl\""},
	{"knot_presence_total", METRICS_COUNTER, "Questions with a cookie.",
         "mod-cookies.presence", NULL, NULL, "section=\"mod-cookies\""},
};

bool stock_knot(struct buf *out, const char *text)
{
	double n;

	return keyed_number(text, "server.zone-count", &n) && keyed_write(out, knot_table, COUNT(knot_table), text);
}

/** "Active connections: 1\nserver accepts handled requests\n 1 1 1\nReading: 0 Writing: 1 Waiting: 0" */
bool stock_nginx(struct buf *out, const char *text)
{
	static const struct {
		const char *name;
		enum metrics_type type;
		const char *help;
	} families[] = {
		/* Names of nginx-prometheus-exporter, the first two with the suffix that counters have. */
		{"nginx_connections_accepted_total", METRICS_COUNTER, "Connections accepted."},
		{"nginx_connections_handled_total", METRICS_COUNTER, "Connections for which there was room."},
		{"nginx_http_requests_total", METRICS_COUNTER, "Requests."},
		{"nginx_connections_active", METRICS_GAUGE, "Connections open now."},
		{"nginx_connections_reading", METRICS_GAUGE, "Connections of which a request is read."},
		{"nginx_connections_writing", METRICS_GAUGE, "Connections to which a reply is written."},
		{"nginx_connections_waiting", METRICS_GAUGE, "Connections without a request."},
	};
	uint64_t v[COUNT(families)];

	if (sscanf(text,
	           "Active connections: %" SCNu64 " server accepts handled requests %" SCNu64 " %" SCNu64 " %" SCNu64
	           " Reading: %" SCNu64 " Writing: %" SCNu64 " Waiting: %" SCNu64,
	           &v[3], &v[0], &v[1], &v[2], &v[4], &v[5], &v[6]) != (int)COUNT(families))
		return false;
	for (size_t i = 0; i < COUNT(families); i++) {
		metrics_family(out, families[i].name, families[i].type, families[i].help);
		metrics_u64(out, families[i].name, "", v[i]);
	}
	return true;
}
