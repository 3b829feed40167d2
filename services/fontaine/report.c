/* What a speed test from the command line has found. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void report_done(struct report *r)
{
	samples_done(&r->latency);
	samples_done(&r->download.latencies);
	samples_done(&r->upload.latencies);
}

const char *report_key(const struct report *r)
{
	return r->family == AF_INET ? "ipv4" : "ipv6";
}

const char *report_name(const struct report *r)
{
	return r->family == AF_INET ? "IPv4" : "IPv6";
}

const char *report_rate(double bits_per_second, char out[REPORT_RATE_MAX])
{
	double megabits = bits_per_second / 1e6;
	int decimals = (megabits < 10) + (megabits < 100);

	(void)snprintf(out, REPORT_RATE_MAX, "%.*f Mbit/s", decimals, megabits);
	return out;
}

/** The latency that the load adds to the idle one. */
static double added_ms(const struct report *r, const struct load *l)
{
	double ms = samples_median(&l->latencies) - samples_median(&r->latency);

	return ms < 0 ? 0 : ms;
}

static const char *limit_text(const char *limit)
{
	if (strcmp(limit, "network") == 0)
		return "; limited by the network";
	if (strcmp(limit, "receiver") == 0)
		return "; limited by the receiver's window";
	return strcmp(limit, "sender") == 0 ? "; limited by the sender" : "";
}

static void print_load(const struct report *r, const char *name, const struct load *l)
{
	char rate[REPORT_RATE_MAX];
	double added = added_ms(r, l), latency = samples_median(&l->latencies);

	(void)printf("  %-8s  %s", name, report_rate(l->rate.bits_per_second, rate));
	if (!isnan(added))
		(void)printf("; latency %.2f ms, %.2f ms more: grade %s, %.0f round trips a minute", latency, added,
		             figures_grade(added), figures_rpm(latency));
	(void)printf("%s\n", l->has_tcp ? limit_text(figures_limit(&l->tcp)) : "");
}

void report_print(const struct report *r)
{
	if (r->latency.n > 0) {
		(void)printf("%s%s%s\n", report_name(r), *r->address != '\0' ? ", from " : "", r->address);
		(void)printf("  latency   %.2f ms, at best %.2f ms, jitter %.2f ms\n", samples_median(&r->latency),
		             samples_min(&r->latency), samples_jitter(&r->latency));
	}
	if (r->has_download)
		print_load(r, "download", &r->download);
	if (r->has_upload)
		print_load(r, "upload", &r->upload);
	if (r->answer.reason != NULL)
		(void)printf("%s: %s\n", report_name(r), r->answer.why);
}

/** To a thousandth; null when it is not known. */
static void add_number(yyjson_mut_doc *d, yyjson_mut_val *o, const char *key, double value)
{
	if (isnan(value))
		yyjson_mut_obj_add_null(d, o, key);
	else
		yyjson_mut_obj_add_real(d, o, key, round(value * 1000) / 1000);
}

static void add_samples(yyjson_mut_doc *d, yyjson_mut_val *o, const char *key, const struct samples *s)
{
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d, o, key);

	for (size_t i = 0; i < s->n; i++)
		yyjson_mut_arr_add_real(d, list, round(s->values[i] * 1000) / 1000);
}

static void add_tcp(yyjson_mut_doc *d, yyjson_mut_val *o, const struct load *l)
{
	if (!l->has_tcp) {
		yyjson_mut_obj_add_null(d, o, "tcp");
		yyjson_mut_obj_add_null(d, o, "limitedBy");
		return;
	}
	yyjson_mut_val *tcp = yyjson_mut_obj_add_obj(d, o, "tcp");
	add_number(d, tcp, "busy_ms", l->tcp.busy_ms);
	add_number(d, tcp, "rwnd_limited_ms", l->tcp.rwnd_limited_ms);
	add_number(d, tcp, "sndbuf_limited_ms", l->tcp.sndbuf_limited_ms);
	add_number(d, tcp, "sent_bytes", l->tcp.sent_bytes);
	add_number(d, tcp, "retransmitted_bytes", l->tcp.retransmitted_bytes);
	yyjson_mut_obj_add_str(d, o, "limitedBy", figures_limit(&l->tcp));
}

static void add_load(yyjson_mut_doc *d, yyjson_mut_val *root, const char *key, const struct report *r)
{
	const struct load *l = strcmp(key, "download") == 0 ? &r->download : &r->upload;
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, root, key);
	double added = added_ms(r, l), latency = samples_median(&l->latencies);

	add_number(d, o, "bitsPerSecond", l->rate.bits_per_second);
	yyjson_mut_obj_add_uint(d, o, "bytes", l->rate.bytes);
	add_number(d, o, "ms", l->rate.ms);
	yyjson_mut_obj_add_uint(d, o, "totalBytes", l->total_bytes);
	yyjson_mut_obj_add_uint(d, o, "streams", r->streams);
	add_number(d, o, "latencyMs", latency);
	add_samples(d, o, "latencySamples", &l->latencies);
	add_number(d, o, "addedMs", added);
	if (isnan(added))
		yyjson_mut_obj_add_null(d, o, "grade");
	else
		yyjson_mut_obj_add_str(d, o, "grade", figures_grade(added));
	add_number(d, o, "rpm", figures_rpm(latency));
	add_tcp(d, o, l);
}

yyjson_mut_val *report_json(yyjson_mut_doc *d, const struct report *r)
{
	yyjson_mut_val *o = yyjson_mut_obj(d);

	if (*r->address != '\0')
		yyjson_mut_obj_add_strcpy(d, o, "address", r->address);
	if (r->latency.n > 0) {
		yyjson_mut_val *latency = yyjson_mut_obj_add_obj(d, o, "latency");
		add_number(d, latency, "medianMs", samples_median(&r->latency));
		add_number(d, latency, "minMs", samples_min(&r->latency));
		add_number(d, latency, "jitterMs", samples_jitter(&r->latency));
		add_samples(d, latency, "samples", &r->latency);
	}
	if (r->has_download)
		add_load(d, o, "download", r);
	if (r->has_upload)
		add_load(d, o, "upload", r);
	if (r->answer.reason != NULL) {
		yyjson_mut_obj_add_str(d, o, "reason", r->answer.reason);
		yyjson_mut_obj_add_strcpy(d, o, "why", r->answer.why);
	}
	return o;
}
