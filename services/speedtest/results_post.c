/* Results that are posted: by our page as JSON, by LibreSpeed's clients as a form. */
/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "base/mem.h"
#include "net/reply.h"
#include "speedtest/form.h"
#include "speedtest/results_job.h"
#include "speedtest/speedtest.h"

#include <errno.h>
#include <math.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	NETWORK_IPV4_BITS = 24,
	NETWORK_IPV6_BITS = 48,
	POST_EVERY_S = 3, /* for one client, when it has used up what it may post at once */
	NUMBER_MAX_BYTES = 32,
};

/* 128 random bits. */
static void write_random(char ret[RESULT_ID_DIGITS + 1])
{
	unsigned char bytes[RESULT_ID_DIGITS / 2];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		abort(); /* an id that can be guessed is worse */
	for (size_t i = 0; i < sizeof(bytes); i++)
		(void)snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
}

void results_hash_key(const char *key, unsigned char ret[RESULT_KEY_HASH_BYTES])
{
	(void)SHA256((const unsigned char *)key, strlen(key), ret);
}

static enum result_family family_of(const struct addr *client)
{
	return addr_family(client) == AF_INET ? RESULT_IPV4 : RESULT_IPV6;
}

/* Keep of a visitor's address its network, and who announces it. */
static struct result_origin origin_of(struct results *s, const struct addr *client)
{
	static const unsigned bits[RESULT_FAMILIES] = {NETWORK_IPV4_BITS, NETWORK_IPV6_BITS};
	struct prefix network = prefix_of(client, bits[family_of(client)]);
	struct result_origin o = {0};
	struct whose_answer whose;

	(void)prefix_text(&network, o.network);
	if (whose_find(s->whose, client, &whose) == 0 && whose.n_asns == 1) {
		const char *name = whose.asns[0].name;
		o.asn = whose.asns[0].asn;
		(void)snprintf(o.as_name, sizeof(o.as_name), "%s", name != NULL ? name : "");
	}
	return o;
}

/* What we know of a result besides its figures. Whole addresses end here. */
static void complete(struct results_job *j, const struct addr *client)
{
	struct results *s = j->worker->results;
	struct result_record *r = &j->record;

	r->result.clients[family_of(client)] = *client; /* as we see it */
	for (size_t i = 0; i < RESULT_FAMILIES; i++)
		if (addr_family(&r->result.clients[i]) != 0)
			r->origins[i] = origin_of(s, &r->result.clients[i]);
	memset(r->result.clients, 0, sizeof(r->result.clients));
	r->time = time(NULL);
	write_random(r->id);
	write_random(j->key);
	results_hash_key(j->key, r->key_hash);
}

static int store(sqlite3 *db, struct results_job *j)
{
	return results_db_add(db, &j->record);
}

/* Whether @r may post; if not, it is replied to. */
static bool may_post(struct results *s, struct limit *posts, struct http_request *r)
{
	uint32_t wait_ms;

	if (r->method == HTTP_METHOD_OPTIONS) {
		reply_empty(r);
		return false;
	}
	if (s->policy->store == POP_STORE_NEVER) {
		results_count(s, RESULTS_FORBIDDEN, 1);
		results_reply_text(r, 403, "This POP stores no results.\n");
		return false;
	}
	if (limit_take(posts, &r->client, uv_hrtime() / 1000000 / POST_EVERY_S, &wait_ms) < 0) {
		results_count(s, RESULTS_LIMITED, 1);
		http_reply_wait(r, 429, wait_ms * POST_EVERY_S);
		return false;
	}
	return true;
}

/* Return: a job for @r, or NULL when it is refused and replied to. */
static struct results_job *begin(struct http_request *r, void *data)
{
	struct results_job *j = results_job_new(r, data);

	if (may_post(j->worker->results, j->worker->posts, r))
		return j;
	results_job_free(j);
	return NULL;
}

