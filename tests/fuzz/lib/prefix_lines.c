/*
 * Lines of RIS dumps and of validated ROA payloads (base/origin.h, base/rpki.h), plain or compressed, and the table
 * that is made of them: whatever is found around an address has it in it, the longest first.
 */
/* SPDX-License-Identifier: MIT */
#include "../fuzz.h"

#include "base/origin.h"
#include "base/rpki.h"

#include <stdio.h>

enum { NOW_S = 1800000000 };

static void ask(const struct prefix_table_kind *kind, struct prefix_table *t, const struct addr *a)
{
	struct prefix_found f;
	struct origin_match m;
	unsigned len = 129;

	for (bool has = prefix_table_find(t, a, &f); has; has = prefix_table_next(t, &f)) {
		assert(prefix_contains(&f.prefix, a) && f.prefix.len <= len && f.n_words > 0);
		len = f.prefix.len;
	}
	if (kind == &origin_kind && origin_find(t, a, &m) == 0)
		assert(m.n_asns > 0);
	struct prefix p = prefix_of(a, 24);
	if (kind == &rpki_kind)
		assert(rpki_validate(t, &p, 64500, NOW_S) != RPKI_UNKNOWN);
}

static void read_as(const struct prefix_table_kind *kind, const char *path)
{
	static const char *const asked[] = {"192.0.2.1", "2001:db8::1", "255.255.255.255", "::"};
	struct prefix_table *t = prefix_table_new(kind);
	struct prefix_report report = {0};
	struct addr a;

	int rc = prefix_table_add_file(t, path, &report);
	assert(rc < 0 || report.n_used > 0);
	assert((report.first_malformed > 0) == (report.n_malformed > 0));
	assert(prefix_table_seal(t) <= report.n_used);
	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		assert(addr_parse(asked[i], 0, &a) == 0);
		ask(kind, t, &a);
	}
	prefix_table_release(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd = fuzz_file(data, size);

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_as(&origin_kind, path);
	read_as(&rpki_kind, path);
	(void)close(fd);
	return 0;
}
