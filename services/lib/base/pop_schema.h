/* The shape of the POP file: which keys there are, of which type. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_SCHEMA_H
#define FONTAINE_BASE_POP_SCHEMA_H

#include <cyaml/cyaml.h>

/** A pointer to struct pop. */
extern const cyaml_schema_value_t pop_schema;

#endif
