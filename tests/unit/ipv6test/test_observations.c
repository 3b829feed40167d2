/* What the page may share: what does not fit is named, and nothing is kept that tells visitors apart. */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/observations.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ' stands for ", which C would have escaped. */
static char *quoted(const char *text)
{
	char *json = mem_strdup(text);

	for (char *quote = json; (quote = strchr(quote, '\'')) != NULL;)
		*quote = '"';
	return json;
}

#define TEST_OK \
	"{'state':'ok','reason':null,'ms':12.5,'dnsMs':1,'connectMs':3,'family':'ipv6','protocol':'http/1.1'}"
#define VERDICT \
	"'verdict':{'scores':{'ipv4':10,'ipv6':null},'findings':[{'id':'ipv6-only-nat64','severity':'info'," \
	"'confidence':'high','where':null},{'id':'no-ptr','severity':'info','confidence':'low','where':'provider'}]," \
	"'next':null}"

static const char complete[] =
    "{'observations':{'version':1,'at':'2026-01-31T12:00:00.000Z','durationMs':14000,'scheme':'http',"
    "'names':'public','tests':{'a':" TEST_OK ",'bogus':{'state':'failed','reason':null}},"
    "'families':{'ipv4':null,'ipv6':{'address':'2001:db8:1:2:3:4:5:6','subtype':'','via':'1.1 squid.2001-db8.example',"
    "'asns':[{'asn':64500,'name':'Net','rpki':'valid'}],'prefix':'2001:db8:1:2::/64','rpki':'valid',"
    "'ptr':'me.example','ptrConfirmed':true,'macDerived':false,'tcp':{'rtt_us':900,'pmtu':1500},'latencyMs':1.5,"
    "'samplesMs':[1.5,2],'downloadBps':1e9,'uploadBps':null}},'asked':{'a':['A','AAAA'],'bogus':[]},"
    "'resolvers':[{'address':'192.0.2.53','family':'ipv4','transports':['udp','tcp'],'edns':true,'dnssecOk':true,"
    "'mixedCase':false,'minimised':false,'buffer':1232,'ecs':null,'validates':true,'tests':['a','bogus']},"
    "{'address':'2001:db8:ffff:1::53'}]}," VERDICT "}";

static void test_a_complete_result(void **state)
{
	char *json = quoted(complete), error[JSON_SHAPE_ERROR_MAX] = "";
	struct observations o;
	(void)state;

	int rc = observations_parse(json, strlen(json), &o, error);
	assert_string_equal(error, "");
	assert_int_equal(rc, 0);
	assert_true(o.ipv4_score == 10 && isnan(o.ipv6_score));
	assert_string_equal(o.headline, "ipv6-only-nat64");
	observations_done(&o);
	free(json);
}

static void test_nothing_tells_visitors_apart(void **state)
{
	static const char *const gone[] = {"2001:db8:1:2", "192.0.2.53", "ffff:1:", "me.example", "squid", "/64"};
	static const char *const there[] = {"\"address\":\"2001:db8:1::/48\"", "\"address\":\"192.0.2.0/24\"",
	                                    "\"address\":\"2001:db8:ffff::/48\"", "\"prefix\":\"2001:db8:1::/48\"",
	                                    "\"ptr\":null", "\"ptrConfirmed\":true", "\"via\":\"proxy\"",
	                                    "\"asn\":64500",
	                                    "\"id\":\"ipv6-only-nat64\"", "\"pmtu\":1500"};
	char *json = quoted(complete), error[JSON_SHAPE_ERROR_MAX];
	struct observations o;
	(void)state;

	assert_int_equal(observations_parse(json, strlen(json), &o, error), 0);
	for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++)
		if (strstr(o.json, gone[i]) != NULL)
			fail_msg("%s is kept: %s", gone[i], o.json);
	for (size_t i = 0; i < sizeof(there) / sizeof(*there); i++)
		if (strstr(o.json, there[i]) == NULL)
			fail_msg("%s is not kept: %s", there[i], o.json);
	observations_done(&o);
	free(json);
}

