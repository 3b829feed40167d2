/* The records of a reverse zone itself, as they would stand in a file. */
/* SPDX-License-Identifier: MIT */
#include "rdns/apex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#define ZONE "2.0.192.in-addr.arpa"

static void test_all(void **state)
{
	char domain[] = "lyon.example", name[] = "ns2.example.net";
	struct pop_secondary second = {.name = name};
	struct pop_rdns section = {.secondaries = &second, .n_secondaries = 1, .notify_port = 5359};
	struct pop_services services = {.rdns = &section};
	struct pop_site site = {.domain = domain};
	const struct pop p = {.site = &site, .services = &services};
	ldns_rr_list *list = ldns_rr_list_new();
	(void)state;

	apex_add(list, &p, ZONE);
	char *text = ldns_rr_list2str(list);
	assert_string_equal(text, ZONE ".\t3600\tIN\tNS\tns1.lyon.example.\n" ZONE ".\t3600\tIN\tNS\tns2.example.net.\n"
	                               "*._dsync." ZONE ".\t3600\tIN\tTYPE66\t\\# 23 "
	                               "003b0114ef036e7331046c796f6e076578616d706c6500\n"
	                               "*._dsync." ZONE ".\t3600\tIN\tTYPE66\t\\# 23 "
	                               "003e0114ef036e7331046c796f6e076578616d706c6500\n");
	free(text);
	ldns_rr_list_deep_free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_all)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
