/*
 * A hash table of paths (FNV-1a, open addressing). The hash of every prefix of a
 * path comes up on the way to the hash of the whole, so one walk over the path
 * finds the route with that path and the longest prefix.
 */
/* SPDX-License-Identifier: MIT */
#include "net/http_route.h"

#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct slot {
	const struct http_route *route; /* NULL: free */
	size_t len;                     /* of the path, without '*' */
	bool is_prefix;
};

struct http_routes {
	uint64_t prefix_lens; /* bit n: some prefix has n bytes */
	size_t mask;          /* slots, a power of two, less one */
	struct slot slots[];
};

static uint64_t hash_add(uint64_t hash, char c)
{
	return (hash ^ (unsigned char)c) * UINT64_C(0x100000001b3);
}

static const uint64_t hash_empty = UINT64_C(0xcbf29ce484222325);

/* The slot of a path of @len bytes, or the free one where it would be. */
static size_t find_slot(const struct http_routes *routes, uint64_t hash, const char *path, size_t len,
                        bool is_prefix)
{
	size_t i = (hash ^ (hash >> 32)) & routes->mask;

	for (;; i = (i + 1) & routes->mask) {
		const struct slot *slot = &routes->slots[i];
		if (slot->route == NULL)
			return i;
		if (slot->len == len && slot->is_prefix == is_prefix && memcmp(slot->route->path, path, len) == 0)
			return i;
	}
}

static void add_route(struct http_routes *routes, const struct http_route *route)
{
	size_t len = strlen(route->path);
	bool is_prefix = len > 0 && route->path[len - 1] == '*';
	uint64_t hash = hash_empty;

	if (is_prefix) {
		len--;
		assert(len <= HTTP_PREFIX_MAX_BYTES);
		routes->prefix_lens |= UINT64_C(1) << len;
	}
	for (size_t i = 0; i < len; i++)
		hash = hash_add(hash, route->path[i]);
	size_t at = find_slot(routes, hash, route->path, len, is_prefix);
	assert(routes->slots[at].route == NULL); /* else a path comes twice */
	routes->slots[at] = (struct slot){route, len, is_prefix};
}

struct http_routes *http_routes_new(const struct http_route *const *tables)
{
	size_t n_routes = 0, n_slots = 4;

	for (const struct http_route *const *table = tables; *table != NULL; table++)
		for (const struct http_route *route = *table; route->path != NULL; route++)
			n_routes++;
	while (n_slots < 2 * n_routes)
		n_slots *= 2;

	struct http_routes *routes = mem_new(sizeof(*routes) + n_slots * sizeof(routes->slots[0]));
	routes->mask = n_slots - 1;
	for (const struct http_route *const *table = tables; *table != NULL; table++)
		for (const struct http_route *route = *table; route->path != NULL; route++)
			add_route(routes, route);
	return routes;
}

void http_routes_free(struct http_routes *routes)
{
	free(routes);
}

static const struct http_route *look_up(const struct http_routes *routes, const char *path)
{
	const struct http_route *best = NULL, *found;
	uint64_t hash = hash_empty;
	size_t len = 0;

	for (;; len++) {
		if (len <= HTTP_PREFIX_MAX_BYTES && (routes->prefix_lens >> len & 1)) {
			found = routes->slots[find_slot(routes, hash, path, len, true)].route;
			best = found != NULL ? found : best;
		}
		if (path[len] == '\0')
			break;
		hash = hash_add(hash, path[len]);
	}
	found = routes->slots[find_slot(routes, hash, path, len, false)].route;
	return found != NULL ? found : best;
}

bool http_has_body(const struct http_request *r)
{
	return r->chunked || r->content_bytes > 0;
}

/* Pages are only read. */
unsigned http_route_methods(const struct http_route *route)
{
	unsigned methods = route != NULL ? route->methods : HTTP_METHOD_GET;

	return methods & HTTP_METHOD_GET ? methods | HTTP_METHOD_HEAD : methods;
}

int http_route_find(const struct http_routes *routes, bool has_pages, struct http_request *r)
{
	r->route = look_up(routes, r->path);
	if (r->route == NULL && !has_pages)
		return 404;
	if (!(http_route_methods(r->route) & r->method))
		return 405;
	if (!http_has_body(r))
		return 0;
	bool wanted = r->route != NULL && r->route->body != HTTP_BODY_NONE;
	return wanted && r->content_bytes <= r->route->max_body_bytes ? 0 : 413;
}