#define FORMAT "{'observations':{'tests':{'a':{}},'families':{'ipv4':{'prefix':%s}}}," VERDICT "}"

/* A shorter prefix stays, and what is none goes. */
static void test_prefixes(void **state)
{
	static const struct {
		const char *given, *kept;
	} cases[] = {
		{"'192.0.0.0/16'", "\"192.0.0.0/16\""},
		{"'192.0.2.0/24'", "\"192.0.2.0/24\""},
		{"'192.0.2.77/32'", "\"192.0.2.0/24\""},
		{"'2001:db8::/32'", "\"2001:db8::/32\""},
		{"'192.0.2.77'", "\"192.0.2.0/24\""},
		{"'me@example.net'", "null"},
		{"''", "null"},
		{"null", "null"},
	};
	char error[JSON_SHAPE_ERROR_MAX], kept[64];
	struct observations o;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = mem_printf(FORMAT,
		                        cases[i].given);
		char *json = quoted(text);
		assert_int_equal(observations_parse(json, strlen(json), &o, error), 0);
		(void)snprintf(kept, sizeof(kept), "\"prefix\":%s", cases[i].kept);
		if (strstr(o.json, kept) == NULL)
			fail_msg("%s: %s", cases[i].given, o.json);
		observations_done(&o);
		free(json);
		free(text);
	}
}

static void test_what_is_refused(void **state)
{
#define MUST_HAVE "the result: must have observations.tests and verdict.findings"
	static const struct {
		const char *json, *error;
	} cases[] = {
		{"", "the result: not JSON"},
		{"[]", "the result: must be an object"},
		{"{}", MUST_HAVE},
		{"{'observations':{'tests':{'a':{}}}}", MUST_HAVE},
		{"{'observations':{'tests':{'a':{}}},'verdict':{'findings':[]}}", MUST_HAVE},
		{"{'observations':{'tests':{}}," VERDICT "}", MUST_HAVE},
		{"{'observations':{'tests':[]}}", "observations.tests: must be an object"},
		{"{'observations':{'version':2}}", "observations.version: must be a number from 1 to 1"},
		{"{'observations':{'tests':{'z':{}}}}", "observations.tests.z: is not a known field"},
		{"{'observations':{'tests':{'a':{'state':'good'}}}}",
	         "observations.tests.a.state: must be one of ok, slow, failed, timeout, skipped"},
		{"{'observations':{'tests':{'a':{'ms':-1}}}}",
	         "observations.tests.a.ms: must be a number from 0 to 1000000"},
		{"{'observations':{'families':{'ipv4':{'address':'here'}}}}",
	         "observations.families.ipv4.address: must be an address such as 192.0.2.1 or 2001:db8::1"},
		{"{'observations':{'families':{'ipv4':{}},'families':{'ipv4':{}}}}",
	         "observations.families: must be there only once"},
		{"{'observations':{'resolvers':[{'edns':1}]}}",
	         "observations.resolvers[0].edns: must be true or false"},
		{"{'verdict':{'findings':[{'id':'<b>'}]}}",
	         "verdict.findings[0].id: must be a word of lower-case letters and digits"},
		{"{'verdict':{'scores':{'ipv4':11}}}", "verdict.scores.ipv4: must be a number from 0 to 10"},
	};
	char error[JSON_SHAPE_ERROR_MAX];
	struct observations o;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *json = quoted(cases[i].json);
		assert_int_equal(observations_parse(json, strlen(json), &o, error), -EINVAL);
		if (strncmp(error, cases[i].error, strlen(cases[i].error)) != 0)
			fail_msg("%s: %s", cases[i].json, error);
		free(json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_complete_result),
		cmocka_unit_test(test_nothing_tells_visitors_apart),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_what_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
