/* The POP file's notices to members: section, defaults, and what a schema cannot say of them. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_NOTICES_H
#define FONTAINE_BASE_POP_NOTICES_H

#include "base/pop_doc.h"

/** A BIRD of this machine, whose sessions are watched. */
struct pop_notices_bird {
	char *name;   /* for people: "rs1" */
	char *socket; /* path of its control socket */
};

/** What says which ports have a link: a file, or a web address. */
struct pop_notices_link {
	char *name; /* for people: "switch1" */
	char *url;  /* NULL: file */
	char *file; /* NULL: url */
};

/** How a member is told. */
enum pop_notices_by {
	POP_NOTICES_MAIL, /* the default */
	POP_NOTICES_WEBHOOK,
	POP_NOTICES_NOTHING,
};

/** What a member wishes otherwise than by default. */
struct pop_notices_member {
	uint32_t asn;
	enum pop_notices_by by;
	char **mail; /* instead of its contacts */
	unsigned n_mail;
	char *webhook;
	char *language; /* NULL: the POP's first one */
	char **ports;   /* "switch1 Ethernet4": those that do not say whose they are */
	unsigned n_ports;
};

/** Members are told when their sessions and ports go down and come back. */
struct pop_notices {
	char *mail_server; /* smtp or smtps URL; NULL: nobody is told by mail */
	char *mail_from;   /* NULL: the contact of site.operated_by */
	char **operators;  /* mail addresses; none: that contact */
	unsigned n_operators;
	char *webhook; /* of the operators; optional */
	struct pop_notices_bird *birds;
	unsigned n_birds; /* 0: the POP's own, if it has one */
	struct pop_notices_link *links;
	unsigned n_links;
	unsigned interval_seconds; /* between two looks; default 5 */
	unsigned down_seconds;     /* that it is down before that is told; default 60 */
	unsigned up_seconds;       /* default 120 */
	unsigned calm_seconds;     /* without a change, after which what flapped does no more; default 600 */
	unsigned restart_seconds;  /* that all has to come back after a restart; default 900 */
	unsigned stale_seconds;    /* after which what a source said last is not known any more; default 120 */
	unsigned give_up_hours;    /* default 24 */
	bool hide;                 /* do not show everybody how networks are */
	struct pop_notices_member *members;
	unsigned n_members;
};

enum { POP_NOTICES_SOURCES_MAX = 64 }; /* birds and links together */

/** Whether everybody may see, on the page of networks, how their sessions and ports are. */
bool pop_notices_are_shown(const struct pop *p);

/** Put the defaults in; @p has a section notices. */
void pop_notices_fill(struct pop *p);

/** Return: 0, or -EINVAL, refused by pop_doc_refuse(). */
int pop_notices_check(struct pop_doc *d, const struct pop *p);

#endif
