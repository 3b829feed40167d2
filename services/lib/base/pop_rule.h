/* What a text in the POP file must be: addresses, names, paths. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_RULE_H
#define FONTAINE_BASE_POP_RULE_H

#include "base/pop_doc.h"

struct pop_rule {
	bool (*holds)(const char *text);
	const char *wanted; /* "is not ..." */
	const char *remedy;
};

extern const struct pop_rule pop_rule_label;
extern const struct pop_rule pop_rule_domain;
extern const struct pop_rule pop_rule_mail;
extern const struct pop_rule pop_rule_url;
extern const struct pop_rule pop_rule_speedtest;
extern const struct pop_rule pop_rule_country;
extern const struct pop_rule pop_rule_language;
extern const struct pop_rule pop_rule_ipv4;
extern const struct pop_rule pop_rule_ipv6;
extern const struct pop_rule pop_rule_address;
extern const struct pop_rule pop_rule_host;
extern const struct pop_rule pop_rule_path;
extern const struct pop_rule pop_rule_ssh_key;

/**
 * Hold @text, NULL when the file does not give it, against @r; @path names it.
 * Return: 0, or -EINVAL, refused by pop_doc_refuse().
 */
int pop_rule_check(struct pop_doc *d, const struct pop_rule *r, const char *text, const char *path, ...)
    __attribute__((format(printf, 4, 5)));

/** The same for a prefix with its length, such as 192.0.2.0/24, and no bits beyond it. */
int pop_rule_check_prefix(struct pop_doc *d, const char *text, const char *path);

#endif
