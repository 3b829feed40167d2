/* Text that may leave the POP. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/scrub.h"

#include "base/mem.h"
#include "base/siphash.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BYTES = 256,
	LOOKS_MAX = 4,
	PSEUDONYM_SHIFT = 24, /* 40 bits of a hash: ten digits, so nobody takes it for a hardware address */
};

struct secret {
	char *text;
	size_t len;
	struct secret *next; /* with the same first byte */
};

struct scrub {
	uint64_t key[2];
	struct secret *secrets[BYTES];
	uint64_t *kept; /* hashes of what stays */
	size_t n_kept, kept_cap;
	bool is_sorted;
	uint64_t count[SCRUB_KINDS];
};

static const char *const kind_words[] = {"secret", "mail", "mac", "ipv4", "ipv6", "host"};

/** What is nobody's in particular: addresses, and names that are in the words of our own programs. */
static const char everybodys[] = "0.0.0.0 255.255.255.255 :: ::1 0.0.0.0/0 ::/0 127.0.0.0/8 "
				 "version.bind id.server services.resolver services.ntp";

const char *scrub_kind_word(enum scrub_kind kind)
{
	return kind_words[kind];
}

uint64_t scrub_count(const struct scrub *s, enum scrub_kind kind)
{
	return s->count[kind];
}

struct scrub *scrub_new(const uint64_t key[2])
{
	struct scrub *s = mem_new(sizeof(*s));

	memcpy(s->key, key, sizeof(s->key));
	scrub_keep(s, everybodys, strlen(everybodys));
	return s;
}

void scrub_free(struct scrub *s)
{
	for (size_t i = 0; i < BYTES; i++)
		while (s->secrets[i] != NULL) {
			struct secret *one = s->secrets[i];
			s->secrets[i] = one->next;
			explicit_bzero(one->text, one->len);
			free(one->text);
			free(one);
		}
	free(s->kept);
	explicit_bzero(s, sizeof(*s));
	free(s);
}

int scrub_add_secret(struct scrub *s, const char *secret, size_t len)
{
	if (len < SCRUB_SECRET_MIN)
		return -EINVAL;
	struct secret *one = mem_new(sizeof(*one)), **place = &s->secrets[(unsigned char)*secret];

	one->text = mem_new(len);
	memcpy(one->text, secret, len);
	one->len = len;
	while (*place != NULL && (*place)->len > len) /* the longest first: others may be parts of it */
		place = &(*place)->next;
	one->next = *place;
	*place = one;
	return 0;
}

/** What it is kept by: itself, with the length of its prefix if it has one. */
static uint64_t hash_of(const struct scrub *s, const struct scrub_form *f, int prefix_len)
{
	unsigned char text[SCRUB_ID_MAX + 2];

	memcpy(text, f->id, f->id_len);
	text[f->id_len] = (unsigned char)f->kind;
	text[f->id_len + 1] = (unsigned char)prefix_len;
	return siphash(s->key, text, f->id_len + 2);
}

static void keep(struct scrub *s, const struct scrub_form *f, int prefix_len)
{
	if (s->n_kept == s->kept_cap) {
		s->kept_cap = s->kept_cap == 0 ? 256 : 2 * s->kept_cap;
		s->kept = mem_resize(s->kept, s->kept_cap, sizeof(*s->kept));
	}
	s->kept[s->n_kept++] = hash_of(s, f, prefix_len);
	s->is_sorted = false;
}

/** Whether bits of the address are set behind its prefix, which is then the prefix of a host's address. */
static bool has_host_bits(const struct scrub_form *f)
{
	int first = f->prefix_len + (f->kind == SCRUB_IPV4 ? 96 : 0);

	for (int i = first; i < 128; i++)
		if ((f->id[i / 8] & 0x80 >> i % 8) != 0)
			return true;
	return first >= 128;
}

