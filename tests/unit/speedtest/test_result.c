/* Results: what a page may post, and what is kept of it. */
/* SPDX-License-Identifier: MIT */
#include "speedtest/result.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* JSON with ' for ", which C would have escaped. */
#define LOADED(speed) \
	"{'bitsPerSecond':" speed ",'bytes':1000,'ms':10000,'totalBytes':1200,'streams':6,'latencyMs':30.5," \
	"'latencySamples':[30,31],'addedMs':20.5,'rpm':1967," \
	"'series':[{'second':1,'bitsPerSecond':9e7,'latencyMs':null}]," \
	"'tcp':{'busy_ms':9000,'retransmitted_bytes':0},'limitedBy':'network','confidence':'high'}"

#define SINGLE "{'download':" LOADED("9e7") ",'upload':null}"

static const char complete[] =
    "{'server':{'name':'demo','title':'Demo','url':'https://demo.example','latencyMs':1.5},"
    "'ipv4':{'address':'192.0.2.77','latency':{'medianMs':10,'minMs':9,'jitterMs':0.5,'samples':[10,9]},"
    "'download':" LOADED("1e8") ",'upload':" LOADED("2e7") ",'single':" SINGLE "},'ipv6':{'reason':'none'},"
							   "'loss':{'sent':1000,'received':990,'lost':10,'percent':1}}";

static void swap(char *text, char from, char to)
{
	for (; (text = strchr(text, from)) != NULL; text++)
		*text = to;
}

static int parse(const char *json, struct result *r, char *error)
{
	char *quoted = mem_strdup(json), *exact = mem_new(strlen(json)); /* nothing after it may be read */

	swap(quoted, '\'', '"');
	memcpy(exact, quoted, strlen(json));
	int rc = result_parse(exact, strlen(json), r, error);
	if (rc == 0)
		swap(r->json, '"', '\'');
	free(exact);
	free(quoted);
	return rc;
}

static void test_a_complete_result(void **state)
{
	char error[JSON_SHAPE_ERROR_MAX] = "", text[ADDR_TEXT_MAX];
	struct result r;
	(void)state;

	if (parse(complete, &r, error) < 0)
		fail_msg("%s", error);
	const struct result_figures *f = &r.figures[RESULT_IPV4];
	assert_true(f->download_bps == 1e8 && f->upload_bps == 2e7 && f->latency_ms == 10 && f->jitter_ms == 0.5);
	assert_true(f->download_added_ms == 20.5 && f->upload_added_ms == 20.5 && r.loss_percent == 1);
	assert_string_equal(addr_text(&r.clients[RESULT_IPV4], text), "192.0.2.77");
	assert_int_equal(addr_family(&r.clients[RESULT_IPV6]), 0);
	assert_false(result_figures_any(&r.figures[RESULT_IPV6]));
	assert_true(isnan(r.figures[RESULT_IPV6].latency_ms));
	result_done(&r);
}

static void test_no_address_is_kept(void **state)
{
	char error[JSON_SHAPE_ERROR_MAX];
	struct result r;
	(void)state;

	assert_int_equal(parse("{'ipv4':{'address':'192.0.2.1','latency':{'medianMs':1}},"
	                       "'ipv6':{'latency':{'medianMs':2},'address':'2001:db8::1'}}",
	                       &r, error),
	                 0);
	assert_string_equal(r.json, "{'ipv4':{'latency':{'medianMs':1}},'ipv6':{'latency':{'medianMs':2}}}");
	result_done(&r);
}

