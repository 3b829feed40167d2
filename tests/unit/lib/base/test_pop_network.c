/* The POP file's network: what is read, and what every kind of mistake is told. */
/* SPDX-License-Identifier: MIT */
#include "base/pop.h"

#include "pop_text.h"

#include <string.h>

#define HEAD     POP_HEAD "services: {pages: {}%s}\n"
#define RESOLVER ", resolver: {}"
#define CARD     "{name: enp1s0, addresses: [192.0.2.1/24]}"

static struct pop *parse(const char *resolver, const char *interfaces, const char *rest, struct pop_error *reterr)
{
	return pop_of(reterr, HEAD "network: {interfaces: [%s]%s}\n", resolver, interfaces, rest);
}

static void test_what_is_read(void **state)
{
	struct pop_error e;

	(void)state;
	struct pop *p = parse(RESOLVER, "{name: b, bond: [enp1s0, enp2s0], mtu: 9000}, "
	                                "{name: v, vlan: 100, parent: b, "
	                                "addresses: [192.0.2.1/24, \"2001:db8::1/64\"], "
	                                "gateways: [192.0.2.254]}",
	                      ", ssh_from: [198.51.100.0/24]", &e);
	if (p == NULL)
		fail_msg("%s", e.what);
	assert_int_equal(p->network->n_interfaces, 2);
	assert_int_equal(p->network->interfaces[0].n_bond, 2);
	assert_int_equal(p->network->interfaces[0].mtu, 9000);
	assert_int_equal(p->network->interfaces[1].vlan, 100);
	assert_string_equal(p->network->interfaces[1].parent, "b");
	assert_string_equal(p->network->interfaces[1].addresses[1], "2001:db8::1/64");
	assert_string_equal(p->network->ssh_from[0], "198.51.100.0/24");
	pop_free(p);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *interfaces, *rest, *what, *remedy;
	} mistakes[] = {
		{"{name: en p}", "", "interfaces[0].name: \"en p\" is not the name of an interface", "enp1s0"},
		{"{name: a-name-of-many-letters}", "", "is not the name of an interface", "up to 15"},
		{CARD ", " CARD, "", "\"enp1s0\" is listed twice", "remove one"},
		{"{name: e, mtu: 576}", "", "576 is not a usable mtu", "1280"},
		{"{name: e, addresses: [192.0.2.1]}", "", "addresses[0]: \"192.0.2.1\" is not an address with",
	         "192.0.2.10/24"},
		{"{name: e, addresses: [192.0.2.1/33]}", "", "is not an address with the length", "192.0.2.10/24"},
		{"{name: e, addresses: [224.0.0.1/24]}", "", "is not an address with the length", "192.0.2.10/24"},
		{"{name: e, gateways: [192.0.2.0/24]}", "", "gateways[0]: \"192.0.2.0/24\" is not", "192.0.2.1"},
		{"{name: v, vlan: 7}", "", "half a VLAN", "\"parent\""},
		{"{name: v, parent: e}", "", "half a VLAN", "\"vlan\""},
		{"{name: v, vlan: 4095, parent: e}", "", "4095 is not the number of a VLAN", "4094"},
		{"{name: v, vlan: 7, parent: e}", "", "it is on \"e\", which cannot be", "name another"},
		{"{name: e}, {name: v, vlan: 7, parent: e, bond: [f]}", "", "a bond and a VLAN at once", "leave"},
		{"{name: e}, {name: b, bond: [e]}", "", "\"e\" is in a bond, and stands alone", "leave it out"},
		{"{name: e, addresses: [192.0.2.2/24]}", "", "none has 192.0.2.1, where the service pages is to answer",
	         "add it"},
		{CARD, ", ssh_from: [192.0.2.1/24]", "network.ssh_from[0]: \"192.0.2.1/24\" has bits", "192.0.2.0/24"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		struct pop_error e;
		assert_null(parse(RESOLVER, mistakes[i].interfaces, mistakes[i].rest, &e));
		if (strstr(e.what, mistakes[i].what) == NULL || strstr(e.remedy, mistakes[i].remedy) == NULL)
			fail_msg("%s: %s / %s", mistakes[i].interfaces, e.what, e.remedy);
	}
}

static void test_names_are_asked_of_the_own_resolver(void **state)
{
	struct pop_error e;

	(void)state;
	assert_null(parse("", CARD, "", &e));
	assert_non_null(strstr(e.what, "the machine asks its own resolver"));
	assert_non_null(strstr(e.remedy, "resolver: {}"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_read),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_names_are_asked_of_the_own_resolver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
