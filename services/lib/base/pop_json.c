/* The POP as JSON. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_json.h"

#include "base/mem.h"
#include "base/name.h"
#include "base/pop_notices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The object @key of @parent, made when it is not there yet. */
static yyjson_mut_val *object_in(yyjson_mut_doc *d, yyjson_mut_val *parent, const char *key)
{
	yyjson_mut_val *o = yyjson_mut_obj_get(parent, key);

	return o != NULL ? o : yyjson_mut_obj_add_obj(d, parent, key);
}

/** "http://", or "" where a web address would say nothing. */
static const char *scheme_of(const struct pop_endpoint *e)
{
	static const char *const secure[] = {"https", "http3", "rpm", "doh"};
	const char *protocol = strncmp(e->protocol, "mtu-", 4) == 0 ? e->protocol + 4 : e->protocol;

	if (strcmp(protocol, "http") == 0)
		return "http://";
	if (strcmp(protocol, "rsync") == 0)
		return "rsync://";
	for (size_t i = 0; i < sizeof(secure) / sizeof(*secure); i++)
		if (strcmp(protocol, secure[i]) == 0)
			return "https://";
	return "";
}

static uint16_t usual_port(const char *scheme)
{
	if (strcmp(scheme, "rsync://") == 0)
		return 873;
	return strcmp(scheme, "http://") == 0 ? 80 : 443;
}

/** @path: what follows the address; "": nothing. */
static void add_endpoint(yyjson_mut_doc *d, yyjson_mut_val *all, const struct pop_endpoint *e, const char *path)
{
	char address[ADDR_PORT_TEXT_MAX], text[ADDR_PORT_TEXT_MAX + 16];
	const char *scheme = scheme_of(e);
	uint16_t usual = usual_port(scheme);

	(void)addr_port_text(&e->addr, address);
	if (*scheme != '\0' && addr_port(&e->addr) == usual)
		*strrchr(address, ':') = '\0';
	(void)snprintf(text, sizeof(text), "%s%s%s", scheme, address, path);

	yyjson_mut_val *service = object_in(d, all, e->service);
	yyjson_mut_val *protocol = object_in(d, service, e->protocol);
	yyjson_mut_obj_add_strcpy(d, protocol, addr_family(&e->addr) == AF_INET ? "ipv4" : "ipv6",
	                          text);
}

static void add_page(yyjson_mut_doc *d, yyjson_mut_val *all, struct pop_endpoint e, const char *service)
{
	char path[32];

	e.service = service;
	(void)snprintf(path, sizeof(path), "/%s/", service);
	add_endpoint(d, all, &e, path);
}

yyjson_mut_val *pop_json_endpoints(yyjson_mut_doc *d, const struct pop *p)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);
	yyjson_mut_val *o = yyjson_mut_obj(d);

	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].service, "as112") != 0) /* whose addresses every node of it has */
			add_endpoint(d, o, &all[i], strcmp(all[i].protocol, "doh") == 0 ? "/dns-query" : "");
	for (size_t i = 0; i < n; i++) { /* what is one of the pages */
		bool is_https = strcmp(all[i].protocol, "https") == 0;
		if (strcmp(all[i].service, "pages") != 0 || strcmp(all[i].protocol, "http3") == 0)
			continue;
		if (is_https && p->services->rdns != NULL)
			add_page(d, o, all[i], "rdns");
		if (p->services->mirror != NULL)
			add_page(d, o, all[i], "mirror");
	}
	return o;
}

/** A party, or null when there is none. */
static void add_party(yyjson_mut_doc *d, yyjson_mut_val *site, const char *key,
                      const struct pop_party *party)
{
	if (party == NULL) {
		yyjson_mut_obj_add_null(d, site, key);
		return;
	}
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, site, key);
	yyjson_mut_obj_add_str(d, o, "name", party->name);
	if (party->url != NULL)
		yyjson_mut_obj_add_str(d, o, "url", party->url);
	if (party->contact != NULL)
		yyjson_mut_obj_add_str(d, o, "contact", party->contact);
}

