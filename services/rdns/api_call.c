/* SPDX-License-Identifier: MIT */
#include "rdns/api_call.h"

#include "base/json_write.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/http_weak.h"
#include "net/reply.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is told to one client is for nobody else, nor for later. */
#define HEADERS "Cache-Control: no-store\r\n"

enum {
	HEADERS_MAX = 512,
	RETRY_AFTER_S = 2,
};

struct api_call *api_call_new(struct rdnsd *d, struct http_request *r)
{
	struct api_call *c = mem_new(sizeof(*c));

	c->d = d;
	c->language = reply_language(r, language_of(d->pop->site->languages[0], LANGUAGE_EN));
	c->doc = yyjson_mut_doc_new(NULL);
	if (c->doc == NULL)
		mem_exhausted();
	http_weak_set(&c->request, r);
	d->n_calls++;
	return c;
}

static void call_free(struct api_call *c)
{
	struct rdnsd *d = c->d;

	(void)http_weak_take(&c->request);
	api_request_done(&c->wanted);
	yyjson_mut_doc_free(c->doc);
	free(c->if_match);
	free(c->if_none_match);
	free(c);
	if (--d->n_calls == 0 && d->on_idle != NULL)
		d->on_idle(d);
}

int api_call_parse(struct api_call *c, struct api_problem *reterr)
{
	int rc = api_request_parse(c->request, &c->wanted, reterr);

	if (rc < 0)
		return rc;
	struct etag_conditions *conditions = &c->wanted.conditions;
	conditions->if_match = c->if_match = mem_strdup(conditions->if_match);
	conditions->if_none_match = c->if_none_match = mem_strdup(conditions->if_none_match);
	return 0;
}

static int work(sqlite3 *db, void *data)
{
	struct api_call *c = data;

	return c->work(db, c);
}

static void on_worked(void *data, int rc)
{
	struct api_call *c = data;

	c->on_worked(c, rc);
}

bool api_call_store(struct api_call *c, int (*job)(sqlite3 *db, struct api_call *c),
                    void (*on_done)(struct api_call *c, int rc))
{
	c->work = job;
	c->on_worked = on_done;
	int rc = store_run(c->d->store, work, on_worked, c);
	if (rc < 0)
		on_done(c, rc);
	return rc == 0;
}

/* @body: NULL: none. */
static void reply(struct api_call *c, int status, const char *type, const char *headers, const char *body)
{
	if (c->request != NULL)
		http_reply(c->request, &(struct http_reply){.status = status,
		                                            .type = type,
		                                            .headers = headers,
		                                            .body = body,
		                                            .body_bytes = body == NULL ? 0 : strlen(body)});
	call_free(c);
}

void api_call_reply_with(struct api_call *c, int status, const char *headers)
{
	char all[HEADERS_MAX], tag[ETAG_MAX], *text = NULL;
	bool has_tag = c->version != 0;

	(void)snprintf(all, sizeof(all), HEADERS "%s%s%s%s", headers, has_tag ? "ETag: " : "",
	               has_tag ? etag_text(c->version, tag) : "", has_tag ? "\r\n" : "");
	if (status != 204 && status != 304) {
		text = json_take(c->doc, c->root);
		c->doc = NULL;
	}
	reply(c, status, text == NULL ? NULL : "application/json", all, text);
	free(text);
}

void api_call_reply(struct api_call *c, int status)
{
	api_call_reply_with(c, status, "");
}

/* Header lines that go with a problem (RFC 9110, 10.2.1, 10.2.3, 11.6.1). */
static void add_headers(const struct api_problem *p, char out[HEADERS_MAX])
{
	size_t len = (size_t)snprintf(out, HEADERS_MAX, "%s", HEADERS);
	const char *separator = "Allow: ";

	if (api_problem_kinds[p->id].status == 401)
		(void)snprintf(out + len, HEADERS_MAX - len, "WWW-Authenticate: Bearer\r\n");
	if (p->id == API_BUSY || p->id == API_LIMITED || p->id == API_IN_PROGRESS)
		(void)snprintf(out + len, HEADERS_MAX - len, "Retry-After: %u\r\n",
		               p->wait_s > 0 ? p->wait_s : RETRY_AFTER_S);
	for (unsigned i = 0; p->id == API_METHOD && i < HTTP_METHODS; i++) {
		if ((p->methods & 1u << i) == 0)
			continue;
		len += (size_t)snprintf(out + len, HEADERS_MAX - len, "%s%s", separator, http_method_names[i]);
		separator = ", ";
	}
	if (p->id == API_METHOD)
		(void)snprintf(out + len, HEADERS_MAX - len, "\r\n");
}

void api_call_reply_problem(struct api_call *c, const struct api_problem *p)
{
	char headers[HEADERS_MAX];
	const char *path = c->request == NULL ? "" : c->request->path;

	add_headers(p, headers);
	yyjson_mut_val *root = api_problem_json(p, path, c->language, c->doc);
	if (p->id == API_CHECK && c->root != NULL)
		yyjson_mut_obj_add_val(c->doc, root, "checks", c->root);
	char *text = json_take(c->doc, root);
	c->doc = NULL;
	reply(c, api_problem_kinds[p->id].status, API_PROBLEM_TYPE, headers, text);
	free(text);
}

void api_call_problem(struct api_call *c, enum api_problem_id id, const char *detail)
{
	struct api_problem p = {.id = id};

	(void)snprintf(p.detail, sizeof(p.detail), "%s", detail);
	api_call_reply_problem(c, &p);
}

void api_call_refuse(struct api_call *c, enum refusal r)
{
	api_call_reply_problem(c, &(struct api_problem){.id = api_problem_of_refusal(r), .reason = r});
}

void api_call_fail(struct api_call *c, int rc)
{
	enum api_problem_id id = api_problem_of(rc);

	if (id == API_FAILED || id == API_FULL)
		log_error("api: %s", strerror(-rc));
	api_call_problem(c, id, "");
}
