/* The IX-F Member Export (base/ixf.h), and what is told of it. A refusal tells nothing else. */
/* SPDX-License-Identifier: MIT */
#include "base/ixf.h"

#include "../fuzz.h"

struct told {
	size_t n;
};

static void on_member(const struct ixf_member *m, void *data)
{
	struct told *t = data;

	t->n++;
	assert(m->n_contacts <= IXF_CONTACTS_MAX);
	for (unsigned i = 0; i < m->n_contacts; i++)
		assert(m->contacts[i] != NULL);
}

static void on_address(uint32_t asn, const struct prefix *address, void *data)
{
	struct told *t = data;
	(void)asn;

	t->n++;
	assert(address->len == (addr_family(&address->addr) == AF_INET ? 32 : 128));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), error[IXF_ERROR_MAX] = "";
	struct told told = {0};
	const struct ixf_visitor v = {.on_member = on_member, .on_address = on_address, .data = &told};

	if (ixf_read(text, size, &v, error) < 0)
		assert(told.n == 0 && error[0] != '\0' && strlen(error) < sizeof(error));
	free(text);
	return 0;
}
