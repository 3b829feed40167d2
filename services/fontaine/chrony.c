/* SPDX-License-Identifier: MIT */
#include "fontaine/chrony.h"

#include "base/addr.h"
#include "base/metrics.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE_MAX_BYTES = 512,
	FIELDS_MAX = 20,
	LABELS_MAX = 128,
	REACH_BITS = 8,
};
#define NEVER 4294967295.0 /* seconds since a source has answered */

/* Fields of "tracking", from 0. */
enum { STRATUM = 2,
       SYSTEM_TIME = 4,
       ROOT_DELAY = 10,
       ROOT_DISPERSION = 11,
       LEAP = 13 };
/* And of "serverstats". */
enum { NTP_RECEIVED = 0,
       NTP_DROPPED = 1,
       NTS_KEYS = 5,
       NTP_AUTHENTICATED = 7 };

struct family {
	const char *name, *help;
	enum metrics_type type;
	unsigned field;
};

static const struct family tracking_families[] = {
	{"stratum", "Steps from a reference clock.", METRICS_GAUGE, STRATUM},
	{"reference_timestamp_seconds", "When the time was last compared with a source.", METRICS_GAUGE, 3},
	{"system_time_seconds", "By how much the clock is off, as chronyd knows.", METRICS_GAUGE, SYSTEM_TIME},
	{"last_offset_seconds", "What the last comparison found.", METRICS_GAUGE, 5},
	{"rms_offset_seconds", "What comparisons found, on average.", METRICS_GAUGE, 6},
	{"frequency_ppms", "By how much the clock would run wrong, in millionths.", METRICS_GAUGE, 7},
	{"residual_frequency_ppms", "Frequency that is still to be corrected, in millionths.", METRICS_GAUGE, 8},
	{"skew_ppms", "How well the frequency is known, in millionths.", METRICS_GAUGE, 9},
	{"root_delay_seconds", "Round trip to the reference clock.", METRICS_GAUGE, ROOT_DELAY},
	{"root_dispersion_seconds", "Error since the reference clock.", METRICS_GAUGE, ROOT_DISPERSION},
	{"update_interval_seconds", "Between the last two comparisons.", METRICS_GAUGE, 12},
};

static const struct family serverstats_families[] = {
	{"ntp_packets_received_total", "NTP requests received.", METRICS_COUNTER, NTP_RECEIVED},
	{"ntp_packets_dropped_total", "NTP requests dropped by the rate limit.", METRICS_COUNTER, NTP_DROPPED},
	{"command_packets_received_total", "Commands received.", METRICS_COUNTER, 2},
	{"command_packets_dropped_total", "Commands dropped by the rate limit.", METRICS_COUNTER, 3},
	{"client_log_records_dropped_total", "Clients forgotten for lack of memory.", METRICS_COUNTER, 4},
	{"nts_ke_connections_accepted_total", "Connections for keys of NTS.", METRICS_COUNTER, NTS_KEYS},
	{"nts_ke_connections_dropped_total", "Such connections dropped by the rate limit.", METRICS_COUNTER, 6},
	{"authenticated_ntp_packets_total", "NTP requests with NTS.", METRICS_COUNTER, NTP_AUTHENTICATED},
	{"interleaved_ntp_packets_total", "NTP requests in interleaved mode.", METRICS_COUNTER, 8},
	{"ntp_timestamps_held", "Times of answers that are kept for interleaved mode.", METRICS_GAUGE, 9},
	{"ntp_timestamp_span_seconds", "For how long they are kept.", METRICS_GAUGE, 10},
	{"ntp_daemon_rx_timestamps_total", "Requests that chronyd took the time of.", METRICS_COUNTER, 11},
	{"ntp_daemon_tx_timestamps_total", "Answers that chronyd took the time of.", METRICS_COUNTER, 12},
	{"ntp_kernel_rx_timestamps_total", "Requests that the kernel took the time of.", METRICS_COUNTER, 13},
	{"ntp_kernel_tx_timestamps_total", "Answers that the kernel took the time of.", METRICS_COUNTER, 14},
	{"ntp_hardware_rx_timestamps_total", "Requests that the network card took the time of.", METRICS_COUNTER, 15},
	{"ntp_hardware_tx_timestamps_total", "Answers that the network card took the time of.", METRICS_COUNTER, 16},
};

