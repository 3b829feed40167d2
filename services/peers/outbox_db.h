/*
 * What is to be sent, in the order of its making for each destination, and what became of it. It is put in by the
 * transaction that notes what it tells, so a crash loses nothing and sends nothing twice. Blocks: in jobs of the store.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_OUTBOX_DB_H
#define FONTAINE_PEERS_OUTBOX_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	OUTBOX_WAITING_MAX = 10000, /* more are not taken */
	OUTBOX_KEEP_S = 90 * 86400, /* what has ended */
	OUTBOX_TOKEN_MAX = 33,
};

/** One that is to be sent; texts are owned when it was taken: outbox_item_done(). */
struct outbox_item {
	int64_t id;
	char token[OUTBOX_TOKEN_MAX]; /* the same however often it is sent */
	int64_t made_s;
	uint32_t asn; /* 0: the operators' */
	bool is_mail; /* else a webhook's */
	char *destination, *language;
	char *subject, *body; /* of a mail; of a webhook, its body is the JSON */
	unsigned tries;       /* so far */
};

enum outbox_state {
	OUTBOX_WAITING, /* also to be tried again */
	OUTBOX_SENDING,
	OUTBOX_SENT,
	OUTBOX_FAILED, /* for good */
	OUTBOX_STATES,
};

/** "waiting", "sending", "sent", "failed", and a NULL. */
extern const char *const outbox_words[OUTBOX_STATES + 1];

/** Put @i in: its id, token and tries are its own to get. Return: 0, -ENOBUFS: too many wait; or as db_exec(). */
int outbox_db_add(sqlite3 *db, const struct outbox_item *i);

/** Take up to @max that are due at @now_s, one of each destination: they are being sent. Return: as db_exec(). */
int outbox_db_take(sqlite3 *db, int64_t now_s, struct outbox_item *ret, unsigned max, unsigned *ret_n);
void outbox_item_done(struct outbox_item *i);

/** What became of a try: @state and, if that is waiting, when it is due again. Return: as db_exec(). */
int outbox_db_note(sqlite3 *db, int64_t id, enum outbox_state state, int64_t due_s, int64_t now_s, const char *why);

/** After a start: what was being sent waits again, and what ended long ago is forgotten. Return: as db_exec(). */
int outbox_db_begin(sqlite3 *db, int64_t now_s);

/** Count those in each state. Return: as db_exec(). */
int outbox_db_count(sqlite3 *db, uint64_t ret[OUTBOX_STATES]);

/**
 * JSON of the newest @max, of one state if that is not OUTBOX_STATES: {"notices": [...]}.
 * Return: 0 and *ret, released with free(); or as db_exec().
 */
int outbox_db_list(sqlite3 *db, enum outbox_state state, unsigned max, char **ret);

#endif
