/*
 * Happy path: what the files say is known at once; the resolver is asked for the name,
 * and the reply goes out with its answer.
 * Failures: without a resolver, or with too many look-ups under way, the name is null.
 */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/who.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "ipv6test/ipv6test.h"
#include "net/http_weak.h"
#include "net/ptr.h"
#include "net/reply.h"
#include "net/whose.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_UPS_MAX = 256 }; /* under way, of all workers */

struct who {
	struct whose *whose;
	struct addr resolver;
	bool has_resolver;
	atomic_uint n_look_ups;
	_Atomic uint64_t outcomes[PTR_OUTCOMES];
};

/* A request that waits for the resolver. */
struct visitor {
	struct who *who;
	struct http_request *request; /* NULL: it has gone */
};

struct who *who_new(const struct pop *p, struct whose *whose)
{
	struct who *w = mem_new(sizeof(*w));

	w->whose = whose;
	w->has_resolver = pop_resolver(p, &w->resolver);
	return w;
}

void who_free(struct who *w)
{
	free(w);
}

static void add_origin(yyjson_mut_doc *d, yyjson_mut_val *root, struct whose *whose, const struct addr *client)
{
	yyjson_mut_val *asns = yyjson_mut_obj_add_arr(d, root, "asns");
	struct whose_answer a = {.rpki = RPKI_UNKNOWN};
	char prefix[PREFIX_TEXT_MAX];

	bool known = whose_find(whose, client, &a) == 0;
	for (size_t i = 0; i < a.n_asns; i++) {
		yyjson_mut_val *as = yyjson_mut_arr_add_obj(d, asns);
		yyjson_mut_obj_add_uint(d, as, "asn", a.asns[i].asn);
		json_add_text(d, as, "name", a.asns[i].name);
		yyjson_mut_obj_add_str(d, as, "rpki", rpki_state_names[a.asns[i].rpki]);
	}
	json_add_text(d, root, "prefix", known ? prefix_text(&a.prefix, prefix) : NULL);
	yyjson_mut_obj_add_str(d, root, "rpki", rpki_state_names[a.rpki]);
}

static void reply(const struct who *w, struct http_request *r, enum ptr_outcome outcome, const char *name)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);
	char ip[ADDR_TEXT_MAX];

	json_add_text(d, root, "ip", addr_text(&r->client, ip));
	add_origin(d, root, w->whose, &r->client);
	json_add_text(d, root, "ptr", name);
	if (outcome == PTR_UNCHECKED || outcome == PTR_UNKNOWN)
		yyjson_mut_obj_add_null(d, root, "ptr_confirmed");
	else
		yyjson_mut_obj_add_bool(d, root, "ptr_confirmed", outcome == PTR_CONFIRMED);
	char *body = json_take(d, root);
	reply_json(r, body, strlen(body));
	free(body);
}

static void on_looked_up(void *data, enum ptr_outcome outcome, const char *name)
{
	struct visitor *v = data;
	struct http_request *r = http_weak_take(&v->request);

	atomic_fetch_sub(&v->who->n_look_ups, 1);
	atomic_fetch_add(&v->who->outcomes[outcome], 1);
	if (r != NULL)
		reply(v->who, r, outcome, name);
	free(v);
}

static void on_who(struct http_request *r, void *data)
{
	struct who *w = ((struct ipv6test *)data)->who;

	if (!w->has_resolver) {
		reply(w, r, PTR_UNKNOWN, NULL);
		return;
	}
	if (atomic_fetch_add(&w->n_look_ups, 1) >= LOOK_UPS_MAX) {
		atomic_fetch_sub(&w->n_look_ups, 1);
		atomic_fetch_add(&w->outcomes[PTR_UNKNOWN], 1);
		reply(w, r, PTR_UNKNOWN, NULL);
		return;
	}
	struct visitor *v = mem_new(sizeof(*v));
	v->who = w;
	http_weak_set(&v->request, r);
	ptr_look_up(http_request_loop(r), &w->resolver, &r->client, on_looked_up, v);
}

void who_metrics(const struct who *w, struct buf *b)
{
	static const char *const labels[PTR_OUTCOMES] = {
		[PTR_CONFIRMED] = "outcome=\"confirmed\"",
		[PTR_UNCONFIRMED] = "outcome=\"unconfirmed\"",
		[PTR_UNCHECKED] = "outcome=\"unchecked\"",
		[PTR_NONE] = "outcome=\"none\"",
		[PTR_UNKNOWN] = "outcome=\"unknown\"",
	};

	metrics_family(b, "ipv6testd_ptr_total", METRICS_COUNTER, "Names of addresses looked up, by what was found.");
	for (enum ptr_outcome o = 0; o < PTR_OUTCOMES; o++)
		metrics_u64(b, "ipv6testd_ptr_total", labels[o], w->outcomes[o]);
}

const struct http_route who_routes[] = {
	{.path = "/who.json", .methods = HTTP_METHOD_GET, .on_request = on_who, .on_done = http_weak_gone},
	{.path = NULL},
};
