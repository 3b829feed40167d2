/* Whoever is to know is told once that a project is held or stale, and once that it is well again. */
/* SPDX-License-Identifier: MIT */
#include "mirror/engine_state.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void engine_alert_open(struct engine *e)
{
	const char *url = e->config.mirror->webhook;

	if (url != NULL && webhook_new(e->loop, url, WEBHOOK_WAIT_MS, &e->webhook) < 0)
		log_error("services.mirror.webhook: there is no thread for it: nobody is told");
}

void engine_alert_close(struct engine *e)
{
	if (e->webhook != NULL)
		webhook_close(e->webhook, NULL, NULL);
	e->webhook = NULL;
}

static int write_told(sqlite3 *db, void *data)
{
	const struct project *p = data;

	return alert_db_set(db, p->pop->name, p->record.told);
}

static void on_written(void *data, int rc)
{
	struct project *p = data;

	if (rc < 0)
		log_warn("mirror: %s: what was told of it is not kept: %s", p->pop->name, strerror(-rc));
	p->is_telling = false;
	engine_settle(p->engine);
}

static void tell(struct project *p, enum alert a, const struct project_status *status)
{
	struct engine *e = p->engine;

	p->record.told = a;
	p->is_telling = engine_store(e, write_told, on_written, p) == 0;
	log_warn("mirror: %s: %s: %s", p->pop->name, alert_names[a], status->words);
	if (e->webhook != NULL)
		webhook_tell(e->webhook, alert_text(a, status, e->config.site, engine_now().wall_s));
}

void engine_alert(struct engine *e)
{
	for (size_t i = 0; i < e->n; i++) {
		struct project *p = &e->projects[i];
		struct project_status status = engine_status_of(p);
		enum alert next = alert_next(p->record.told, &status);
		if (next != p->record.told && !p->is_telling)
			tell(p, next, &status);
	}
}
