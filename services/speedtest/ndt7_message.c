/* SPDX-License-Identifier: MIT */
#include "speedtest/ndt7_message.h"

#include "base/mem.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <yyjson.h>

enum {
	GROW_BELOW = 16, /* a message is never more than this part of what was sent before */
	PAUSE_MIN_MS = 25,
	PAUSE_MEAN_MS = 250,
	PAUSE_MAX_MS = 625,
};

uint32_t ndt7_message_bytes(uint32_t bytes, uint64_t sent_bytes)
{
	return bytes < NDT7_MESSAGE_MAX_BYTES && bytes <= sent_bytes / GROW_BELOW ? bytes * 2 : bytes;
}

/* Exponential: whatever else goes on at regular times, it is not always met at the same point. */
uint32_t ndt7_pause_ms(uint32_t random)
{
	double pause_ms = -log((random + 0.5) / 4294967296.0) * PAUSE_MEAN_MS;

	if (pause_ms < PAUSE_MIN_MS)
		return PAUSE_MIN_MS;
	return pause_ms < PAUSE_MAX_MS ? (uint32_t)pause_ms : PAUSE_MAX_MS;
}

void ndt7_time(int64_t unix_us, char ret[NDT7_TIME_MAX])
{
	time_t seconds = unix_us / 1000000;
	struct tm tm;

	(void)gmtime_r(&seconds, &tm);
	size_t len = strftime(ret, NDT7_TIME_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(ret + len, NDT7_TIME_MAX - len, ".%06" PRId64 "Z", unix_us % 1000000);
}

static void add_connection(yyjson_mut_doc *d, yyjson_mut_val *root, const struct ndt7_measurement *m)
{
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, root, "ConnectionInfo");
	char address[ADDR_PORT_TEXT_MAX];

	yyjson_mut_obj_add_strcpy(d, o, "Client", addr_port_text(m->client, address));
	yyjson_mut_obj_add_strcpy(d, o, "Server", addr_port_text(m->server, address));
	yyjson_mut_obj_add_str(d, o, "UUID", m->uuid);
	yyjson_mut_obj_add_str(d, o, "StartTime", m->start_time);
}

static void add_tcp(yyjson_mut_doc *d, yyjson_mut_val *root, const struct ndt7_measurement *m)
{
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, root, "TCPInfo");
	const struct tcp_stats *t = m->tcp;

	yyjson_mut_obj_add_uint(d, o, "BusyTime", t->busy_us);
	yyjson_mut_obj_add_uint(d, o, "BytesAcked", t->bytes_acked);
	yyjson_mut_obj_add_uint(d, o, "BytesReceived", t->bytes_received);
	yyjson_mut_obj_add_uint(d, o, "BytesSent", t->bytes_sent);
	yyjson_mut_obj_add_uint(d, o, "BytesRetrans", t->bytes_retrans);
	yyjson_mut_obj_add_uint(d, o, "DeliveryRate", t->delivery_rate_bytes_per_s);
	yyjson_mut_obj_add_uint(d, o, "ElapsedTime", m->elapsed_us);
	yyjson_mut_obj_add_uint(d, o, "MinRTT", t->min_rtt_us);
	yyjson_mut_obj_add_uint(d, o, "RTT", t->rtt_us);
	yyjson_mut_obj_add_uint(d, o, "RTTVar", t->rttvar_us);
	yyjson_mut_obj_add_uint(d, o, "RWndLimited", t->rwnd_limited_us);
	yyjson_mut_obj_add_uint(d, o, "SndBufLimited", t->sndbuf_limited_us);
}

static void add_bbr(yyjson_mut_doc *d, yyjson_mut_val *root, const struct ndt7_measurement *m)
{
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, root, "BBRInfo");

	yyjson_mut_obj_add_uint(d, o, "BW", m->bbr->bandwidth_bytes_per_s);
	yyjson_mut_obj_add_uint(d, o, "MinRTT", m->bbr->min_rtt_us);
	yyjson_mut_obj_add_uint(d, o, "PacingGain", m->bbr->pacing_gain);
	yyjson_mut_obj_add_uint(d, o, "CwndGain", m->bbr->cwnd_gain);
	yyjson_mut_obj_add_uint(d, o, "ElapsedTime", m->elapsed_us);
}

char *ndt7_measurement_json(const struct ndt7_measurement *m, size_t *ret_len)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);

	yyjson_mut_doc_set_root(d, root);
	yyjson_mut_obj_add_str(d, root, "Origin", "server");
	yyjson_mut_obj_add_str(d, root, "Test", m->test);
	add_connection(d, root, m);
	yyjson_mut_val *app = yyjson_mut_obj_add_obj(d, root, "AppInfo");
	yyjson_mut_obj_add_uint(d, app, "ElapsedTime", m->elapsed_us);
	yyjson_mut_obj_add_uint(d, app, "NumBytes", m->bytes);
	if (m->tcp != NULL)
		add_tcp(d, root, m);
	if (m->bbr != NULL)
		add_bbr(d, root, m);
	char *text = yyjson_mut_write(d, 0, ret_len);
	if (text == NULL)
		mem_exhausted(); /* what we write is valid UTF-8 and finite */
	yyjson_mut_doc_free(d);
	return text;
}
