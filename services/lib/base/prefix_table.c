/*
 * Prefixes in order of their first address, shorter ones first, each with the
 * place of the prefix around it. The longest match is the last prefix that
 * starts at or before the address, or the first around that one to contain it.
 */
/* SPDX-License-Identifier: MIT */
#include "base/prefix_table.h"

#include "base/mem.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
	LINE_MAX_BYTES = 1024,
	READ_BYTES = 128 * 1024,
};

#define NONE UINT32_MAX

/* Addresses are numbers here; IPv4 ones are at the high end. */
struct row {
	unsigned __int128 first;
	uint32_t words; /* place in the table's words: how many, then each */
	uint32_t rank;
	uint8_t len;
};

struct family {
	/* while it is filled */
	struct row *rows;
	size_t n_rows, room;

	/* sealed: as parallel arrays, which leave no gaps */
	unsigned bits; /* of an address: 32 or 128 */
	void *firsts;  /* each of so many bits */
	uint32_t *words;
	uint32_t *around; /* the longest prefix around each, or the same once more; NONE */
	uint8_t *lens;
	size_t n;
};

struct prefix_table {
	const struct prefix_table_kind *kind;
	atomic_uint n_holders;
	struct family ipv4, ipv6;
	uint32_t *words;
	size_t n_words, room_words;
	size_t last; /* place of the words added last: neighbouring lines often share them */
};

struct prefix_table *prefix_table_new(const struct prefix_table_kind *kind)
{
	struct prefix_table *t = mem_new(sizeof(*t));

	t->kind = kind;
	atomic_init(&t->n_holders, 1);
	t->ipv4.bits = 32;
	t->ipv6.bits = 128;
	return t;
}

struct prefix_table *prefix_table_hold(struct prefix_table *t)
{
	if (t != NULL)
		atomic_fetch_add(&t->n_holders, 1);
	return t;
}

static void family_done(struct family *f)
{
	free(f->rows);
	free(f->firsts);
	free(f->words);
	free(f->around);
	free(f->lens);
}

void prefix_table_release(struct prefix_table *t)
{
	if (t == NULL || atomic_fetch_sub(&t->n_holders, 1) > 1)
		return;
	family_done(&t->ipv4);
	family_done(&t->ipv6);
	free(t->words);
	free(t);
}

static const struct family *family_of(const struct prefix_table *t, const struct addr *a)
{
	return addr_family(a) == AF_INET ? &t->ipv4 : &t->ipv6;
}

static unsigned __int128 number_of(const struct addr *a)
{
	uint8_t bytes[16] = {0};
	unsigned __int128 k = 0;

	if (addr_family(a) == AF_INET)
		memcpy(bytes, &a->in.sin_addr, sizeof(a->in.sin_addr));
	else
		memcpy(bytes, &a->in6.sin6_addr, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		k = k << 8 | bytes[i];
	return k;
}

/* Whether the first @len bits are the same. */
static bool same_bits(unsigned __int128 a, unsigned __int128 b, unsigned len)
{
	return len == 0 || (a ^ b) >> (128 - len) == 0;
}

const char *prefix_line_u32(const char *text, uint32_t *ret)
{
	uint64_t n = 0;

	if (text == NULL || !isdigit((unsigned char)*text))
		return NULL;
	for (; isdigit((unsigned char)*text); text++) {
		n = n * 10 + (uint64_t)(*text - '0');
		if (n > UINT32_MAX)
			return NULL;
	}
	*ret = (uint32_t)n;
	return text;
}

const char *prefix_line_prefix(const char *text, char end, struct prefix *ret)
{
	char prefix[PREFIX_TEXT_MAX];
	const char *at = text != NULL ? strchr(text, end) : NULL;

	if (at == NULL || (size_t)(at - text) >= sizeof(prefix))
		return NULL;
	memcpy(prefix, text, (size_t)(at - text));
	prefix[at - text] = '\0';
	return prefix_parse(prefix, ret) == 0 ? at + 1 : NULL;
}

static uint32_t *make_room(struct prefix_table *t, size_t n)
{
	if (t->n_words + n > t->room_words) {
		t->room_words = (t->n_words + n) * 2;
		t->words = mem_resize(t->words, t->room_words, sizeof(t->words[0]));
	}
	return &t->words[t->n_words];
}

/* Return: their place in t->words. */
static uint32_t add_words(struct prefix_table *t, const uint32_t *words, size_t n)
{
	if (t->n_words > 0 && t->words[t->last] == n && memcmp(&t->words[t->last + 1], words, n * sizeof(*words)) == 0)
		return (uint32_t)t->last;
	uint32_t *place = make_room(t, n + 1);
	place[0] = (uint32_t)n;
	memcpy(place + 1, words, n * sizeof(*words));
	t->last = t->n_words;
	t->n_words += n + 1;
	return (uint32_t)t->last;
}

static void add_row(struct family *f, const struct row *r)
{
	if (f->n_rows == f->room) {
		f->room = f->room == 0 ? 1024 : f->room * 2;
		f->rows = mem_resize(f->rows, f->room, sizeof(f->rows[0]));
	}
	f->rows[f->n_rows++] = *r;
}

void prefix_table_add(struct prefix_table *t, const struct prefix *p, uint32_t rank, const uint32_t *words, size_t n)
{
	add_row(addr_family(&p->addr) == AF_INET ? &t->ipv4 : &t->ipv6,
	        &(struct row){number_of(&p->addr), add_words(t, words, n), rank, (uint8_t)p->len});
}

int prefix_table_add_line(struct prefix_table *t, const char *line)
{
	return t->kind->add_line(t, line);
}

/* Return: a negative errno, or 0 when all was read. */
static int read_error(gzFile file)
{
	int error;

	(void)gzerror(file, &error);
	if (error == Z_ERRNO)
		return -errno;
	return error == Z_OK || error == Z_STREAM_END ? 0 : -EBADMSG;
}

/* @line is NULL when it is too long to be one. */
static void add_counted(struct prefix_table *t, const char *line, size_t number, struct prefix_report *report)
{
	int rc = line != NULL ? t->kind->add_line(t, line) : -EINVAL;

	report->n_used += rc > 0;
	report->n_malformed += rc < 0;
	if (rc < 0 && report->first_malformed == 0)
		report->first_malformed = number;
}

int prefix_table_add_file(struct prefix_table *t, const char *path, struct prefix_report *ret)
{
	struct prefix_report report = {0};
	char line[LINE_MAX_BYTES];
	bool inside = false; /* the last piece was the start of a line that is too long */
	size_t number = 0;

	gzFile file = gzopen(path, "re");
	if (file == NULL)
		return errno != 0 ? -errno : -ENOMEM;
	(void)gzbuffer(file, READ_BYTES);
	while (gzgets(file, line, sizeof(line)) != NULL) {
		bool cut = strlen(line) == sizeof(line) - 1 && line[sizeof(line) - 2] != '\n';
		if (!inside)
			add_counted(t, cut ? NULL : line, ++number, &report);
		inside = cut;
	}
	int rc = read_error(file);
	if (gzclose_r(file) != Z_OK && rc == 0)
		rc = -EBADMSG; /* the end of the compressed data is missing */
	if (rc == 0 && report.n_used == 0)
		rc = -ENODATA;
	*ret = report;
	return rc;
}

/* By first address, then length; of one prefix, the one to keep comes first. */
static int compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	return (x->words > y->words) - (x->words < y->words);
}

