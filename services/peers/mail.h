/* A message of plain text as mail has it: RFC 5322, with what is not ASCII by RFC 2047 and RFC 2045. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_MAIL_H
#define FONTAINE_PEERS_MAIL_H

#include <stdint.h>

/** All borrowed. Addresses are such as name_is_mail() takes; texts are UTF-8, the lines of text ended by LF. */
struct mail {
	const char *from, *to;
	const char *reply_to; /* who answers questions */
	const char *subject, *text;
	const char *id;       /* "token@domain": one that is sent again has the same, so that it is one */
	const char *language; /* "fr" */
	int64_t date_s;
};

/** Return: the message, each line ended by CRLF and none longer than 78 bytes; release with free(). */
char *mail_write(const struct mail *m);

#endif