/** Split @line in place. Return: how many fields. */
static size_t split(char *line, char *ret[FIELDS_MAX])
{
	size_t n = 0;

	while (line != NULL && n < FIELDS_MAX)
		ret[n++] = strsep(&line, ",");
	return n;
}

static bool number(const char *text, double *ret)
{
	char *end;

	*ret = strtod(text, &end);
	return end > text && *end == '\0';
}

static bool numbers(char *const *fields, size_t from, size_t to, double *ret)
{
	for (size_t i = from; i < to; i++)
		if (!number(fields[i], &ret[i]))
			return false;
	return true;
}

/** "^,*,192.0.2.1,1,6,377,35,0.000012,0.000012,0.0021" */
static bool parse_source(char *const *f, size_t n, struct chrony *ret)
{
	struct chrony_source *s = &ret->sources[ret->n_sources];
	struct addr address;

	if (n < 10 || strlen(f[0]) != 1 || strlen(f[1]) != 1)
		return false;
	*s = (struct chrony_source){.mode = f[0][0], .state = f[1][0], .reach = (double)strtoul(f[5], NULL, 8)};
	/* A reference clock has a name of four letters, and a server without an address yet the name of its own. */
	(void)snprintf(s->address, sizeof(s->address), "%.*s",
	               (int)strspn(f[2], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:-_"), f[2]);
	if (addr_parse(f[2], 0, &address) == 0)
		(void)addr_text(&address, s->address);
	ret->n_sources++;
	return number(f[3], &s->stratum) && number(f[4], &s->poll) && number(f[6], &s->age_s) &&
	       number(f[7], &s->offset_s) && number(f[9], &s->error_s);
}

static bool parse_line(size_t nth, char *line, struct chrony *ret)
{
	char *fields[FIELDS_MAX];
	size_t n = split(line, fields);

	if (nth == 0 && n == CHRONY_TRACKING) {
		ret->is_synchronised = strcmp(fields[LEAP], "Not synchronised") != 0;
		return numbers(fields, STRATUM, LEAP, ret->tracking);
	}
	if (nth == 1 && n >= CHRONY_SERVERSTATS)
		return numbers(fields, 0, CHRONY_SERVERSTATS, ret->serverstats);
	return nth > 1 && (ret->n_sources == CHRONY_SOURCES_MAX || parse_source(fields, n, ret));
}

bool chrony_parse(const char *text, struct chrony *ret)
{
	size_t nth = 0;

	*ret = (struct chrony){0};
	for (const char *at = text; *at != '\0'; nth++) {
		char line[LINE_MAX_BYTES];
		size_t len = strcspn(at, "\n");
		(void)snprintf(line, sizeof(line), "%.*s", (int)len, at);
		if (!parse_line(nth, line, ret))
			return false;
		at += len + (at[len] == '\n');
	}
	return nth >= 2;
}

size_t chrony_sources_used(const struct chrony *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_sources; i++)
		n += c->sources[i].state == '*' || c->sources[i].state == '+';
	return n;
}

static void write_families(struct buf *out, const char *group, const struct family *families, size_t n,
                           const double *values)
{
	char name[96];

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), "chrony_%s_%s", group, families[i].name);
		metrics_family(out, name, families[i].type, families[i].help);
		metrics_double(out, name, "", values[families[i].field]);
	}
}

static const char *state_name(char state)
{
	static const struct {
		char state;
		const char *name;
	} names[] = {{'*', "sync"}, {'+', "candidate"}, {'-', "outlier"}, {'x', "falseticker"}, {'~', "jittery"}};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].state == state)
			return names[i].name;
	return "unreach";
}

static const char *mode_name(char mode)
{
	if (mode == '=')
		return "peer";
	return mode == '#' ? "ref" : "client";
}