/* Leave the first row of each prefix. */
static size_t drop_repeated(struct row *rows, size_t n_rows)
{
	size_t n = 0;

	for (size_t i = 0; i < n_rows; i++)
		if (n == 0 || rows[i].first != rows[n - 1].first || rows[i].len != rows[n - 1].len)
			rows[n++] = rows[i];
	return n;
}

static unsigned __int128 first_of(const struct family *f, size_t i)
{
	return f->bits == 32 ? (unsigned __int128)((const uint32_t *)f->firsts)[i] << 96
	                     : ((const unsigned __int128 *)f->firsts)[i];
}

static void set_first(struct family *f, size_t i, unsigned __int128 first)
{
	if (f->bits == 32)
		((uint32_t *)f->firsts)[i] = (uint32_t)(first >> 96);
	else
		((unsigned __int128 *)f->firsts)[i] = first;
}

/* The first of @i and the prefixes around it that contains @k; NONE: no one does. */
static uint32_t containing(const struct family *f, uint32_t i, unsigned __int128 k)
{
	while (i != NONE && !same_bits(first_of(f, i), k, f->lens[i]))
		i = f->around[i];
	return i;
}

static size_t family_seal(struct family *f, bool keeps_repeated)
{
	if (f->n_rows > 0)
		qsort(f->rows, f->n_rows, sizeof(f->rows[0]), compare);
	f->n = keeps_repeated ? f->n_rows : drop_repeated(f->rows, f->n_rows);
	assert(f->n < NONE);
	f->firsts = mem_resize(NULL, f->n, f->bits / 8);
	f->words = mem_resize(NULL, f->n, sizeof(f->words[0]));
	f->around = mem_resize(NULL, f->n, sizeof(f->around[0]));
	f->lens = mem_resize(NULL, f->n, sizeof(f->lens[0]));
	for (uint32_t i = 0; i < f->n; i++) {
		set_first(f, i, f->rows[i].first);
		f->words[i] = f->rows[i].words;
		f->lens[i] = f->rows[i].len;
		f->around[i] = containing(f, i > 0 ? i - 1 : NONE, f->rows[i].first);
	}
	free(f->rows);
	f->rows = NULL;
	return f->n;
}

size_t prefix_table_seal(struct prefix_table *t)
{
	t->words = mem_resize(t->words, t->n_words, sizeof(t->words[0])); /* no more room than it needs */
	return family_seal(&t->ipv4, t->kind->keeps_repeated) + family_seal(&t->ipv6, t->kind->keeps_repeated);
}

size_t prefix_table_size(const struct prefix_table *t)
{
	return t->ipv4.n + t->ipv6.n;
}

/* The last prefix that starts at @k or before; NONE: all start after it. */
static uint32_t last_before(const struct family *f, unsigned __int128 k)
{
	size_t low = 0, high = f->n; /* those below low start at @k or before, those from high on after it */

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (first_of(f, middle) <= k)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? (uint32_t)(low - 1) : NONE;
}

/* Tell what is at @i; NONE: nothing. */
static bool tell(const struct prefix_table *t, const struct addr *a, uint32_t i, struct prefix_found *ret)
{
	const struct family *f = family_of(t, a);

	if (i == NONE)
		return false;
	const uint32_t *words = &t->words[f->words[i]];
	*ret = (struct prefix_found){
		.prefix = prefix_of(a, f->lens[i]), .words = words + 1, .n_words = words[0], .place = i};
	return true;
}

bool prefix_table_find(const struct prefix_table *t, const struct addr *a, struct prefix_found *ret)
{
	const struct family *f = family_of(t, a);
	unsigned __int128 k = number_of(a);

	return tell(t, a, containing(f, last_before(f, k), k), ret);
}

bool prefix_table_next(const struct prefix_table *t, struct prefix_found *found)
{
	return tell(t, &found->prefix.addr, family_of(t, &found->prefix.addr)->around[found->place], found);
}
