/* SPDX-License-Identifier: MIT */
#include "speedtest/servers.h"

#include "base/mem.h"
#include "base/name.h"
#include "base/pop_json.h"
#include "net/reply.h"
#include "speedtest/speedtest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One server; @url (copied) gets the slash that clients put paths after. */
static void add_server(yyjson_mut_doc *d, yyjson_mut_val *list, const char *name, const char *url)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);
	size_t len = strlen(url);
	char *server = mem_printf("%s%s", url, len > 0 && url[len - 1] == '/' ? "" : "/");

	yyjson_mut_obj_add_uint(d, o, "id", yyjson_mut_arr_size(list));
	yyjson_mut_obj_add_str(d, o, "name", name);
	yyjson_mut_obj_add_strcpy(d, o, "server", server);
	yyjson_mut_obj_add_str(d, o, "dlURL", "garbage");
	yyjson_mut_obj_add_str(d, o, "ulURL", "empty");
	yyjson_mut_obj_add_str(d, o, "pingURL", "empty");
	yyjson_mut_obj_add_str(d, o, "getIpURL", "getIP");
	free(server);
}

char *servers_json(const struct pop *p, const char *origin)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(d);
	const struct pop_party *sponsor = p->site->sponsor != NULL ? p->site->sponsor : p->site->operated_by;

	add_server(d, list, p->site->title, origin);
	yyjson_mut_val *self = yyjson_mut_arr_get_first(list);
	yyjson_mut_obj_add_str(d, self, "sponsorName", sponsor->name);
	yyjson_mut_obj_add_str(d, self, "sponsorURL", sponsor->url != NULL ? sponsor->url : "");
	for (unsigned i = 0; i < p->n_neighbours; i++)
		add_server(d, list, p->neighbours[i].title, p->neighbours[i].speedtest);
	char *text = pop_json_text(d, list);
	yyjson_mut_doc_free(d);
	return text;
}

/* By the name that the client used, or else by the POP's own. */
static void on_servers(struct http_request *r, void *data)
{
	const struct speedtest *s = data;
	const char *scheme = http_request_is_secure(r) ? "https" : "http";
	const char *authority = http_request_header(r, "Host");
	char host[NAME_HOST_MAX], *origin;
	uint16_t port;

	if (authority != NULL && name_split_authority(authority, host, &port) == 0)
		origin = mem_printf("%s://%s", scheme, authority);
	else
		origin = mem_printf("%s://speedtest.%s", scheme, s->pop->site->domain);
	char *text = servers_json(s->pop, origin);
	reply_json(r, text, strlen(text));
	free(text);
	free(origin);
}

const struct http_route servers_routes[] = {
	{.path = "/servers.json", .methods = HTTP_METHOD_GET, .on_request = on_servers},
	{.path = "/.well-known/librespeed", .methods = HTTP_METHOD_GET, .on_request = on_servers},
	{.path = NULL},
};
