/*
 * Short texts that people, pages and files give: addresses, prefixes, numbers of networks, names, times of cron,
 * tokens, languages. What is read and written again is read as the same.
 */
/* SPDX-License-Identifier: MIT */
#include "../fuzz.h"

#include "base/addr.h"
#include "base/argon2.h"
#include "base/asn.h"
#include "base/base32.h"
#include "base/cron.h"
#include "base/html.h"
#include "base/language.h"
#include "base/name.h"
#include "base/reverse.h"
#include "base/token.h"
#include "base/utf8.h"

enum { TEXT_MAX = 4096 };

static void read_prefix(const char *text)
{
	char written[PREFIX_TEXT_MAX], name[REVERSE_NAME_MAX];
	struct prefix p, again;

	if (prefix_parse(text, &p) < 0)
		return;
	assert(prefix_parse(prefix_text(&p, written), &again) == 0 && prefix_compare(&p, &again) == 0);
	unsigned n = reverse_zones(&p);
	assert(n >= 1 && n <= 128);
	for (unsigned i = 0; i < n; i++) {
		struct prefix zone = reverse_zone(&p, i);
		assert(prefix_overlaps(&p, &zone));
		for (enum reverse_form f = REVERSE_RANGE; f < REVERSE_FORMS; f++)
			assert(reverse_parse(reverse_name(&zone, f, name), &again) == 0);
	}
}

static void read_addr(const char *text)
{
	char written[ADDR_TEXT_MAX];
	struct addr a, again;

	if (addr_parse(text, 53, &a) < 0)
		return;
	assert(addr_parse(addr_text(&a, written), 53, &again) == 0 && addr_equal(&a, &again));
}

static void read_reverse(const char *text)
{
	char name[REVERSE_NAME_MAX];
	struct prefix p, again;

	if (reverse_parse(text, &p) < 0)
		return;
	assert(reverse_zones(&p) == 1);
	assert(reverse_parse(reverse_name(&p, REVERSE_RANGE, name), &again) == 0 && prefix_compare(&p, &again) == 0);
}

static void read_cron(const char *text)
{
	enum { NOW_S = 1800000000 };
	struct cron c;

	if (cron_parse(text, &c) < 0)
		return;
	int64_t next = cron_next(&c, NOW_S);
	assert(next > NOW_S && next % 60 == 0 && cron_next(&c, next - 1) == next);
}

static void read_token(const char *text, size_t len)
{
	char written[TOKEN_LEN + 1];
	struct token t, again;

	if (token_parse(text, len, &t) < 0)
		return;
	token_text(&t, written);
	assert(token_parse(written, strlen(written), &again) == 0);
	assert(strcmp(t.id, again.id) == 0 && memcmp(t.secret, again.secret, sizeof(t.secret)) == 0);
}

static void read_name(const char *text)
{
	char host[NAME_HOST_MAX];
	uint16_t port;

	(void)name_is_label(text);
	(void)name_is_mail(text);
	(void)name_is_url(text);
	if (name_is_domain(text))
		(void)name_is_set_aside(text);
	if (name_split_authority(text, host, &port) == 0)
		assert(strlen(host) > 0 && strncmp(host, text, strlen(host)) == 0);
}

static void escape(const char *text)
{
	struct buf b;

	buf_init(&b, 8 * TEXT_MAX);
	html_add_escaped(&b, text);
	assert(strpbrk(buf_text(&b), "<>\"") == NULL);
	buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct utf8 u = {0};
	uint32_t asn;

	if (size > TEXT_MAX)
		return 0;
	char *text = fuzz_text(data, size);
	read_prefix(text);
	read_addr(text);
	read_reverse(text);
	read_cron(text);
	read_token(text, size);
	read_name(text);
	escape(text);
	if (asn_parse(text, &asn) == 0)
		assert(asn_is_usable(asn));
	(void)language_of(text, LANGUAGE_EN);
	(void)language_wanted(text, LANGUAGE_FR);
	for (size_t i = 0; i < size && utf8_take(&u, data[i]); i++)
		;
	free(text);
	return 0;
}
