/* SPDX-License-Identifier: MIT */
#include "rdns/filling.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct filling {
	struct filling_request request;
	size_t n_right; /* the catalog, then zones */
	uint64_t began_ms;
	uv_timer_t turn;
	bool is_right, is_cancelled;
};

static void on_closed(uv_handle_t *handle)
{
	struct filling *f = handle->data;
	filling_fn on_end = f->is_cancelled ? NULL : f->request.on_end;
	bool is_right = f->is_right;
	void *data = f->request.data;

	ldns_rr_list_deep_free(f->request.zones);
	free(f);
	if (on_end != NULL)
		on_end(is_right, data);
}

static void finish(struct filling *f, bool is_right)
{
	f->is_right = is_right;
	if (!uv_is_closing((uv_handle_t *)&f->turn))
		uv_close((uv_handle_t *)&f->turn, on_closed);
}

void filling_cancel(struct filling *f)
{
	f->is_cancelled = true;
	finish(f, false);
}

static void on_turn(uv_timer_t *timer);

static void on_reconciled(bool is_right, void *data)
{
	struct filling *f = data;

	f->n_right += is_right ? 1 : 0;
	bool has_time = uv_now(f->request.loop) - f->began_ms < FILLING_LIMIT_MS;
	if (f->n_right > ldns_rr_list_rr_count(f->request.zones)) {
		finish(f, true);
	} else if (is_right || (has_time && f->n_right > 0)) {
		(void)uv_timer_start(&f->turn, on_turn, is_right ? 0 : FILLING_WAIT_MS, 0);
	} else {
		log_error("rdns: zones with names for all addresses are not right in Knot");
		finish(f, false);
	}
}

/** The next one. */
static void on_turn(uv_timer_t *timer)
{
	struct filling *f = timer->data;
	int rc;

	if (f->n_right == 0) {
		rc = publisher_reconcile(f->request.publisher, f->request.catalog, on_reconciled, f);
	} else {
		char *zone = ldns_rdf2str(ldns_rr_owner(ldns_rr_list_rr(f->request.zones, f->n_right - 1)));
		zone[strlen(zone) - 1] = '\0'; /* its dot */
		rc = publisher_reconcile(f->request.publisher, zone, on_reconciled, f);
		free(zone);
	}
	if (rc < 0)
		finish(f, false);
}

struct filling *filling_start(const struct filling_request *request)
{
	struct filling *f = mem_new(sizeof(*f));

	f->request = *request;
	f->began_ms = uv_now(request->loop);
	(void)uv_timer_init(request->loop, &f->turn);
	f->turn.data = f;
	(void)uv_timer_start(&f->turn, on_turn, 0, 0);
	return f;
}
