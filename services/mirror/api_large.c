/* SPDX-License-Identifier: MIT */
#include "mirror/api_large.h"

#include "base/mem.h"
#include "base/name.h"
#include "mirror/tree.h"
#include "net/http_weak.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	HTTP_PORT = 80,
	HTTPS_PORT = 443,
};

struct call {
	struct http_request *request; /* NULL: its client has gone */
	enum metainfo_kind kind;
};

/** Where who asks finds the pages: by the name that they use, else by the POP's own; for free(). */
static char *site_of(const struct pop *pop, const char *scheme, const char *host)
{
	bool is_secure = scheme == NULL || strcmp(scheme, "http") != 0;
	const struct pop_pages *pages = pop->services->pages;
	char name[NAME_HOST_MAX];
	uint16_t port;

	if (host == NULL || name_split_authority(host, name, &port) < 0)
		return mem_printf("https://www.%s:%u", pop->site->domain, pages->https_port);
	if (port == 0 || port == (is_secure ? HTTPS_PORT : HTTP_PORT))
		return mem_printf("http%s://%s", is_secure ? "s" : "", name);
	return mem_printf("http%s://%s:%u", is_secure ? "s" : "", name, port);
}

static void on_answer(void *data, int rc, const struct buf *answer)
{
	struct call *c = data;
	struct http_request *r = http_weak_take(&c->request);
	enum metainfo_kind kind = c->kind;

	free(c);
	if (r == NULL)
		return;
	if (rc < 0)
		http_reply_status(r, rc == -ENOENT ? 404 : 503);
	else
		http_reply(r, &(struct http_reply){.status = 200,
		                                   .type = metainfo_types[kind],
		                                   .headers = "Cache-Control: no-cache\r\n"
		                                              "Access-Control-Allow-Origin: *\r\n",
		                                   .body = answer->data,
		                                   .body_bytes = answer->len});
}

/** "/beside/debian/iso/a.iso.torrent" */
static void on_beside(struct http_request *r, void *data)
{
	const struct api *api = data;
	char path[TREE_PATH_MAX];
	size_t len = 0;
	int rc = http_request_path(r, sizeof(API_LARGE_PREFIX) - 1, path, sizeof(path));
	char *slash = rc < 0 ? NULL : strchr(path, '/');
	enum metainfo_kind kind = slash == NULL ? METAINFO_KINDS : metainfo_kind_of(path, &len);

	if (kind == METAINFO_KINDS || path + len <= slash + 1) {
		http_reply_status(r, 404);
		return;
	}
	*slash = path[len] = '\0';
	struct call *c = mem_new(sizeof(*c));
	c->kind = kind;
	http_weak_set(&c->request, r);
	char *site = site_of(api->pop, http_request_header(r, "X-Forwarded-Proto"), http_request_header(r, "Host"));
	engine_describe(api->engine, &(struct engine_large){path, slash + 1, kind, site}, on_answer, c);
	free(site);
}

const struct http_route api_large_routes[] = {
	{.path = API_LARGE_PREFIX "*", .methods = HTTP_METHOD_GET, .on_request = on_beside, .on_done = http_weak_gone},
	{.path = NULL},
};
