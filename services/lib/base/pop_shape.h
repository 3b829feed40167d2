/*
 * Check the POP file's keys and types against its schema, strictly and in plain
 * words: libcyaml alone takes "set_clock: flase" for true, and does not say where
 * an unknown key stands. Part of base/pop.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_SHAPE_H
#define FONTAINE_BASE_POP_SHAPE_H

#include "base/pop_doc.h"

#include <cyaml/cyaml.h>

/** Return: 0, or -EINVAL, refused by pop_doc_refuse(), for the first mistake in the file. */
int pop_shape_check(struct pop_doc *d, const cyaml_schema_value_t *schema);

#endif
