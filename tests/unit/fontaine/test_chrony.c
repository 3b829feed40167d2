/* What chronyd says of itself, as chronyc 4.6.1 prints it. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/chrony.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define TRACKING \
	"C0000201,192.0.2.1,2,1795308148.173532694,0.000004100,-0.000010000,0.000020000," \
	"-3.207,0.001,0.046,0.010500000," \
	"0.000200000,64.2,Normal\n"
#define ALONE \
	"7F7F0101,,10,1795308148.173532694,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,0.000000000," \
	"0.000000000,0.0,Normal\n"
#define NOT_YET \
	"00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0," \
	"Not synchronised\n"
#define SERVERSTATS "1000,50,2,0,0,7,1,300,4,5,6,0,2,6,4,0,0\n"
#define SOURCES \
	"^,*,192.0.2.1,1,6,377,35,0.000012000,0.000012000,0.002100000\n" \
	"^,+,2001:db8::1,1,6,377,36,-0.000100000,-0.000100000,0.003100000\n" \
	"^,x,192.0.2.9,1,6,17,37,1.500000000,1.500000000,0.004000000\n" \
	"^,?,ntp.example.net,0,6,0,4294967295,0.000000000,0.000000000,0.000000000\n" \
	"#,-,PPS0,0,4,377,3,0.000000001,0.000000001,0.000000010\n"

static void has(const struct buf *out, const char *line)
{
	if (strstr(out->data, line) == NULL)
		fail_msg("no \"%s\" in:\n%s", line, out->data);
}

static void test_metrics_have_the_names_of_chrony_exporter(void **state)
{
	static const char *const lines[] = {
		"\nchrony_tracking_stratum 2\n",
		"\nchrony_tracking_reference_timestamp_seconds 1795308148.17353\n",
		"\nchrony_tracking_last_offset_seconds -1e-05\n",
		"\nchrony_tracking_root_dispersion_seconds 0.0002\n",
		"\nchrony_tracking_synchronised 1\n",
		"\n# TYPE chrony_serverstats_ntp_packets_received_total counter\n",
		"\nchrony_serverstats_ntp_packets_received_total 1000\n",
		"\nchrony_serverstats_ntp_packets_dropped_total 50\n",
		"\nchrony_serverstats_nts_ke_connections_accepted_total 7\n",
		"\nchrony_serverstats_authenticated_ntp_packets_total 300\n",
		"\nchrony_serverstats_ntp_kernel_tx_timestamps_total 4\n",
		"\nchrony_sources_known 5\n",
		"\nchrony_sources_used 2\n",
		"\nchrony_sources_polling_interval_seconds{source_address=\"192.0.2.1\"} 64\n",
		"\nchrony_sources_reachability_ratio{source_address=\"192.0.2.9\"} 0.5\n",
		"\nchrony_sources_last_sample_offset_seconds{source_address=\"2001:db8::1\"} -0.0001\n",
		"\nchrony_sources_last_sample_error_margin_seconds{source_address=\"192.0.2.1\"} 0.0021\n",
		"{source_address=\"ntp.example.net\",source_state=\"unreach\",source_mode=\"client\"} 1\n",
		"{source_address=\"192.0.2.9\",source_state=\"falseticker\",source_mode=\"client\"} 1\n",
		"{source_address=\"PPS0\",source_state=\"outlier\",source_mode=\"ref\"} 1\n",
	};
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	assert_true(chrony_write(&out, TRACKING SERVERSTATS SOURCES));
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		has(&out, lines[i]);
	/* Never heard of. */
	assert_null(strstr(out.data, "last_sample_age_seconds{source_address=\"ntp.example.net\"}"));
	buf_done(&out);
}

static void test_who_has_no_sources_has_no_family_of_them(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	assert_true(chrony_write(&out, ALONE SERVERSTATS));
	has(&out, "\nchrony_sources_used 0\n");
	assert_null(strstr(out.data, "chrony_sources_stratum"));
	assert_null(strstr(out.data, "chrony_sources_state_info"));
	buf_done(&out);
}

static void test_the_page_gets_figures_and_no_address(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	assert_true(chrony_write_json(&out, TRACKING SERVERSTATS SOURCES));
	assert_string_equal(
	    out.data, "{\"synchronised\":true,\"stratum\":2,\"offset_s\":0.000004100,\"root_delay_s\":0.010500000,"
		      "\"root_dispersion_s\":0.000200000,\"sources\":5,\"sources_used\":2,\"ntp_packets\":1000,"
		      "\"nts_packets\":300,\"dropped_packets\":50,\"nts_key_exchanges\":7}\n");
	buf_done(&out);
	assert_true(chrony_write_json(&out, NOT_YET SERVERSTATS));
	has(&out, "\"synchronised\":false");
	buf_done(&out);
}

static void test_what_is_cut_off_or_not_chrony_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"506 Cannot talk to daemon\n",
		TRACKING,
		TRACKING "1,2,3\n",
		TRACKING SERVERSTATS "^,*,192.0.2.1,1\n",
		SERVERSTATS TRACKING,
		TRACKING SERVERSTATS "^,*,192.0.2.1,one,6,377,35,0.1,0.1,0.1\n",
	};
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_false(chrony_write(&out, texts[i]));
		assert_false(chrony_write_json(&out, texts[i]));
	}
	assert_int_equal(out.len, 0);
	buf_done(&out);
}

static void test_a_label_cannot_end_itself(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	assert_true(chrony_write(&out, TRACKING SERVERSTATS "^,*,a\"} 1,1,6,377,35,0.1,0.1,0.1\n"));
	has(&out, "chrony_sources_stratum{source_address=\"a\"} 1\n");
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_metrics_have_the_names_of_chrony_exporter),
		cmocka_unit_test(test_who_has_no_sources_has_no_family_of_them),
		cmocka_unit_test(test_the_page_gets_figures_and_no_address),
		cmocka_unit_test(test_what_is_cut_off_or_not_chrony_is_refused),
		cmocka_unit_test(test_a_label_cannot_end_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
