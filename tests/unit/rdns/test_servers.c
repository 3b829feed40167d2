/* Name servers: which sets are taken, and glue that is missing, needless or out of reach. */
/* SPDX-License-Identifier: MIT */
#include "rdns/servers.h"

#include "base/reachable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

enum {
	NAMED_MAX = 14,
	LISTED_MAX = 9,
};

/* A server as text; addresses with spaces between them. */
struct named {
	const char *name, *glue;
};

static size_t read_glue(const char *text, struct addr ret[LISTED_MAX])
{
	char copy[256], *save = NULL;
	size_t n = 0;

	(void)strcpy(copy, text == NULL ? "" : text);
	for (char *at = strtok_r(copy, " ", &save); at != NULL; at = strtok_r(NULL, " ", &save))
		assert_int_equal(addr_parse(at, 0, &ret[n++]), 0);
	return n;
}

static enum refusal refuse(const char *zone, const struct named *list, size_t *reterr_which)
{
	struct addr glue[NAMED_MAX][LISTED_MAX];
	struct name_server servers[NAMED_MAX];
	struct plan plan = {0};
	size_t n = 0;

	assert_int_equal(plan_parse(zone, &plan.prefix, &plan.form), REFUSAL_NONE);
	plan.n_zones = reverse_zones(&plan.prefix);
	for (; n < NAMED_MAX && list[n].name != NULL; n++)
		servers[n] = (struct name_server){list[n].name, glue[n], read_glue(list[n].glue, glue[n])};
	return servers_refuse(&plan, servers, n, addr_is_global, reterr_which);
}

#define A {"ns1.example.net", NULL}
#define B {"ns2.example.net.", NULL}

static void test_sets(void **state)
{
	static const struct {
		const char *zone;
		struct named servers[NAMED_MAX];
		enum refusal refusal;
		size_t which;
	} cases[] = {
		{"10.0.17.0/24", {A, B}, REFUSAL_NONE, 0},
		{"10.0.17.0/24", {{0}}, REFUSAL_SERVERS, 0},
		{"10.0.17.0/24", {A}, REFUSAL_SERVERS, 1},
		{"10.0.17.0/24", {A, A, A, A, A, A, A, A, A, A, A, A, A, A}, REFUSAL_SERVERS, 14},
		{"10.0.17.0/24", {A, {"NS1.example.NET.", NULL}}, REFUSAL_SERVER_TWICE, 1},
		{"10.0.17.0/24", {A, {"", NULL}}, REFUSAL_SERVER_NAME, 1},
		{"10.0.17.0/24", {A, {".", NULL}}, REFUSAL_SERVER_NAME, 1},
		{"10.0.17.0/24", {{"ns1", NULL}, B}, REFUSAL_SERVER_NAME, 0},
		{"10.0.17.0/24", {A, {"8.8.8.8", NULL}}, REFUSAL_SERVER_NAME, 1},
		{"10.0.17.0/24", {A, {"ns_1.example.net", NULL}}, REFUSAL_SERVER_NAME, 1},
		{"10.0.17.0/24", {A, {"ns2.example.net..", NULL}}, REFUSAL_SERVER_NAME, 1},
		{"10.0.17.0/24", {A, {"ns2.17.0.10.in-addr.arpa", "8.8.8.8 2620:fe::fe"}}, REFUSAL_NONE, 0},
		{"10.0.17.0/24", {A, {"17.0.10.IN-ADDR.ARPA.", "8.8.8.8"}}, REFUSAL_NONE, 0},
		{"10.0.17.0/24", {A, {"ns2.17.0.10.in-addr.arpa", NULL}}, REFUSAL_GLUE_MISSING, 1},
		{"10.0.17.0/24", {A, {"ns2.117.0.10.in-addr.arpa", NULL}}, REFUSAL_NONE, 0}, /* another zone */
		{"10.0.17.0/24", {A, {"ns2.example.net", "8.8.8.8"}}, REFUSAL_GLUE_UNNEEDED, 1},
		{"10.0.17.0/24", {A, {"ns2.17.0.10.in-addr.arpa", "8.8.8.8 10.0.17.1"}}, REFUSAL_GLUE_ADDRESS, 1},
		{"10.0.17.0/24",
	         {A, {"ns2.17.0.10.in-addr.arpa", "8.0.0.1 8.0.0.2 8.0.0.3 8.0.0.4 8.0.0.5 8.0.0.6 8.0.0.7 8.0.0.8"}},
	         REFUSAL_NONE,
	         0},
		{"10.0.17.0/24",
	         {A,
	          {"ns2.17.0.10.in-addr.arpa",
	           "8.0.0.1 8.0.0.2 8.0.0.3 8.0.0.4 8.0.0.5 8.0.0.6 8.0.0.7 8.0.0.8 8.0.0.9"}},
	         REFUSAL_GLUE_ADDRESS,
	         1},
		{"10.0.16.0/20", {A, {"ns.31.0.10.in-addr.arpa", NULL}}, REFUSAL_GLUE_MISSING, 1}, /* its last zone */
		{"64-127.17.0.10.in-addr.arpa", {A, {"ns.64-127.17.0.10.in-addr.arpa", NULL}}, REFUSAL_GLUE_MISSING, 1},
		{"64/26.17.0.10.in-addr.arpa", {A, {"ns.64-127.17.0.10.in-addr.arpa", NULL}}, REFUSAL_NONE, 0},
		{"2001:db8::/32", {A, {"ns.8.b.d.0.1.0.0.2.ip6.arpa", NULL}}, REFUSAL_GLUE_MISSING, 1},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t which = 0;
		assert_int_equal(refuse(cases[i].zone, cases[i].servers, &which), cases[i].refusal);
		assert_int_equal(which, cases[i].which);
	}
}

static void test_long_name(void **state)
{
	char name[1024];
	struct named list[NAMED_MAX] = {A, {name, NULL}};
	size_t which = 0;
	(void)state;

	for (size_t len = 250; len < sizeof(name); len++) {
		memset(name, 'a', len);
		for (size_t i = 10; i < len - 1; i += 10)
			name[i] = '.';
		name[len] = '\0';
		enum refusal r = refuse("10.0.17.0/24", list, &which);
		assert_int_equal(r, len <= 253 ? REFUSAL_NONE : REFUSAL_SERVER_NAME);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_long_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
