/* SPDX-License-Identifier: MIT */
#include "ipv6test/session.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "base/name.h"
#include "base/pop_json.h"
#include "ipv6test/ipv6test.h"
#include "net/reply.h"

#include <stdlib.h>
#include <string.h>

struct session {
	char *rest; /* of the JSON, after the nonce: ",...}" */
};

static void add_literals(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	const struct pop_addresses *own = p->services->ipv6test->addresses;
	const struct pop_addresses *a = own != NULL ? own : p->addresses;
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, root, "literals");

	json_add_text(d, o, "ipv4", a->ipv4);
	json_add_text(d, o, "ipv6", a->ipv6);
}

static void add_zones(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	const char *zones[POP_IPV6_ZONES_MAX];
	size_t n = pop_ipv6_zones(p, zones);
	char *zone = mem_printf("t.ipv6test.%s", p->site->domain);
	size_t len = strlen(p->site->domain), local_len = strlen(".localhost");
	bool is_local = len > local_len && strcmp(p->site->domain + len - local_len, ".localhost") == 0;

	json_add_text(d, root, "zone", zone);
	json_add_text(d, root, "names", is_local ? "local" : "public"); /* browsers answer local ones themselves */
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d, root, "tests");
	for (size_t i = 0; i < n; i++)
		yyjson_mut_arr_add_str(d, list, zones[i]);
	free(zone);
}

/* The one place with HTTP/3: nginx, by the pages' name. */
static void add_http3(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	const struct pop_pages *pages = p->services->pages;

	if (pages == NULL) {
		json_add_text(d, root, "http3", NULL);
		return;
	}
	char *url = mem_printf("https://www.%s:%u/ip/", p->site->domain, pages->https_port);
	json_add_text(d, root, "http3", url);
	free(url);
}

struct session *session_new(const struct pop *p)
{
	const struct pop_ipv6test *section = p->services->ipv6test;
	struct session *s = mem_new(sizeof(*s));
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);

	add_zones(d, root, p);
	yyjson_mut_obj_add_uint(d, root, "http_port", section->http_port);
	yyjson_mut_obj_add_uint(d, root, "https_port", section->https_port);
	add_literals(d, root, p);
	json_add_text(d, root, "mtu_ipv6", section->mtu_ipv6);
	add_http3(d, root, p);
	if (p->services->speedtest != NULL)
		yyjson_mut_obj_add_val(d, root, "speedtest", pop_json_speedtest(d, p));
	else
		json_add_text(d, root, "speedtest", NULL);
	pop_json_results(d, root, section->results);
	char *text = pop_json_text(d, root);
	s->rest = mem_printf(",%s", strchr(text, '{') + 1);
	free(text);
	yyjson_mut_doc_free(d);
	return s;
}

void session_free(struct session *s)
{
	free(s->rest);
	free(s);
}

static void on_session(struct http_request *r, void *data)
{
	const struct ipv6test *t = data;
	char nonce[NONCE_LEN + 1];

	nonce_make(&t->nonce_key, ipv6test_now_s(), nonce);
	char *body = mem_printf("{\n  \"nonce\": \"%s\"%s", nonce, t->session->rest);
	reply_json(r, body, strlen(body));
	free(body);
}

const struct http_route session_routes[] = {
	{.path = "/session.json", .methods = HTTP_METHOD_GET, .on_request = on_session},
	{.path = NULL},
};