/** Of a source, by the family's place in write_sources(); NAN: not known. */
static double source_value(const struct chrony_source *s, size_t which)
{
	const double values[] = {
		s->stratum,
		exp2(s->poll),
		s->age_s < NEVER ? s->age_s : NAN,
		s->age_s < NEVER ? s->offset_s : NAN,
		s->age_s < NEVER ? s->error_s : NAN,
		(double)__builtin_popcount((unsigned)s->reach) / REACH_BITS,
	};

	return values[which];
}

static void write_sources(struct buf *out, const struct chrony *c)
{
	static const char *const families[][2] = {
		{"chrony_sources_stratum", "Steps of the source from a reference clock."},
		{"chrony_sources_polling_interval_seconds", "How often it is asked."},
		{"chrony_sources_last_sample_age_seconds", "Since it has answered."},
		{"chrony_sources_last_sample_offset_seconds", "By how much its time differed."},
		{"chrony_sources_last_sample_error_margin_seconds", "How far that may be wrong."},
		{"chrony_sources_reachability_ratio", "Share of the last eight questions that it has answered."},
	};
	char labels[LABELS_MAX];

	if (c->n_sources == 0)
		return;
	for (size_t f = 0; f < sizeof(families) / sizeof(*families); f++) {
		metrics_family(out, families[f][0], METRICS_GAUGE, families[f][1]);
		for (size_t i = 0; i < c->n_sources; i++) {
			double value = source_value(&c->sources[i], f);
			(void)snprintf(labels, sizeof(labels), "source_address=\"%s\"", c->sources[i].address);
			if (!isnan(value))
				metrics_double(out, families[f][0], labels, value);
		}
	}
	metrics_family(out, "chrony_sources_state_info", METRICS_GAUGE, "What chronyd makes of the source.");
	for (size_t i = 0; i < c->n_sources; i++) {
		const struct chrony_source *s = &c->sources[i];
		(void)snprintf(labels, sizeof(labels), "source_address=\"%s\",source_state=\"%s\",source_mode=\"%s\"",
		               s->address, state_name(s->state), mode_name(s->mode));
		metrics_u64(out, "chrony_sources_state_info", labels, 1);
	}
}

bool chrony_write(struct buf *out, const char *text)
{
	struct chrony c;

	if (!chrony_parse(text, &c))
		return false;
	write_families(out, "tracking", tracking_families, sizeof(tracking_families) / sizeof(*tracking_families),
	               c.tracking);
	metrics_family(out, "chrony_tracking_synchronised", METRICS_GAUGE, "Whether chronyd knows the time.");
	metrics_u64(out, "chrony_tracking_synchronised", "", c.is_synchronised);
	write_families(out, "serverstats", serverstats_families,
	               sizeof(serverstats_families) / sizeof(*serverstats_families), c.serverstats);
	metrics_family(out, "chrony_sources_known", METRICS_GAUGE, "Sources that are asked.");
	metrics_u64(out, "chrony_sources_known", "", c.n_sources);
	metrics_family(out, "chrony_sources_used", METRICS_GAUGE, "Sources that the time is made of.");
	metrics_u64(out, "chrony_sources_used", "", chrony_sources_used(&c));
	write_sources(out, &c);
	return true;
}

bool chrony_write_json(struct buf *out, const char *text)
{
	struct chrony c;

	if (!chrony_parse(text, &c))
		return false;
	const double *s = c.serverstats;
	return buf_printf(out,
	                  "{\"synchronised\":%s,\"stratum\":%.0f,\"offset_s\":%.9f,\"root_delay_s\":%.9f,"
	                  "\"root_dispersion_s\":%.9f,\"sources\":%zu,\"sources_used\":%zu,\"ntp_packets\":%.0f,"
	                  "\"nts_packets\":%.0f,\"dropped_packets\":%.0f,\"nts_key_exchanges\":%.0f}\n",
	                  c.is_synchronised ? "true" : "false", c.tracking[STRATUM], c.tracking[SYSTEM_TIME],
	                  c.tracking[ROOT_DELAY], c.tracking[ROOT_DISPERSION], c.n_sources, chrony_sources_used(&c),
	                  s[NTP_RECEIVED], s[NTP_AUTHENTICATED], s[NTP_DROPPED], s[NTS_KEYS]) == 0;
}
