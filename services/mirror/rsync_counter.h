/*
 * What rsyncd says of connections, put together: which module and whose, then what it sent. Those that are open at
 * once have so many places; of more, some are not counted. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_RSYNC_COUNTER_H
#define FONTAINE_MIRROR_RSYNC_COUNTER_H

#include "mirror/traffic_table.h"

struct rsync_counter; /* opaque; release with rsync_counter_free() */

/** @table (borrowed) knows the projects. Never NULL. */
struct rsync_counter *rsync_counter_new(const struct traffic_table *table);
void rsync_counter_free(struct rsync_counter *c);

/** Take what was said. Return: whether a connection is over: then *ret but for its network, and whose it was. */
bool rsync_counter_take(struct rsync_counter *c, const struct traffic_rsync *said, struct traffic_hit *ret,
                        struct addr *ret_client);

void rsync_counter_metrics(const struct rsync_counter *c, struct buf *b);

#endif
