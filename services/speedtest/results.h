/*
 * Results that visitors share: stored, shown as page, picture and JSON, deleted by
 * who has the key, and gone after the POP file's keep_days. Also LibreSpeed's
 * telemetry. Databases and pictures are for worker threads; no loop waits for them.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_RESULTS_H
#define FONTAINE_SPEEDTEST_RESULTS_H

#include "base/pop.h"
#include "net/http.h"

/** Handlers' data is struct speedtest. */
extern const struct http_route results_routes[];

struct results; /* of all workers; opaque; release with results_free() */

/**
 * For the POP @p (borrowed), in the folder @state (borrowed; NULL: there is none, so
 * nothing is stored). Reads what drawing needs. What is missing is logged and done
 * without: the tests go on. Never NULL.
 */
struct results *results_new(const struct pop *p, const char *state);
void results_free(struct results *s);

/** Folders that are used once the sandbox is closed, NULL-terminated; they live as long as @s. */
const char *const *results_read_paths(const struct results *s);
const char *const *results_write_paths(const struct results *s);

struct results_worker; /* belongs to the results */

/** Begin the part of the worker @index; on its loop's thread, as all that follows. */
struct results_worker *results_open(struct results *s, unsigned index, uv_loop_t *loop);

/** End it: no request may come after that. */
void results_close(struct results_worker *w);

/** Append what was counted. Any thread. */
void results_metrics(struct results *s, struct buf *b);

#endif