static void test_an_address_of_the_other_family_is_none(void **state)
{
	char error[JSON_SHAPE_ERROR_MAX];
	struct result r;
	(void)state;

	assert_int_equal(parse("{'ipv6':{'address':'192.0.2.1','latency':{'medianMs':1}}}", &r, error), 0);
	assert_int_equal(addr_family(&r.clients[RESULT_IPV6]), 0);
	result_done(&r);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *json, *error;
	} cases[] = {
		{"{'ipv4':{'address':'192.0.2.1','address':'192.0.2.2'}}", "ipv4.address: must be there only once"},
		{"", "the result: not JSON"},
		{"{", "the result: not JSON"},
		{"{'ipv4':{'latency':{'medianMs':NaN}}}", "the result: not JSON"},
		{"'\xff'", "the result: not JSON"},
		{"[]", "the result: must be an object"},
		{"{}", "the result: must have latency, download or upload"},
		{"{'ipv4':{'reason':'none'},'ipv6':null}", "the result: must have latency, download or upload"},
		{"{'ipv4':{'download':{'bitsPerSecond':-1}}}", "ipv4.download.bitsPerSecond: must be a number"},
		{"{'ipv4':{'download':{'bitsPerSecond':1e14}}}", "ipv4.download.bitsPerSecond: must be a number"},
		{"{'ipv6':{'latency':{'samples':[1,-1]}}}", "ipv6.latency.samples[1]: must be a number"},
		{"{'ipv4':{'upload':{'limitedBy':'me'}}}", "ipv4.upload.limitedBy: must be one of network, receiver"},
		{"{'ipv4':{'single':{'upload':{'series':[{'second':-1}]}}}}",
	         "ipv4.single.upload.series[0].second: must be a number"},
		{"{'loss':{'percent':101}}", "loss.percent: must be a number from 0 to 100"},
		{"{'agreed':true}", "agreed: is not a known field"},
	};
	char error[JSON_SHAPE_ERROR_MAX];
	struct result r;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(parse(cases[i].json, &r, error), -EINVAL);
		if (strncmp(error, cases[i].error, strlen(cases[i].error)) != 0)
			fail_msg("case %zu: %s", i, error);
	}
}

/* A list in a list, and so on: the parser must not use the stack up. */
static void test_deep_nesting(void **state)
{
	char *json = malloc(RESULT_MAX_BYTES + 1), error[JSON_SHAPE_ERROR_MAX];
	struct result r;
	(void)state;

	memset(json, '[', RESULT_MAX_BYTES);
	json[RESULT_MAX_BYTES] = '\0';
	assert_int_equal(parse(json, &r, error), -EINVAL);
	memcpy(json, "{'ipv4':", 8);
	memset(json + RESULT_MAX_BYTES / 2, ']', RESULT_MAX_BYTES / 2 - 8);
	memset(json + 8, '[', RESULT_MAX_BYTES / 2 - 8);
	json[RESULT_MAX_BYTES - 8 - 8] = '}';
	json[RESULT_MAX_BYTES - 8 - 7] = '\0';
	assert_int_equal(parse(json, &r, error), -EINVAL);
	free(json);
}

static void test_figures_alone(void **state)
{
	struct result_figures figures = result_no_figures;
	char error[JSON_SHAPE_ERROR_MAX];
	struct result r, again;
	(void)state;

	figures.download_bps = 94.5e6;
	figures.latency_ms = 12.25;
	result_of_figures(RESULT_IPV6, &figures, &r);
	swap(r.json, '"', '\'');
	assert_string_equal(r.json, "{'ipv6':{'latency':{'medianMs':12.25},'download':{'bitsPerSecond':94500000.0},"
	                            "'upload':{}}}");
	assert_true(r.figures[RESULT_IPV6].download_bps == 94.5e6 && isnan(r.figures[RESULT_IPV6].upload_bps));
	assert_false(result_figures_any(&r.figures[RESULT_IPV4]));
	assert_int_equal(parse(r.json, &again, error), 0); /* as if a page had posted it */
	assert_true(again.figures[RESULT_IPV6].latency_ms == 12.25);
	result_done(&again);
	result_done(&r);
}

static void test_grades(void **state)
{
	static const struct {
		double download, upload;
		const char *grade;
	} cases[] = {
		{-1, -2, "A+"},
		{4.9, 0, "A+"},
		{5, 0, "A"},
		{0, 29.9, "A"},
		{30, 0, "B"},
		{60, 0, "C"},
		{0, 199, "C"},
		{200, 0, "D"},
		{399, 0, "D"},
		{400, 0, "F"},
		{NAN, 61, "C"},
		{61, NAN, "C"},
		{NAN, NAN, ""},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct result_figures f = result_no_figures;
		f.download_added_ms = cases[i].download;
		f.upload_added_ms = cases[i].upload;
		assert_string_equal(result_grade(&f), cases[i].grade);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_complete_result),
		cmocka_unit_test(test_no_address_is_kept),
		cmocka_unit_test(test_an_address_of_the_other_family_is_none),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_deep_nesting),
		cmocka_unit_test(test_figures_alone),
		cmocka_unit_test(test_grades),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
