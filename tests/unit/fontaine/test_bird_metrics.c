/* What BIRD 2.17 says of its protocols. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/bird_metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define HEAD "0001 BIRD 2.17.5 ready.\n2002-Name       Proto      Table      State  Since         Info\n"

static const char answer[] =
    HEAD
    "1002-device1    Device     ---        up     00:41:04.505  \n"
    "1006-\n"
    "1002-anycast    Direct     ---        up     00:41:04.505  \n"
    "1006-  Channel ipv4\n"
    "     State:          UP\n"
    "     Routes:         3 imported, 0 exported, 3 preferred\n"
    "     Route change stats:     received   rejected   filtered    ignored   accepted\n"
    "       Import updates:              3          0          0          0          3\n"
    "   Channel ipv6\n"
    "     State:          UP\n"
    "     Routes:         2 imported, 0 exported, 2 preferred\n"
    " \n"
    "1002-neighbour1 BGP        ---        up     00:41:04.510  Established\n"
    "1006-  BGP state:          Established\n"
    "     Neighbor address: 203.0.113.251\n"
    "   Channel ipv4\n"
    "     State:          UP\n"
    "     Routes:         0 imported, 3 exported, 0 preferred\n"
    " \n"
    "1002-neighbour2 BGP        ---        down   00:41:04.510  Error: Invalid next hop\n"
    "1006-  BGP state:          Down\n"
    "   Channel ipv4\n"
    "     State:          DOWN\n"
    " \n"
    "0000 \n";

static void test_protocols_and_their_routes(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	assert_true(bird_metrics_write(&out, answer));
	assert_string_equal(
	    out.data,
	    "# HELP bird_protocol_up Whether the protocol is up; of BGP: the session.\n"
	    "# TYPE bird_protocol_up gauge\n"
	    "bird_protocol_up{name=\"device1\",proto=\"Device\"} 1\n"
	    "bird_protocol_up{name=\"anycast\",proto=\"Direct\"} 1\n"
	    "bird_protocol_up{name=\"neighbour1\",proto=\"BGP\"} 1\n"
	    "bird_protocol_up{name=\"neighbour2\",proto=\"BGP\"} 0\n"
	    "# HELP bird_protocol_prefix_import Routes taken.\n"
	    "# TYPE bird_protocol_prefix_import gauge\n"
	    "bird_protocol_prefix_import{name=\"anycast\",proto=\"Direct\",ip_version=\"4\"} 3\n"
	    "bird_protocol_prefix_import{name=\"anycast\",proto=\"Direct\",ip_version=\"6\"} 2\n"
	    "bird_protocol_prefix_import{name=\"neighbour1\",proto=\"BGP\",ip_version=\"4\"} 0\n"
	    "# HELP bird_protocol_prefix_export Routes announced.\n"
	    "# TYPE bird_protocol_prefix_export gauge\n"
	    "bird_protocol_prefix_export{name=\"anycast\",proto=\"Direct\",ip_version=\"4\"} 0\n"
	    "bird_protocol_prefix_export{name=\"anycast\",proto=\"Direct\",ip_version=\"6\"} 0\n"
	    "bird_protocol_prefix_export{name=\"neighbour1\",proto=\"BGP\",ip_version=\"4\"} 3\n");
	buf_done(&out);
}

static void test_what_is_not_bird(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	assert_false(bird_metrics_write(&out, "0001 BIRD 2.17.5 ready.\n9001 syntax error\n"));
	assert_false(bird_metrics_write(&out, ""));
	assert_int_equal(out.len, 0);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_protocols_and_their_routes),
		cmocka_unit_test(test_what_is_not_bird),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
