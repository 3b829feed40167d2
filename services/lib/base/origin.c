/*
 * Prefixes in order of their first address, shorter ones first, each with the
 * place of the prefix around it. The longest match is the last prefix that
 * starts at or before the address, or the first around that one to contain it.
 */
/* SPDX-License-Identifier: MIT */
#include "base/origin.h"

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
	SET_MAX = 64, /* ASes in one set */
	READ_BYTES = 128 * 1024,
};

#define NONE UINT32_MAX

/* Addresses are numbers here; IPv4 ones are at the high end. */
struct route {
	unsigned __int128 first;
	uint32_t origin; /* place in asns: how many, then each */
	uint32_t n_peers;
	uint8_t len;
};

struct family {
	/* while it is filled */
	struct route *routes;
	size_t n_routes, room;

	/* sealed: as parallel arrays, which leave no gaps */
	unsigned bits; /* of an address: 32 or 128 */
	void *firsts;  /* each of so many bits */
	uint32_t *origins;
	uint32_t *around; /* the longest prefix around each; NONE */
	uint8_t *lens;
	size_t n;
};

struct origin {
	atomic_uint n_holders;
	struct family ipv4, ipv6;
	uint32_t *asns;
	size_t n_asns, room_asns;
	size_t last; /* place of the origin added last: neighbouring lines often share it */
};

struct origin *origin_new(void)
{
	struct origin *o = mem_new(sizeof(*o));

	atomic_init(&o->n_holders, 1);
	o->ipv4.bits = 32;
	o->ipv6.bits = 128;
	return o;
}

struct origin *origin_hold(struct origin *o)
{
	if (o != NULL)
		atomic_fetch_add(&o->n_holders, 1);
	return o;
}

static void family_done(struct family *f)
{
	free(f->routes);
	free(f->firsts);
	free(f->origins);
	free(f->around);
	free(f->lens);
}

