/* SPDX-License-Identifier: MIT */
#include "net/http_metrics.h"

#include "base/metrics.h"

#include <stdio.h>

static uint64_t sum(const struct http_counters *list, size_t n, size_t offset)
{
	uint64_t total = 0;

	for (size_t i = 0; i < n; i++) {
		const void *at = (const char *)&list[i] + offset;
		total += atomic_load_explicit((const _Atomic uint64_t *)at,
		                              memory_order_relaxed);
	}
	return total;
}

static void write_responses(struct buf *b, const char *daemon, const struct http_counters *list,
                            size_t n)
{
	char name[96], label[16];

	(void)snprintf(name, sizeof(name), "%s_responses_total", daemon);
	metrics_family(b, name, METRICS_COUNTER, "Replies by class of status.");
	for (unsigned hundred = 2; hundred <= 5; hundred++) {
		size_t offset = offsetof(struct http_counters, responses) + hundred * sizeof(uint64_t);
		(void)snprintf(label, sizeof(label), "class=\"%uxx\"", hundred);
		metrics_u64(b, name, label, sum(list, n, offset));
	}
}

void http_metrics_write(struct buf *b, const char *daemon, const struct http_counters *list,
                        size_t n)
{
	static const struct {
		const char *suffix;
		enum metrics_type type;
		const char *help;
		size_t offset;
	} families[] = {
		{"connections_total", METRICS_COUNTER, "Connections accepted.",
	         offsetof(struct http_counters, connections)},
		{"connections", METRICS_GAUGE, "Connections open now.",
	         offsetof(struct http_counters, open)},
		{"refused_total", METRICS_COUNTER, "Connections refused because too many were open.",
	         offsetof(struct http_counters, refused)},
		{"limited_total", METRICS_COUNTER, "Requests refused because their client sent too many.",
	         offsetof(struct http_counters, limited)},
		{"timeouts_total", METRICS_COUNTER, "Clients given up because they were silent.",
	         offsetof(struct http_counters, timeouts)},
		{"floods_total", METRICS_COUNTER, "HTTP/2 connections ended because their client flooded them.",
	         offsetof(struct http_counters, floods)},
		{"tls_1_2_handshakes_total", METRICS_COUNTER, "Handshakes of TLS 1.2.",
	         offsetof(struct http_counters, tls_1_2)},
		{"tls_1_3_handshakes_total", METRICS_COUNTER, "Handshakes of TLS 1.3.",
	         offsetof(struct http_counters, tls_1_3)},
		{"tls_resumed_total", METRICS_COUNTER, "Handshakes that went on with an earlier session.",
	         offsetof(struct http_counters, tls_resumed)},
		{"tls_offloaded_total", METRICS_COUNTER, "Handshakes after which the kernel encrypts what is sent.",
	         offsetof(struct http_counters, tls_offloaded)},
		{"tls_failed_total", METRICS_COUNTER, "Handshakes that failed.",
	         offsetof(struct http_counters, tls_failed)},
		{"violations_total", METRICS_COUNTER, "HTTP/2 connections ended because their client broke its rules.",
	         offsetof(struct http_counters, violations)},
		{"received_bytes_total", METRICS_COUNTER, "Bytes of request bodies.",
	         offsetof(struct http_counters, body_bytes_in)},
		{"sent_bytes_total", METRICS_COUNTER, "Bytes of reply bodies.",
	         offsetof(struct http_counters, body_bytes_out)},
	};
	char name[96];

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		(void)snprintf(name, sizeof(name), "%s_%s", daemon, families[i].suffix);
		metrics_family(b, name, families[i].type, families[i].help);
		metrics_u64(b, name, "", sum(list, n, families[i].offset));
	}
	write_responses(b, daemon, list, n);
}
