/*
 * What is known of the POP's health: of every socket, of the services that they belong to, and of the addresses that
 * are announced for them. Answers come in, what has changed comes out. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_HEALTH_MODEL_H
#define FONTAINE_HEALTH_MODEL_H

#include "base/as112.h"
#include "health/announce.h"
#include "health/steady.h"
#include "probe/probe.h"

enum {
	MODEL_ADDRESSES_MAX = 2 * POP_SERVICES + AS112_PREFIXES,
	MODEL_DETAIL_MAX = ADDR_PORT_TEXT_MAX + 128,
};

struct model_socket {
	struct pop_endpoint endpoint;
	unsigned service; /* its place in struct model */
	struct steady steady;
	struct finding finding; /* the last one */
};

/** What people are told of a service. */
enum told {
	TOLD_UNKNOWN,
	TOLD_DOWN,
	TOLD_UP,
};

extern const char *const told_words[]; /* "unknown", "down", "up", NULL */

struct model_service {
	const char *name; /* key in the POP file */
	bool is_on, is_drained;
	enum health health;            /* as the worst of its sockets */
	enum told told;                /* UP while it is HELD too */
	int64_t since_s;               /* of told, Unix seconds; 0: unknown */
	int64_t changed_s;             /* of health */
	char detail[MODEL_DETAIL_MAX]; /* why it is DOWN, with the socket */
	uint64_t n_falls;
};

struct model_address {
	struct addr addr;
	unsigned prefix_len; /* of what is announced around it */
	unsigned services;   /* that it has, as bits */
	struct announce announce;
};

/** Something to be remembered. */
struct model_event {
	int64_t time_s;
	const char *name;   /* of a service, or the text of an address */
	const char *state;  /* of told_words, or of announced_words */
	const char *reason; /* "" without one */
};

extern const char *const announced_words[]; /* "withdrawn", "announced", "leaving" */

typedef void (*model_event_fn)(const struct model_event *e, void *data);

struct model {
	const struct pop *pop; /* borrowed */
	struct model_socket sockets[PROBE_SOCKETS_MAX];
	struct model_service services[POP_SERVICES];
	struct model_address addresses[MODEL_ADDRESSES_MAX]; /* none without a section bgp */
	size_t n_sockets, n_addresses;
	model_event_fn on_event;
	void *data;
};

struct model_time {
	uint64_t ms; /* monotonic */
	int64_t s;   /* Unix */
};

/** @on_event is called from within the functions below; what it gets is borrowed. */
void model_init(struct model *m, const struct pop *pop, model_event_fn on_event, void *data);

/** The service called @name, or NULL when it is none that is on. */
struct model_service *model_service(struct model *m, const char *name);

/** What was told before this process began, since when. */
void model_recall(struct model *m, const char *name, enum told told, int64_t since_s);

/** Take what was found at the socket @i. */
void model_take(struct model *m, size_t i, const struct finding *f, struct model_time now);

/** Decide what is announced now. */
void model_announce(struct model *m, struct model_time now);

/** We were away: nothing is known of any socket. */
void model_forget(struct model *m, struct model_time now);

/** Whether the POP works: each service UP, none drained. */
bool model_is_ready(const struct model *m);

#endif
