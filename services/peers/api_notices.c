/* What peerd says of notices to operators, and of networks to everybody. */
/* SPDX-License-Identifier: MIT */
#include "peers/api.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "base/pop_notices.h"
#include "base/utc.h"
#include "net/http_weak.h"
#include "peers/outbox_db.h"
#include "peers/quiet_db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	LIST_MAX = 200,
	WORD_MAX_BYTES = 16,
};

/** A request that waits for the store, and outlives its client. */
struct call {
	struct http_request *request; /* NULL: its client has gone */
	struct notices *notices;
	enum outbox_state state; /* of those that are listed */
	uint32_t asn;            /* who is told of a test */
	int n;                   /* how many are */
	struct quiet_wish quiet;
	int64_t id;        /* of the maintenance that ends */
	const char *wrong; /* with what was asked for; NULL: nothing */
	char *text;
};

static void reply_json(struct http_request *r, int status, const char *text)
{
	http_reply(r, &(struct http_reply){.status = status,
	                                   .type = "application/json",
	                                   .headers = "Cache-Control: no-store\r\n",
	                                   .body = text,
	                                   .body_bytes = strlen(text)});
}

static void refuse(struct http_request *r, const char *why)
{
	char *text = mem_printf("{\"error\":\"%s\"}", why);

	reply_json(r, 400, text);
	free(text);
}

static void start_call(const struct call *values, store_work work, store_done on_done)
{
	struct call *c = mem_new(sizeof(*c));

	*c = *values;
	http_weak_set(&c->request, values->request);
	if (store_run(notices_store(c->notices), work, on_done, c) == 0)
		return;
	http_reply_status(http_weak_take(&c->request), 503);
	free(c);
}

static void end_call(struct call *c, int rc)
{
	struct http_request *r = http_weak_take(&c->request);

	if (r != NULL && rc == 0)
		reply_json(r, 200, c->text);
	else if (r != NULL && c->wrong != NULL)
		refuse(r, c->wrong);
	else if (r != NULL)
		http_reply_status(r, 500);
	free(c->text);
	free(c);
}

static int list_work(sqlite3 *db, void *data)
{
	struct call *c = data;

	return outbox_db_list(db, c->state, LIST_MAX, &c->text);
}

static void on_listed(void *data, int rc)
{
	end_call(data, rc);
}

static void on_list(struct http_request *r, void *data)
{
	const struct api *api = data;
	char word[WORD_MAX_BYTES] = "";
	unsigned state = 0;

	int rc = http_request_query(r, "state", word, sizeof(word));
	while (state < OUTBOX_STATES && (rc == -ENOENT || strcmp(outbox_words[state], word) != 0))
		state++;
	if (state == OUTBOX_STATES && rc != -ENOENT)
		refuse(r, "state: give waiting, sending, sent or failed");
	else
		start_call(&(struct call){.request = r, .notices = api->notices, .state = (enum outbox_state)state},
		           list_work, on_listed);
}

static int test_work(sqlite3 *db, void *data)
{
	struct call *c = data;

	c->n = telling_test(db, notices_telling(c->notices), c->asn, (int64_t)time(NULL));
	return c->n < 0 ? c->n : 0;
}

static void on_tested(void *data, int rc)
{
	struct call *c = data;

	c->text = mem_printf("{\"queued\":%d}", c->n);
	notices_look(c->notices);
	end_call(c, rc);
}

/** The number called @key, 0 without it. Return: whether it is one, of at most @max. */
static bool read_number(struct http_request *r, const char *key, unsigned long max, unsigned long *ret)
{
	char word[WORD_MAX_BYTES] = "0", *end = word;

	int rc = http_request_query(r, key, word, sizeof(word));
	*ret = strtoul(word, &end, 10);
	return rc != -EINVAL && word[0] >= '0' && word[0] <= '9' && *end == '\0' && *ret <= max;
}

static void on_test(struct http_request *r, void *data)
{
	const struct api *api = data;
	unsigned long asn;

	if (!read_number(r, "asn", UINT32_MAX, &asn))
		refuse(r, "asn: give a number, or leave it out for the operators");
	else
		start_call(&(struct call){.request = r, .notices = api->notices, .asn = (uint32_t)asn}, test_work,
		           on_tested);
}

static int list_quiet_work(sqlite3 *db, void *data)
{
	struct call *c = data;

	return quiet_db_list(db, (int64_t)time(NULL), &c->text);
}

static int add_quiet_work(sqlite3 *db, void *data)
{
	struct call *c = data;
	int rc = quiet_db_add(db, &c->quiet, (int64_t)time(NULL), &c->wrong);

	return rc < 0 ? rc : list_quiet_work(db, c);
}

