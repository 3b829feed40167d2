/* Messages of DNS as TCP has them, each after its length of two bytes, for targets that read several. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_FUZZ_DNS_MESSAGES_H
#define FONTAINE_TESTS_FUZZ_DNS_MESSAGES_H

#include "fuzz.h"

#include "delegation/observed.h"
#include "net/dns_match.h"

#include <errno.h>
#include <stdbool.h>

/** What is left of them. */
struct messages {
	const uint8_t *at;
	size_t left;
};

/** The next message: *ret of *ret_len bytes in it. Return: false when there is none. */
static inline bool messages_next(struct messages *m, const uint8_t **ret, size_t *ret_len)
{
	if (m->left < 2)
		return false;
	size_t len = (size_t)m->at[0] << 8 | m->at[1];
	if (len > m->left - 2)
		len = m->left - 2;
	*ret = m->at + 2;
	*ret_len = len;
	m->at += 2 + len;
	m->left -= 2 + len;
	return true;
}

/** Take the next message for the answer to a question, whatever its number; one of no bytes stands for silence. */
static inline void messages_answer(struct messages *m, const char *name, ldns_rr_type type,
                                   struct observed_answer *ret)
{
	const uint8_t *bytes;
	size_t len;

	if (!messages_next(m, &bytes, &len))
		return;
	ldns_rr *asked = ldns_rr_new();
	ldns_rr_set_owner(asked, ldns_dname_new_frm_str(name));
	ldns_rr_set_type(asked, type);
	char *copy = fuzz_bytes(bytes, len);
	ret->query = mem_printf("%s %u", name, type);
	ret->packet = dns_match(asked, fuzz_id(bytes, len), (uint8_t *)copy, len);
	ret->rc = ret->packet != NULL ? 0 : len == 0 ? -ETIMEDOUT
	                                             : -EBADMSG;
	free(copy);
	ldns_rr_free(asked);
}

static inline bool messages_may_ask(const struct addr *a, const void *data)
{
	(void)a, (void)data;
	return true;
}

#endif