static void add_site(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop_site *s)
{
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, root, "site");

	yyjson_mut_obj_add_str(d, o, "name", s->name);
	yyjson_mut_obj_add_str(d, o, "title", s->title);
	yyjson_mut_obj_add_str(d, o, "domain", s->domain);
	yyjson_mut_obj_add_str(d, o, "city", s->city);
	yyjson_mut_obj_add_str(d, o, "country", s->country);
	yyjson_mut_val *languages = yyjson_mut_obj_add_arr(d, o, "languages");
	for (unsigned i = 0; i < s->n_languages; i++)
		yyjson_mut_arr_add_str(d, languages, s->languages[i]);
	add_party(d, o, "operated_by", s->operated_by);
	add_party(d, o, "sponsor", s->sponsor);
}

/** Where a page measures over one family: by address where no name server knows the POP's names. */
static void add_family_urls(yyjson_mut_doc *d, yyjson_mut_val *families, const struct pop *p,
                            const struct pop_endpoint *e)
{
	const char *family = addr_family(&e->addr) == AF_INET ? "ipv4" : "ipv6";
	char host[ADDR_PORT_TEXT_MAX], *url;

	if (strcmp(e->service, "speedtest") != 0 || strncmp(e->protocol, "http", 4) != 0)
		return;
	if (name_is_set_aside(p->site->domain))
		url = mem_printf("%s://%s", e->protocol, addr_port_text(&e->addr, host));
	else
		url = mem_printf("%s://speedtest-%s.%s:%u", e->protocol, family, p->site->domain, addr_port(&e->addr));
	yyjson_mut_obj_add_strcpy(d, object_in(d, families, family), e->protocol, url);
	free(url);
}

yyjson_mut_val *pop_json_speedtest(yyjson_mut_doc *d, const struct pop *p)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);
	yyjson_mut_val *o = yyjson_mut_obj(d);

	for (size_t i = 0; i < n; i++)
		add_family_urls(d, o, p, &all[i]);
	return o;
}

void pop_json_results(yyjson_mut_doc *d, yyjson_mut_val *o, const struct pop_results *results)
{
	static const char *const store_words[] = {
		[POP_STORE_AGREED] = "agreed", [POP_STORE_ALWAYS] = "always", [POP_STORE_NEVER] = "never"};

	yyjson_mut_obj_add_str(d, o, "store", store_words[results->store]);
	yyjson_mut_obj_add_uint(d, o, "keep_days", results->keep_days);
}

static void add_speedtest(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	yyjson_mut_val *o = pop_json_speedtest(d, p);

	yyjson_mut_obj_add_val(d, root, "speedtest", o);
	pop_json_results(d, o, p->services->speedtest->results);
	yyjson_mut_obj_add_bool(d, o, "turn", p->services->turn != NULL);
}

static void add_neighbours(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p)
{
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d, root, "neighbours");

	for (unsigned i = 0; i < p->n_neighbours; i++) {
		const struct pop_neighbour *n = &p->neighbours[i];
		yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);
		yyjson_mut_obj_add_str(d, o, "name", n->name);
		yyjson_mut_obj_add_str(d, o, "title", n->title);
		yyjson_mut_obj_add_str(d, o, "city", n->city);
		yyjson_mut_obj_add_str(d, o, "country", n->country);
		yyjson_mut_obj_add_str(d, o, "speedtest", n->speedtest);
	}
}

char *pop_json_text(yyjson_mut_doc *d, yyjson_mut_val *root)
{
	yyjson_mut_doc_set_root(d, root);
	char *text = yyjson_mut_write(d, YYJSON_WRITE_PRETTY_TWO_SPACES | YYJSON_WRITE_NEWLINE_AT_END,
	                              NULL);
	if (text == NULL)
		mem_exhausted(); /* what we write is valid UTF-8 and finite */
	return text;
}

char *pop_public_json(const struct pop *p)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);

	add_site(d, root, p->site);
	yyjson_mut_obj_add_val(d, root, "endpoints", pop_json_endpoints(d, p));
	if (p->services->speedtest != NULL)
		add_speedtest(d, root, p);
	add_neighbours(d, root, p);
	yyjson_mut_obj_add_bool(d, root, "networks", p->exchange != NULL);    /* they have a page */
	yyjson_mut_obj_add_bool(d, root, "states", pop_notices_are_shown(p)); /* how networks' sessions and ports are */
	yyjson_mut_obj_add_bool(d, root, "latency", p->latency != NULL);
	yyjson_mut_obj_add_str(d, root, "version", FONTAINE_VERSION);
	char *text = pop_json_text(d, root);
	yyjson_mut_doc_free(d);
	return text;
}