static int end_quiet_work(sqlite3 *db, void *data)
{
	struct call *c = data;
	int rc = quiet_db_end(db, c->id, (int64_t)time(NULL));

	if (rc == -ENOENT)
		c->wrong = "id: no such maintenance is to come or under way";
	return rc < 0 ? rc : list_quiet_work(db, c);
}

static void on_quiet(struct http_request *r, void *data)
{
	const struct api *api = data;
	struct call c = {.request = r, .notices = api->notices};
	unsigned long asn;

	if (r->method != HTTP_METHOD_POST) {
		start_call(&c, list_quiet_work, on_listed);
		return;
	}
	int rc = http_request_query(r, "reason", c.quiet.reason, sizeof(c.quiet.reason));
	if (!read_number(r, "asn", UINT32_MAX, &asn))
		refuse(r, "asn: give a number, or leave it out for all networks");
	else if (rc == -EINVAL)
		refuse(r, "reason: give 199 bytes at most");
	else if (http_request_query(r, "from", c.quiet.from, sizeof(c.quiet.from)) < 0 ||
	         http_request_query(r, "until", c.quiet.until, sizeof(c.quiet.until)) < 0)
		refuse(r, "from, until: give both");
	else {
		c.quiet.asn = (uint32_t)asn;
		start_call(&c, add_quiet_work, on_listed);
	}
}

static void on_quiet_end(struct http_request *r, void *data)
{
	const struct api *api = data;
	unsigned long id;

	if (!read_number(r, "id", INT32_MAX, &id))
		refuse(r, "id: give the number of one");
	else
		start_call(&(struct call){.request = r, .notices = api->notices, .id = (int64_t)id}, end_quiet_work,
		           on_listed);
}

/** "up", "down", "flapping", "unknown" */
static const char *state_of(const struct subjects *all, const struct subject *s, unsigned stale_s)
{
	const struct subjects_source *source = subjects_source(all, s->source);

	if (s->missing_s != 0 || !subjects_source_is_fresh(source, (int64_t)time(NULL), stale_s))
		return "unknown";
	if (s->w.told == WATCHED_FLAPPING)
		return watched_words[WATCHED_FLAPPING];
	return watched_words[s->w.is_up ? WATCHED_UP : WATCHED_DOWN];
}

/** Nothing but what is on the peering LAN anyway: addresses and states; of ports, no names. */
static void add_subject(yyjson_mut_doc *d, yyjson_mut_val *list, const struct subject *s, const char *state)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);
	char since[UTC_TEXT_MAX];

	yyjson_mut_obj_add_uint(d, o, "asn", s->seen.asn);
	yyjson_mut_obj_add_str(d, o, "kind", s->is_session ? "session" : "port");
	json_add_text(d, o, "source", s->source);
	json_add_text(d, o, "address", s->is_session ? s->seen.address : NULL);
	yyjson_mut_obj_add_str(d, o, "state", state);
	json_add_text(d, o, "since", utc_text(s->w.since_s, since));
}

static void on_states(struct http_request *r, void *data)
{
	const struct api *api = data;
	const struct subjects *all = notices_subjects(api->notices);
	const struct pop_notices *p = notices_pop(api->notices)->notices;

	if (p->hide || all == NULL) {
		http_reply_status(r, p->hide ? 404 : 503);
		return;
	}
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d), *list = yyjson_mut_obj_add_arr(d, root, "states");
	for (size_t i = 0; i < all->n; i++)
		if (all->all[i].seen.asn != 0)
			add_subject(d, list, &all->all[i], state_of(all, &all->all[i], p->stale_seconds));
	char *text = json_take(d, root);
	reply_json(r, 200, text);
	free(text);
}

const struct http_route api_network_routes[] = {
	{.path = "/api/v1/networks/states", .methods = HTTP_METHOD_GET, .on_request = on_states},
	{0},
};

const struct http_route api_notices_routes[] = {
	{.path = "/api/v1/notices", .methods = HTTP_METHOD_GET, .on_request = on_list, .on_done = http_weak_gone},
	{.path = "/api/v1/notices/test", .methods = HTTP_METHOD_POST, .on_request = on_test, .on_done = http_weak_gone},
	{.path = "/api/v1/notices/quiet",
         .methods = HTTP_METHOD_GET | HTTP_METHOD_POST,
         .on_request = on_quiet,
         .on_done = http_weak_gone},
	{.path = "/api/v1/notices/quiet/end",
         .methods = HTTP_METHOD_POST,
         .on_request = on_quiet_end,
         .on_done = http_weak_gone},
	{0},
};