void origin_release(struct origin *o)
{
	if (o == NULL || atomic_fetch_sub(&o->n_holders, 1) > 1)
		return;
	family_done(&o->ipv4);
	family_done(&o->ipv6);
	free(o->asns);
	free(o);
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

/* Whether the first @len bits are the same; @len is at least 1. */
static bool same_bits(unsigned __int128 a, unsigned __int128 b, unsigned len)
{
	return (a ^ b) >> (128 - len) == 0;
}

/* A number of 32 bits. Return: what follows it, or NULL. */
static const char *parse_u32(const char *text, uint32_t *ret)
{
	uint64_t n = 0;

	if (!isdigit((unsigned char)*text))
		return NULL;
	for (; isdigit((unsigned char)*text); text++) {
		n = n * 10 + (uint64_t)(*text - '0');
		if (n > UINT32_MAX)
			return NULL;
	}
	*ret = (uint32_t)n;
	return text;
}

/* "64500" or "{64500,64501}". Return: what follows, or NULL. */
static const char *parse_asns(const char *text, uint32_t asns[SET_MAX], size_t *ret_n)
{
	bool is_set = *text == '{';
	size_t n = 0;

	do {
		if (n == SET_MAX)
			return NULL;
		text = parse_u32(text + (is_set ? 1 : 0), &asns[n]);
		if (text == NULL || asns[n] == 0) /* AS 0 announces nothing (RFC 7607) */
			return NULL;
		n++;
	} while (is_set && *text == ',');
	if (is_set && *text != '}')
		return NULL;
	*ret_n = n;
	return text + (is_set ? 1 : 0);
}

static uint32_t *make_room(struct origin *o, size_t n)
{
	if (o->n_asns + n > o->room_asns) {
		o->room_asns = (o->n_asns + n) * 2;
		o->asns = mem_resize(o->asns, o->room_asns, sizeof(o->asns[0]));
	}
	return &o->asns[o->n_asns];
}

/* Return: the place of the origin in o->asns. */
static uint32_t add_origin(struct origin *o, const uint32_t *asns, size_t n)
{
	if (o->n_asns > 0 && o->asns[o->last] == n && memcmp(&o->asns[o->last + 1], asns, n * sizeof(*asns)) == 0)
		return (uint32_t)o->last;
	uint32_t *place = make_room(o, n + 1);
	place[0] = (uint32_t)n;
	memcpy(place + 1, asns, n * sizeof(*asns));
	o->last = o->n_asns;
	o->n_asns += n + 1;
	return (uint32_t)o->last;
}

static void add_route(struct family *f, const struct route *r)
{
	if (f->n_routes == f->room) {
		f->room = f->room == 0 ? 1024 : f->room * 2;
		f->routes = mem_resize(f->routes, f->room, sizeof(f->routes[0]));
	}
	f->routes[f->n_routes++] = *r;
}

/* Return: 1 when the line says something, 0 when it is none to use, or -EINVAL. */
static int add_line(struct origin *o, const char *line)
{
	uint32_t asns[SET_MAX], n_peers;
	char text[PREFIX_TEXT_MAX];
	struct prefix p;
	size_t n;

	if (line[strspn(line, " \t\r\n")] == '\0' || *line == '%')
		return 0;
	line = parse_asns(line, asns, &n);
	if (line == NULL || *line != '\t')
		return -EINVAL;
	line++;
	size_t len = strcspn(line, "\t");
	if (line[len] == '\0' || len >= sizeof(text))
		return -EINVAL;
	memcpy(text, line, len);
	text[len] = '\0';
	line = parse_u32(line + len + 1, &n_peers);
	if (line == NULL || line[strspn(line, "\r\n")] != '\0' || prefix_parse(text, &p) < 0)
		return -EINVAL;
	if (p.len == 0)
		return 0;
	add_route(addr_family(&p.addr) == AF_INET ? &o->ipv4 : &o->ipv6,
	          &(struct route){number_of(&p.addr), add_origin(o, asns, n), n_peers, (uint8_t)p.len});
	return 1;
}

int origin_add_line(struct origin *o, const char *line)
{
	int rc = add_line(o, line);

	return rc < 0 ? rc : 0;
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
static void add_counted(struct origin *o, const char *line, size_t number, struct origin_report *report)
{
	int rc = line != NULL ? add_line(o, line) : -EINVAL;

	report->n_routes += rc > 0;
	report->n_malformed += rc < 0;
	if (rc < 0 && report->first_malformed == 0)
		report->first_malformed = number;
}

int origin_add_file(struct origin *o, const char *path, struct origin_report *ret)
{
	struct origin_report report = {0};
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
			add_counted(o, cut ? NULL : line, ++number, &report);
		inside = cut;
	}
	int rc = read_error(file);
	if (gzclose_r(file) != Z_OK && rc == 0)
		rc = -EBADMSG; /* the end of the compressed data is missing */
	if (rc == 0 && report.n_routes == 0)
		rc = -ENODATA;
	*ret = report;
	return rc;
}

/* By first address, then length; of one prefix, the one to keep comes first. */
static int compare(const void *a, const void *b)
{
	const struct route *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	if (x->n_peers != y->n_peers)
		return x->n_peers > y->n_peers ? -1 : 1;
	return (x->origin > y->origin) - (x->origin < y->origin);
}

/* Leave the first route of each prefix. */
static size_t drop_repeated(struct route *routes, size_t n_routes)
{
	size_t n = 0;

	for (size_t i = 0; i < n_routes; i++)
		if (n == 0 || routes[i].first != routes[n - 1].first || routes[i].len != routes[n - 1].len)
			routes[n++] = routes[i];
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

static size_t family_seal(struct family *f)
{
	if (f->n_routes > 0)
		qsort(f->routes, f->n_routes, sizeof(f->routes[0]), compare);
	f->n = drop_repeated(f->routes, f->n_routes);
	assert(f->n < NONE);
	f->firsts = mem_resize(NULL, f->n, f->bits / 8);
	f->origins = mem_resize(NULL, f->n, sizeof(f->origins[0]));
	f->around = mem_resize(NULL, f->n, sizeof(f->around[0]));
	f->lens = mem_resize(NULL, f->n, sizeof(f->lens[0]));
	for (uint32_t i = 0; i < f->n; i++) {
		set_first(f, i, f->routes[i].first);
		f->origins[i] = f->routes[i].origin;
		f->lens[i] = f->routes[i].len;
		f->around[i] = containing(f, i > 0 ? i - 1 : NONE, f->routes[i].first);
	}
	free(f->routes);
	f->routes = NULL;
	return f->n;
}

size_t origin_seal(struct origin *o)
{
	o->asns = mem_resize(o->asns, o->n_asns, sizeof(o->asns[0])); /* no more room than it needs */
	return family_seal(&o->ipv4) + family_seal(&o->ipv6);
}

size_t origin_prefixes(const struct origin *o)
{
	return o->ipv4.n + o->ipv6.n;
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

int origin_find(const struct origin *o, const struct addr *a, struct origin_match *ret)
{
	const struct family *f = addr_family(a) == AF_INET ? &o->ipv4 : &o->ipv6;
	unsigned __int128 k = number_of(a);
	uint32_t i = containing(f, last_before(f, k), k);

	if (i == NONE)
		return -ENOENT;
	const uint32_t *asns = &o->asns[f->origins[i]];
	*ret = (struct origin_match){.prefix = prefix_of(a, f->lens[i]), .asns = asns + 1, .n_asns = asns[0]};
	return 0;
}
