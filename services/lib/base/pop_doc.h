/* The POP file as a YAML document that knows where everything stands. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_DOC_H
#define FONTAINE_BASE_POP_DOC_H

#include "base/pop.h"

#include <yaml.h>

struct pop_doc {
	yaml_document_t yaml;
	struct pop_error *error; /* borrowed: where refusals go */
};

/**
 * Parse @len bytes of @text (borrowed for the call): exactly one document.
 * Return: 0 and *ret, released with pop_doc_close(); else -EINVAL and *reterr.
 * Later refusals go to @reterr as well.
 */
int pop_doc_open(const char *text, size_t len, struct pop_doc *ret, struct pop_error *reterr);
void pop_doc_close(struct pop_doc *d);

yaml_node_t *pop_doc_root(struct pop_doc *d);
yaml_node_t *pop_doc_node(struct pop_doc *d, int id);

/** The text of a key, or "" when it is not a plain one. */
const char *pop_doc_text(const yaml_node_t *node);

/** Whether the file itself gives @path ("services.ntp.set_clock", "members[2].asn"). */
bool pop_doc_has(struct pop_doc *d, const char *path);

/**
 * Say what is wrong at @place and what to do about it.
 * Return: -EINVAL, for the caller to return.
 */
int pop_doc_refuse_node(struct pop_doc *d, const yaml_node_t *place, const char *remedy,
                        const char *what, ...) __attribute__((format(printf, 4, 5)));

/**
 * The same for a path, which @what is prefixed with: at its value; for a group or
 * a list at its key; at what encloses it when the file does not give it.
 */
int pop_doc_refuse(struct pop_doc *d, const char *path, const char *remedy, const char *what, ...)
    __attribute__((format(printf, 4, 5)));

#endif
