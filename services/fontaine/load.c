/* Streams that carry random data as fast as they can, and beside them one question after the other. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/load.h"

#include "net/tcp.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <yyjson.h>

enum {
	TICK_MS = 100,
	PROBE_GAP_MS = 100, /* between an answer and the next question */
};

/* Of one request: the more, the fewer waits for a reply; others than ours may refuse so much. */
#define UPLOAD_BYTES       (UINT64_C(1) << 30)
#define UPLOAD_BYTES_OTHER (UINT64_C(20) << 20)

struct run {
	struct client *client;
	const struct load_plan *plan;
	struct load *load;
	struct answer *error;
	struct transfer *streams[LOAD_STREAMS_MAX], *probe;
	struct meter meter;
	struct tcp_work first, last; /* of the server's side */
	uint64_t count;              /* our own */
	double start_ms, probe_ms, tick_ms, moved_ms;
	uint64_t moved_bytes;
};

static double now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/** Whether the meter reads the server's count rather than our own. */
static bool counts_there(const struct run *r)
{
	return r->plan->upload && r->plan->has_count;
}

static double number(yyjson_val *object, const char *key)
{
	return yyjson_get_num(yyjson_obj_get(object, key)); /* 0 when it is none */
}

/** Take the server's {"bytes", "ms", "tcp"}; what is no such thing changes nothing. */
static void read_count(struct run *r, const char *text)
{
	yyjson_doc *d = yyjson_read(text, strlen(text), 0);
	yyjson_val *root = yyjson_doc_get_root(d);
	yyjson_val *tcp = yyjson_obj_get(root, "tcp");

	if (counts_there(r) && yyjson_is_num(yyjson_obj_get(root, "ms")))
		meter_add(&r->meter, number(root, "ms"), (uint64_t)number(root, "bytes"));
	if (yyjson_is_obj(tcp)) {
		r->last = (struct tcp_work){
			.busy_ms = number(tcp, "busy_ms"),
			.rwnd_limited_ms = number(tcp, "rwnd_limited_ms"),
			.sndbuf_limited_ms = number(tcp, "sndbuf_limited_ms"),
			.sent_bytes = number(tcp, "sent_bytes"),
			.retransmitted_bytes = number(tcp, "retransmitted_bytes"),
		};
		r->load->has_tcp = !r->plan->upload;
	}
	yyjson_doc_free(d);
}

static bool fail(struct run *r, const char *reason, const char *why)
{
	r->error->reason = reason;
	(void)snprintf(r->error->why, sizeof(r->error->why), "%s", why);
	return false;
}

static bool take_probe(struct run *r)
{
	struct answer a;

	if (!transfer_answer(r->probe, &a)) {
		*r->error = a;
		return false;
	}
	if (now_ms() - r->start_ms >= LOAD_RAMP_MS)
		samples_add(&r->load->latencies, a.latency_ms);
	if (r->plan->has_count)
		read_count(r, transfer_body(r->probe));
	transfer_end(r->probe);
	r->probe = NULL;
	r->probe_ms = now_ms() + PROBE_GAP_MS;
	return true;
}

/** A stream's request has ended: it goes on with another. */
static bool take_stream(struct run *r, struct transfer *t)
{
	struct answer a;

	if (!transfer_answer(t, &a)) {
		*r->error = a;
		return false;
	}
	transfer_restart(t);
	return true;
}

/** Return: false when nothing has moved for too long. */
static bool tick(struct run *r, double now)
{
	if (!counts_there(r))
		meter_add(&r->meter, now, r->count);
	r->tick_ms = now + TICK_MS;
	if (r->count != r->moved_bytes) {
		r->moved_bytes = r->count;
		r->moved_ms = now;
	}
	r->plan->on_progress(meter_live_bps(&r->meter),
	                     fmin(1, (now - r->start_ms) / (LOAD_RAMP_MS + r->plan->measured_ms)), r->plan->data);
	return now - r->moved_ms < CLIENT_ANSWER_MS || fail(r, "silent", "nothing moves any more");
}

