/* SPDX-License-Identifier: MIT */
#include "speedtest/ndt7_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void messages_double_while_they_are_a_small_part(void **state)
{
	uint32_t bytes = NDT7_MESSAGE_MIN_BYTES;
	uint64_t sent = 0;
	unsigned n_sizes = 1;
	(void)state;

	while (sent < UINT64_C(1) << 30) {
		uint32_t next = ndt7_message_bytes(bytes, sent);
		assert_true(next == bytes || next == 2 * bytes);
		assert_int_equal(next == 2 * bytes, bytes < NDT7_MESSAGE_MAX_BYTES && bytes <= sent / 16);
		n_sizes += next != bytes;
		bytes = next;
		sent += bytes;
	}
	assert_int_equal(bytes, NDT7_MESSAGE_MAX_BYTES);
	assert_int_equal(n_sizes, 8); /* 8 KiB, 16, 32, ... 1 MiB */
}

static void pauses_have_their_mean_and_their_bounds(void **state)
{
	uint64_t sum_ms = 0;
	uint32_t n = 0, n_short = 0;
	(void)state;

	assert_int_equal(ndt7_pause_ms(0), 625);
	assert_int_equal(ndt7_pause_ms(UINT32_MAX), 25);
	for (uint64_t random = 0; random <= UINT32_MAX; random += 4099, n++) {
		uint32_t pause_ms = ndt7_pause_ms((uint32_t)random);
		assert_in_range(pause_ms, 25, 625);
		n_short += pause_ms < 173; /* the median of an exponential distribution: mean x ln 2 */
		sum_ms += pause_ms;
	}
	assert_in_range(sum_ms / n, 225, 255); /* its long end is cut off */
	assert_in_range(n_short * UINT64_C(1000) / n, 490, 510);
}

static void times_are_in_the_form_of_the_internet(void **state)
{
	char text[NDT7_TIME_MAX];
	(void)state;

	ndt7_time(1563305165987748, text);
	assert_string_equal(text, "2019-07-16T19:26:05.987748Z");
	ndt7_time(42, text);
	assert_string_equal(text, "1970-01-01T00:00:00.000042Z");
}

static const struct tcp_stats tcp = {
	.busy_us = 1,
	.bytes_acked = 2,
	.bytes_received = 3,
	.bytes_sent = UINT64_C(1) << 40,
	.bytes_retrans = 5,
	.delivery_rate_bytes_per_s = 6,
	.min_rtt_us = 7,
	.rtt_us = 8,
	.rttvar_us = 9,
	.rwnd_limited_us = 10,
	.sndbuf_limited_us = 11,
};

static const struct tcp_bbr bbr = {
	.bandwidth_bytes_per_s = 12, .min_rtt_us = 13, .pacing_gain = 14, .cwnd_gain = 15};

static struct ndt7_measurement measurement(struct addr *client, struct addr *server)
{
	assert_int_equal(addr_parse("2001:db8::1", 5678, client), 0);
	assert_int_equal(addr_parse("192.0.2.1", 80, server), 0);
	return (struct ndt7_measurement){
		.test = "download",
		.client = client,
		.server = server,
		.uuid = "00ff",
		.start_time = "then",
		.elapsed_us = 16,
		.bytes = 17,
	};
}

#define START \
	"{\"Origin\":\"server\",\"Test\":\"download\",\"ConnectionInfo\":{\"Client\":\"[2001:db8::1]:5678\"," \
	"\"Server\":\"192.0.2.1:80\",\"UUID\":\"00ff\",\"StartTime\":\"then\"}," \
	"\"AppInfo\":{\"ElapsedTime\":16,\"NumBytes\":17}"

static void a_measurement_has_its_names_and_units(void **state)
{
	struct addr client, server;
	struct ndt7_measurement m = measurement(&client, &server);
	size_t len;
	(void)state;

	m.tcp = &tcp;
	m.bbr = &bbr;
	char *text = ndt7_measurement_json(&m, &len);
	assert_string_equal(text, START ",\"TCPInfo\":{\"BusyTime\":1,\"BytesAcked\":2,\"BytesReceived\":3,"
	                                "\"BytesSent\":1099511627776,\"BytesRetrans\":5,\"DeliveryRate\":6,"
	                                "\"ElapsedTime\":16,\"MinRTT\":7,\"RTT\":8,\"RTTVar\":9,"
	                                "\"RWndLimited\":10,\"SndBufLimited\":11},"
	                                "\"BBRInfo\":{\"BW\":12,\"MinRTT\":13,\"PacingGain\":14,\"CwndGain\":15,"
	                                "\"ElapsedTime\":16}}");
	assert_int_equal(len, strlen(text));
	free(text);
}

static void what_is_not_known_is_left_out(void **state)
{
	struct addr client, server;
	struct ndt7_measurement m = measurement(&client, &server);
	size_t len;
	(void)state;

	char *text = ndt7_measurement_json(&m, &len);
	assert_string_equal(text, START "}");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_double_while_they_are_a_small_part),
		cmocka_unit_test(pauses_have_their_mean_and_their_bounds),
		cmocka_unit_test(times_are_in_the_form_of_the_internet),
		cmocka_unit_test(a_measurement_has_its_names_and_units),
		cmocka_unit_test(what_is_not_known_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
