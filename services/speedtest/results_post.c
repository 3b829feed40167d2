/* Results that are posted: by our page as JSON, by LibreSpeed's clients as a form. */
/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "net/reply.h"
#include "speedtest/form.h"
#include "speedtest/results_job.h"
#include "speedtest/speedtest.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NUMBER_MAX_BYTES = 32 };

static enum result_family family_of(const struct addr *client)
{
	return addr_family(client) == AF_INET ? RESULT_IPV4 : RESULT_IPV6;
}

/* Keep of a visitor's address its network, and who announces it. */
static struct result_origin origin_of(struct results *s, const struct addr *client)
{
	struct prefix network = prefix_kept(client);
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
	struct results *s = j->results;
	struct result_record *r = &j->record;

	r->result.clients[family_of(client)] = *client; /* as we see it */
	for (size_t i = 0; i < RESULT_FAMILIES; i++)
		if (addr_family(&r->result.clients[i]) != 0)
			r->origins[i] = origin_of(s, &r->result.clients[i]);
	memset(r->result.clients, 0, sizeof(r->result.clients));
	r->time = time(NULL);
	archive_key_make(r->id);
	archive_key_make(j->key);
	archive_key_hash(j->key, r->key_hash);
}

static int store(sqlite3 *db, struct results_job *j)
{
	return results_db_add(db, &j->record);
}

/* Return: a job for @r, or NULL when it is refused and replied to. */
static struct results_job *begin(struct http_request *r, void *data)
{
	struct results_job *j = results_job_new(r, data);

	if (archive_may_post(&j->job))
		return j;
	results_job_free(j);
	return NULL;
}

static void refuse(struct results_job *j, const char *error)
{
	archive_refuse(&j->job, error);
	results_job_free(j);
}

static void run(struct results_job *j, const char *client, void (*on_done)(struct results_job *j, int rc))
{
	j->record.client = client;
	complete(j, &j->job.request->client);
	j->work = store;
	j->on_done = on_done;
	results_job_run(j);
}

static void on_stored(struct results_job *j, int rc)
{
	const char *id = j->record.id;

	if (archive_is_stored(&j->job, rc)) {
		char *body = mem_printf("{\"id\":\"%s\",\"url\":\"/results/%s\","
		                        "\"delete_url\":\"/results/%s/delete?key=%s\"}\n",
		                        id, id, id, j->key);
		http_reply(j->job.request, &(struct http_reply){.status = 201,
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

	if (archive_is_stored(&j->job, rc)) {
		(void)snprintf(text, sizeof(text), "id %s", j->record.id);
		archive_reply_text(j->job.request, 200, text);
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