static bool follow(struct run *r)
{
	while (meter_elapsed_ms(&r->meter) < LOAD_RAMP_MS + r->plan->measured_ms) {
		double now = now_ms();
		if (now >= r->tick_ms && !tick(r, now))
			return false;
		if (r->probe == NULL && now >= r->probe_ms)
			r->probe = client_ask(r->client, r->plan->probe_path);
		struct transfer *t = client_run(r->client, TICK_MS / 4);
		if (t != NULL && !(t == r->probe ? take_probe(r) : take_stream(r, t)))
			return false;
	}
	return true;
}

/** One question, and its answer before all else. */
static bool ask_first(struct run *r)
{
	r->probe = client_ask(r->client, r->plan->probe_path);
	while (client_run(r->client, TICK_MS) == NULL)
		;
	bool is_fine = take_probe(r);
	r->first = r->last;
	return is_fine;
}

static void start_streams(struct run *r)
{
	const struct load_plan *p = r->plan;
	uint64_t bytes = p->has_count ? UPLOAD_BYTES : UPLOAD_BYTES_OTHER;

	for (unsigned i = 0; i < p->streams; i++)
		r->streams[i] = p->upload ? client_upload(r->client, p->path, bytes, &r->count)
		                          : client_download(r->client, p->path, &r->count);
}

/** What our own side, the sender's, did. */
static void read_own_tcp(struct run *r)
{
	r->first = r->last = (struct tcp_work){0};
	for (unsigned i = 0; i < r->plan->streams; i++) {
		struct tcp_stats s;
		int fd = transfer_socket(r->streams[i]);
		if (fd < 0 || tcp_stats_read(fd, &s) < 0)
			continue;
		r->load->has_tcp = true;
		r->last.busy_ms += (double)s.busy_us / 1e3;
		r->last.rwnd_limited_ms += (double)s.rwnd_limited_us / 1e3;
		r->last.sndbuf_limited_ms += (double)s.sndbuf_limited_us / 1e3;
		r->last.sent_bytes += (double)s.bytes_sent;
		r->last.retransmitted_bytes += (double)s.bytes_retrans;
	}
}

static void conclude(struct run *r)
{
	const struct tcp_work *from = &r->first, *to = &r->last;

	assert(r->meter.n > 0); /* or it would not have ended */
	if (r->plan->upload)
		read_own_tcp(r);
	r->load->rate = meter_measured(&r->meter);
	r->load->total_bytes = r->meter.readings[r->meter.n - 1].bytes - r->meter.readings[0].bytes;
	r->load->tcp = (struct tcp_work){
		.busy_ms = to->busy_ms - from->busy_ms,
		.rwnd_limited_ms = to->rwnd_limited_ms - from->rwnd_limited_ms,
		.sndbuf_limited_ms = to->sndbuf_limited_ms - from->sndbuf_limited_ms,
		.sent_bytes = to->sent_bytes - from->sent_bytes,
		.retransmitted_bytes = to->retransmitted_bytes - from->retransmitted_bytes,
	};
}

bool load_run(struct client *c, const struct load_plan *plan, struct load *ret, struct answer *reterr)
{
	struct run r = {.client = c, .plan = plan, .load = ret, .error = reterr, .meter = {.ramp_ms = LOAD_RAMP_MS}};

	*ret = (struct load){.has_tcp = false};
	r.start_ms = now_ms() + CLIENT_ANSWER_MS; /* what is asked before it is no latency under load */
	bool is_fine = ask_first(&r);
	if (is_fine) {
		r.start_ms = r.tick_ms = r.moved_ms = now_ms();
		start_streams(&r);
		is_fine = follow(&r);
	}
	if (is_fine)
		conclude(&r);
	else
		samples_done(&ret->latencies);
	for (unsigned i = 0; i < plan->streams; i++)
		if (r.streams[i] != NULL)
			transfer_end(r.streams[i]);
	if (r.probe != NULL)
		transfer_end(r.probe);
	meter_done(&r.meter);
	return is_fine;
}
