/* SPDX-License-Identifier: MIT */
#include "rdns/api_forward.h"

#include "base/json_write.h"
#include "net/ptr.h"
#include "rdns/api_read.h"
#include "rdns/ptrs_db.h"

#include <errno.h>
#include <stdio.h>

static int read_name(sqlite3 *db, struct api_call *c)
{
	struct ptrs_row row;
	int rc = ptrs_db_get(db, &c->wanted.prefix.addr, &row);

	if (rc == 0 && rights_refuse(&c->caller.who, ACTION_READ, row.asn) != REFUSAL_NONE)
		rc = -ENOENT;
	if (rc == 0)
		(void)snprintf(c->wanted.name, sizeof(c->wanted.name), "%s", row.name);
	return rc;
}

static void on_looked_up(void *data, enum ptr_outcome outcome, const char *name)
{
	struct api_call *c = data;
	char text[ADDR_TEXT_MAX];
	(void)name;

	c->root = yyjson_mut_obj(c->doc);
	json_add_text(c->doc, c->root, "address", addr_text(&c->wanted.prefix.addr, text));
	json_add_text(c->doc, c->root, "name", c->wanted.name);
	if (outcome == PTR_CONFIRMED || outcome == PTR_UNCONFIRMED)
		yyjson_mut_obj_add_bool(c->doc, c->root, "confirmed", outcome == PTR_CONFIRMED);
	else
		yyjson_mut_obj_add_null(c->doc, c->root, "confirmed");
	api_call_reply(c, 200);
}

static void on_read(struct api_call *c, int rc)
{
	struct ptr_claim claim = {.address = c->wanted.prefix.addr, .name = c->wanted.name};

	if (rc == -ENOENT)
		api_refuse_absent(c);
	else if (rc < 0)
		api_call_fail(c, rc);
	else if (!pop_resolver(c->d->pop, &claim.resolver))
		on_looked_up(c, PTR_UNCHECKED, NULL);
	else
		ptr_confirm(c->d->loop, &claim, on_looked_up, c);
}

void api_get_forward(struct api_call *c)
{
	api_call_store(c, read_name, on_read);
}