void scrub_keep(struct scrub *s, const char *text, size_t len)
{
	struct scrub_form f;

	for (size_t at = 0; at < len;) {
		if (!scrub_form_at(text, len, at, &f)) {
			at++;
			continue;
		}
		bool is_address = f.kind == SCRUB_IPV4 || f.kind == SCRUB_IPV6;
		if (f.kind != SCRUB_MAIL && f.kind != SCRUB_SECRET)
			keep(s, &f, f.prefix_len);
		if (is_address && f.prefix_len >= 0 && has_host_bits(&f))
			keep(s, &f, -1);
		at += f.skip + f.len;
	}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/** Also the loopback addresses, all of them. */
static bool is_kept(struct scrub *s, const struct scrub_form *f)
{
	if (f->kind == SCRUB_IPV4 && f->id[12] == 127)
		return true;
	if (!s->is_sorted)
		qsort(s->kept, s->n_kept, sizeof(*s->kept), compare);
	s->is_sorted = true;
	for (int i = 0; i < 2; i++) {
		uint64_t hash = hash_of(s, f, i == 0 ? -1 : f->prefix_len);
		if (bsearch(&hash, s->kept, s->n_kept, sizeof(hash), compare) != NULL)
			return true;
	}
	return false;
}

/** Find a secret of the POP's at @at. */
static bool secret_at(const struct scrub *s, const char *text, size_t len, size_t at, struct scrub_form *ret)
{
	for (const struct secret *one = s->secrets[(unsigned char)text[at]]; one != NULL; one = one->next)
		if (one->len <= len - at && memcmp(text + at, one->text, one->len) == 0) {
			*ret = (struct scrub_form){.kind = SCRUB_SECRET, .len = one->len};
			return true;
		}
	return false;
}

/** The word that takes its place: "{ipv4-5d2f07a1c9}". */
static int add_word(const struct scrub *s, const struct scrub_form *f, struct buf *out)
{
	if (f->kind == SCRUB_SECRET)
		return buf_printf(out, SCRUB_SECRET_WORD);
	return buf_printf(out, "{%s-%010" PRIx64 "}", kind_words[f->kind], hash_of(s, f, -1) >> PSEUDONYM_SHIFT);
}

/** Where the last secret ends that begins between @at and @end; 0: none does. */
static size_t end_of_secrets(const struct scrub *s, const char *text, size_t len, size_t at, size_t end)
{
	struct scrub_form f;
	size_t last = 0;

	for (; at < end; at++)
		if (secret_at(s, text, len, at, &f) && at + f.len > last)
			last = at + f.len;
	return last;
}

/** Find what begins at @at and may not stay. Else ret->len, not 0, is how much is fine. */
static bool unfit_at(struct scrub *s, const char *text, size_t len, size_t at, struct scrub_form *ret)
{
	if (secret_at(s, text, len, at, ret))
		return true;
	if (!scrub_form_at(text, len, at, ret)) {
		ret->len = 1;
		return false;
	}
	size_t end = at + ret->skip + ret->len, end_of_secret = end_of_secrets(s, text, len, at, end);
	if (end_of_secret == 0)
		return ret->kind == SCRUB_SECRET || !is_kept(s, ret);
	*ret = (struct scrub_form){.kind = SCRUB_SECRET, .len = (end_of_secret > end ? end_of_secret : end) - at};
	return true;
}

/** Append @text to @out, once through. Return: 0 or -ENOBUFS, and how many were replaced. */
static int replace(struct scrub *s, const char *text, size_t len, struct buf *out, uint64_t *ret_n)
{
	size_t from = 0, at = 0;
	int rc = 0;

	*ret_n = 0;
	while (at < len && rc == 0) {
		struct scrub_form f;
		if (!unfit_at(s, text, len, at, &f)) {
			at += f.len;
			continue;
		}
		rc = buf_add(out, text + from, at + f.skip - from);
		if (rc == 0)
			rc = add_word(s, &f, out);
		at += f.skip + f.len;
		from = at;
		s->count[f.kind]++;
		++*ret_n;
	}
	return rc == 0 && from < len ? buf_add(out, text + from, len - from) : rc;
}

int scrub_text(struct scrub *s, const char *text, size_t len, struct buf *out)
{
	struct buf now, next;
	uint64_t n = 1;

	buf_init(&now, out->max_bytes);
	buf_init(&next, out->max_bytes);
	int rc = replace(s, text, len, &now, &n);
	for (unsigned look = 1; rc == 0 && n > 0; look++) { /* what is beside it may now be a name by itself */
		if (look == LOOKS_MAX)
			rc = -ELOOP;
		else
			rc = replace(s, buf_text(&now), now.len, &next, &n);
		struct buf before = now;
		now = next;
		next = before;
		buf_done(&next);
	}
	if (rc == 0)
		rc = buf_add(out, buf_text(&now), now.len);
	buf_done(&now);
	buf_done(&next);
	return rc;
}

bool scrub_finds(struct scrub *s, const char *text, size_t len, enum scrub_kind *ret)
{
	for (size_t at = 0; at < len;) {
		struct scrub_form f;
		if (unfit_at(s, text, len, at, &f)) {
			*ret = f.kind;
			return true;
		}
		at += f.len;
	}
	return false;
}
