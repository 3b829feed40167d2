/* SPDX-License-Identifier: MIT */
#include "net/assets.h"

#include "base/log.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ASSET_MAX_BYTES = 4 * 1024 * 1024 };

struct asset {
	char *path;
	const char *type;
	struct buf body;
	char etag[20];
};

struct assets {
	struct asset *list;
	size_t n;
};

struct assets *assets_new(void)
{
	return mem_new(sizeof(struct assets));
}

void assets_free(struct assets *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->list[i].path);
		buf_done(&a->list[i].body);
	}
	free(a->list);
	free(a);
}

static const char *type_of(const char *name)
{
	static const struct {
		const char *suffix, *type;
	} types[] = {
		{".html", "text/html; charset=utf-8"},
		{".css", "text/css; charset=utf-8"},
		{".js", "text/javascript"},
		{".mjs", "text/javascript"},
		{".svg", "image/svg+xml"},
		{".json", "application/json"},
		{".png", "image/png"},
		{".ico", "image/x-icon"},
		{".yaml", "application/yaml"},
		{".txt", "text/plain; charset=utf-8"},
		{".webmanifest", "application/manifest+json"},
	};
	const char *suffix = strrchr(name, '.');

	for (size_t i = 0; suffix != NULL && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(suffix, types[i].suffix) == 0)
			return types[i].type;
	return "application/octet-stream";
}

/* FNV-1a: tells versions of a page apart, against nobody's malice. */
static uint64_t digest(const struct buf *body)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < body->len; i++)
		h = (h ^ (unsigned char)body->data[i]) * 0x100000001b3u;
	return h;
}

/* Takes @path and @body. */
static void add(struct assets *a, char *path, const char *type, struct buf body)
{
	struct asset asset = {.path = path, .type = type, .body = body};

	(void)snprintf(asset.etag, sizeof(asset.etag), "\"%016" PRIx64 "\"", digest(&body));
	a->list = mem_resize(a->list, a->n + 1, sizeof(a->list[0]));
	a->list[a->n++] = asset;
}

void assets_add(struct assets *a, const char *path, const char *type, const char *text, size_t len)
{
	struct buf body;

	buf_init(&body, len);
	(void)buf_add(&body, text, len); /* fits */
	add(a, mem_strdup(path), type, body);
}

static int add_file(struct assets *a, const char *file, const char *name, const char *url_prefix)
{
	struct buf body;

	buf_init(&body, ASSET_MAX_BYTES);
	int rc = buf_add_file(&body, file);
	if (rc < 0) {
		log_error("%s: %s", file, strerror(-rc));
		buf_done(&body);
		return rc;
	}
	bool index = strcmp(name, "index.html") == 0;
	add(a, mem_printf("%s%s", url_prefix, index ? "" : name), type_of(name), body);
	return 0;
}

int assets_add_dir(struct assets *a, const char *dir, const char *url_prefix)
{
	DIR *d = opendir(dir);
	int rc = 0;

	if (d == NULL) {
		rc = -errno;
		log_error("%s: %s", dir, strerror(-rc));
		return rc;
	}
	for (struct dirent *e; rc == 0 && (e = readdir(d)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		struct stat st;
		char *file = mem_printf("%s/%s", dir, e->d_name);
		char *below = mem_printf("%s%s/", url_prefix, e->d_name);
		if (stat(file, &st) == 0 && S_ISDIR(st.st_mode))
			rc = assets_add_dir(a, file, below);
		else
			rc = add_file(a, file, e->d_name, url_prefix);
		free(below);
		free(file);
	}
	(void)closedir(d);
	return rc;
}

bool assets_reply(const struct assets *a, struct http_request *r)
{
	/*
	 * Our pages load nothing from elsewhere and are framed by nobody. They measure at the POP's other
	 * addresses and at its neighbours, whose pages ask this one what it has (/pop.json).
	 */
	static const char policy[] =
	    "Cache-Control: no-cache\r\n"
	    "Content-Security-Policy: default-src 'self'; connect-src http: https:; frame-ancestors 'none'; "
	    "base-uri 'none'; form-action 'self'\r\n"
	    "Access-Control-Allow-Origin: *\r\n"
	    "Referrer-Policy: no-referrer\r\n";
	const char *seen = http_request_header(r, "If-None-Match");
	char headers[sizeof(policy) + 40];
	const struct asset *asset = a->list;

	while (asset < a->list + a->n && strcmp(asset->path, r->path) != 0)
		asset++;
	if (asset == a->list + a->n)
		return false;
	(void)snprintf(headers, sizeof(headers), "%sETag: %s\r\n", policy, asset->etag);
	if (seen != NULL && strcmp(seen, asset->etag) == 0)
		http_reply(r, &(struct http_reply){.status = 304, .headers = headers});
	else
		http_reply(r, &(struct http_reply){.status = 200,
		                                   .type = asset->type,
		                                   .headers = headers,
		                                   .body = asset->body.data,
		                                   .body_bytes = asset->body.len});
	return true;
}
