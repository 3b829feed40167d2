/* SPDX-License-Identifier: MIT */
#include "speedtest/ndt7_locate.h"

#include "base/mem.h"
#include "base/pop_json.h"

#include <stdlib.h>
#include <string.h>

/* Both tests of one scheme, at the authority that @from begins with. */
static void add_urls(yyjson_mut_doc *d, yyjson_mut_val *urls, const char *scheme, const char *from)
{
	static const char *const paths[] = {"/ndt/v7/download", "/ndt/v7/upload"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		char *key = mem_printf("%s://%s", scheme, paths[i]);
		char *url = mem_printf("%s://%.*s%s", scheme, (int)strcspn(from, "/"), from, paths[i]);
		yyjson_mut_obj_add(urls, yyjson_mut_strcpy(d, key), yyjson_mut_strcpy(d, url));
		free(key);
		free(url);
	}
}

/* Return: the object of its URLs. */
static yyjson_mut_val *add_result(yyjson_mut_doc *d, yyjson_mut_val *results, const char *name, const char *city,
                                  const char *country)
{
	yyjson_mut_val *result = yyjson_mut_arr_add_obj(d, results);

	yyjson_mut_obj_add_str(d, result, "machine", name);
	yyjson_mut_val *location = yyjson_mut_obj_add_obj(d, result, "location");
	yyjson_mut_obj_add_str(d, location, "city", city);
	yyjson_mut_obj_add_str(d, location, "country", country);
	return yyjson_mut_obj_add_obj(d, result, "urls");
}

static void add_ourselves(yyjson_mut_doc *d, yyjson_mut_val *results, const struct pop *p, const char *host)
{
	const struct pop_speedtest *section = p->services->speedtest;
	yyjson_mut_val *urls = add_result(d, results, p->site->name, p->site->city, p->site->country);
	char *secure = mem_printf("%s:%u", host, section->https_port);
	char *plain = mem_printf("%s:%u", host, section->http_port);

	add_urls(d, urls, "wss", secure);
	add_urls(d, urls, "ws", plain);
	free(secure);
	free(plain);
}

/* An address without a scheme is good for both. */
static void add_neighbour(yyjson_mut_doc *d, yyjson_mut_val *results, const struct pop_neighbour *n)
{
	yyjson_mut_val *urls = add_result(d, results, n->name, n->city, n->country);
	const char *authority = strstr(n->speedtest, "//") + 2; /* the POP file was checked for it */

	if (strncmp(n->speedtest, "http:", 5) != 0)
		add_urls(d, urls, "wss", authority);
	if (strncmp(n->speedtest, "https:", 6) != 0)
		add_urls(d, urls, "ws", authority);
}

char *ndt7_locate_json(const struct pop *p, const char *host)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);
	yyjson_mut_val *results = yyjson_mut_obj_add_arr(d, root, "results");

	add_ourselves(d, results, p, host);
	for (unsigned i = 0; i < p->n_neighbours; i++)
		add_neighbour(d, results, &p->neighbours[i]);
	char *text = pop_json_text(d, root);
	yyjson_mut_doc_free(d);
	return text;
}
