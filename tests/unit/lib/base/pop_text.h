/* POP files made of a site that is the same, and what a test is about. Include it after base/pop.h. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_POP_TEXT_H
#define FONTAINE_TESTS_POP_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POP_SITE \
	"site: {name: lyon, title: Lyon, domain: lyon.example, city: Lyon, country: FR, languages: [fr],\n" \
	"  operated_by: {name: IX, contact: noc@example.net}}\n"
#define POP_HEAD POP_SITE "addresses: {ipv4: 192.0.2.1}\n"

/* What @format makes, for pop_free(); or NULL, and why in @reterr. */
static struct pop *pop_of(struct pop_error *reterr, const char *format, ...) __attribute__((format(printf, 2, 3)));

static struct pop *pop_of(struct pop_error *reterr, const char *format, ...)
{
	struct pop *p = NULL;
	char *text = NULL;
	va_list args;

	va_start(args, format);
	int n = vasprintf(&text, format, args);
	va_end(args);
	assert_true(n > 0);
	int rc = pop_parse(text, (size_t)n, &p, reterr);
	assert_true((rc == 0) == (p != NULL));
	free(text);
	return p;
}

#endif
