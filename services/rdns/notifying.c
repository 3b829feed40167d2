/* SPDX-License-Identifier: MIT */
#include "rdns/notifying.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "net/dns.h"
#include "net/limit.h"
#include "sys/sockets.h"

#include <stdlib.h>
#include <string.h>

enum { LIMITED = NOTIFY_RESULTS,
       OUTCOMES };

struct notifying {
	const struct allocations *zones;
	struct {
		struct sockets sockets;
		bool is_udp;
	} listeners[POP_ENDPOINTS_MAX];
	size_t n_listeners;
	struct following *following;
	struct limit *limit;
	struct dns_config config;
	struct dns_counters counters;
	struct dns_server *server;
	uint64_t n[OUTCOMES];
};

static const char *const outcomes[OUTCOMES] = {"taken", "refused", "malformed", "dropped", "limited"};

static void on_message(void *data, const struct dns_request *request, struct dns_response *response)
{
	struct notifying *n = data;
	char zone[DELEGATION_NAME_MAX];
	uint32_t wait_ms;

	if (limit_take(n->limit, request->client, request->now_ms, &wait_ms) < 0) {
		n->n[LIMITED]++;
		return;
	}
	enum notify_result r =
	    notify_read(n->zones, request->bytes, request->len, zone, response->bytes, &response->len);
	n->n[r]++;
	if (r == NOTIFY_TAKEN)
		following_notified(n->following, zone);
}

int notifying_open(const struct pop *p, const struct allocations *zones, struct notifying **ret)
{
	struct notifying *n = mem_new(sizeof(*n));
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n_all = pop_endpoints(p, all);
	int rc = 0;

	n->zones = zones;
	n->limit = limit_new((struct limit_rate){NOTIFYING_PER_SECOND, NOTIFYING_BURST}, NOTIFYING_CLIENTS);
	n->config = (struct dns_config){.on_query = on_message,
	                                .data = n,
	                                .max_conns = NOTIFYING_CONNECTIONS_MAX,
	                                .idle_ms = NOTIFYING_IDLE_MS};
	for (size_t i = 0; rc == 0 && i < n_all; i++) {
		if (strcmp(all[i].service, "rdns") != 0)
			continue;
		bool is_udp = strcmp(all[i].protocol, "udp") == 0;
		n->listeners[n->n_listeners].is_udp = is_udp;
		rc = sockets_open(&all[i].addr, is_udp ? SOCK_DGRAM : SOCK_STREAM, 1,
		                  &n->listeners[n->n_listeners].sockets);
		n->n_listeners += rc == 0;
	}
	if (rc == 0)
		*ret = n;
	else
		notifying_free(n);
	return rc;
}

int notifying_start(struct notifying *n, uv_loop_t *loop, struct following *f)
{
	int rc = 0;

	n->following = f;
	n->server = dns_server_new(loop, &n->config, &n->counters);
	for (size_t i = 0; i < n->n_listeners; i++)
		for (size_t k = 0; rc == 0 && k < n->listeners[i].sockets.n; k++)
			rc = dns_server_listen(n->server, n->listeners[i].sockets.fds[k], n->listeners[i].is_udp);
	return rc;
}

void notifying_stop(struct notifying *n, void (*on_closed)(void *data), void *data)
{
	dns_server_close(n->server, on_closed, data);
	n->server = NULL;
}

void notifying_add_metrics(const struct notifying *n, struct buf *b)
{
	char labels[32];

	metrics_family(b, "rdnsd_notifies_total", METRICS_COUNTER,
	               "Messages to where NOTIFYs arrive, by what came of them.");
	for (unsigned i = 0; i < OUTCOMES; i++) {
		(void)snprintf(labels, sizeof(labels), "outcome=\"%s\"", outcomes[i]);
		metrics_u64(b, "rdnsd_notifies_total", labels, n->n[i]);
	}
}

void notifying_free(struct notifying *n)
{
	for (size_t i = 0; i < n->n_listeners; i++)
		sockets_close(&n->listeners[i].sockets);
	limit_free(n->limit);
	free(n);
}