static void refuse(struct results_job *j, const char *error)
{
	char *text = mem_printf("%s\n", error);

	results_count(j->worker->results, RESULTS_INVALID, 1);
	results_reply_text(j->request, 400, text);
	free(text);
	results_job_free(j);
}

static void run(struct results_job *j, const char *client, void (*on_done)(struct results_job *j, int rc))
{
	j->record.client = client;
	complete(j, &j->request->client);
	j->work = store;
	j->on_done = on_done;
	results_job_run(j);
}

/* Count it, and tell who waits of a failure. Return: whether to tell of the success. */
static bool is_stored(struct results_job *j, int rc)
{
	enum results_outcome failure = rc == -ENOSPC ? RESULTS_FULL : RESULTS_FAILED;

	results_count(j->worker->results, rc == 0 ? RESULTS_STORED : failure, 1);
	if (j->request != NULL && rc < 0)
		results_reply_failure(j->request, rc);
	return j->request != NULL && rc == 0;
}

static void on_stored(struct results_job *j, int rc)
{
	const char *id = j->record.id;

	if (is_stored(j, rc)) {
		char *body = mem_printf("{\"id\":\"%s\",\"url\":\"/results/%s\","
		                        "\"delete_url\":\"/results/%s/delete?key=%s\"}\n",
		                        id, id, id, j->key);
		http_reply(j->request, &(struct http_reply){.status = 201,
		                                            .type = "application/json",
		                                            .headers = REPLY_HEADERS,
		                                            .body = body,
		                                            .body_bytes = strlen(body)});
		free(body);
	}
	results_job_free(j);
}

void results_on_post(struct http_request *r, void *data)
{
	char error[JSON_SHAPE_ERROR_MAX];
	struct results_job *j = begin(r, data);

	if (j == NULL)
		return;
	if (result_parse(r->body.data, r->body.len, &j->record.result, error) < 0)
		refuse(j, error);
	else
		run(j, "page", on_stored);
}

/* What LibreSpeed's clients expect, to the byte. */
static void on_telemetry_stored(struct results_job *j, int rc)
{
	char text[RESULT_ID_DIGITS + 8];

	if (is_stored(j, rc)) {
		(void)snprintf(text, sizeof(text), "id %s", j->record.id);
		results_reply_text(j->request, 200, text);
	}
	results_job_free(j);
}

/* The figure in the field @name of a form, times @scale; NAN when the client did not measure it. */
static int read_number(struct http_request *r, const char *name, double scale, double max, double *ret)
{
	char text[NUMBER_MAX_BYTES];
	int rc = form_field(http_request_header(r, "Content-Type"), &r->body, name, text, sizeof(text));

	*ret = NAN;
	if (rc == -ENOENT || (rc == 0 && (*text == '\0' || strcmp(text, "Fail") == 0)))
		return 0;
	if (rc < 0 || text[strspn(text, "0123456789.")] != '\0')
		return -EINVAL;
	*ret = strtod(text, NULL) * scale;
	return *ret <= max ? 0 : -EINVAL;
}

void results_on_telemetry(struct http_request *r, void *data)
{
	struct results_job *j = begin(r, data);
	struct result_figures f = result_no_figures;

	if (j == NULL)
		return;
	if (read_number(r, "dl", 1e6, 1e13, &f.download_bps) < 0)
		refuse(j, "dl: must be a number of Mbit/s");
	else if (read_number(r, "ul", 1e6, 1e13, &f.upload_bps) < 0)
		refuse(j, "ul: must be a number of Mbit/s");
	else if (read_number(r, "ping", 1, 1e6, &f.latency_ms) < 0)
		refuse(j, "ping: must be a number of milliseconds");
	else if (read_number(r, "jitter", 1, 1e6, &f.jitter_ms) < 0)
		refuse(j, "jitter: must be a number of milliseconds");
	else if (!result_figures_any(&f))
		refuse(j, "dl, ul, ping: one of them must be given");
	else {
		result_of_figures(family_of(&r->client), &f, &j->record.result);
		run(j, "librespeed", on_telemetry_stored);
	}
}
