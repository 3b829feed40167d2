/* The POP file's keys and types. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_shape.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PATH_MAX_BYTES = 192,
	KEY_MAX_BYTES = 32,
	REMEDY_MAX_BYTES = 256,
};

static int check_value(struct pop_doc *d, const char *path, yaml_node_t *place, yaml_node_t *node,
                       const cyaml_schema_value_t *schema);

static void path_join(char out[PATH_MAX_BYTES], const char *path, const char *key)
{
	(void)snprintf(out, PATH_MAX_BYTES, "%.150s%s%.32s", path, *path == '\0' ? "" : ".", key);
}

/** How many letters to add, drop or change to make @b of @a (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
	size_t row[KEY_MAX_BYTES + 1];
	size_t b_len = strnlen(b, KEY_MAX_BYTES);

	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b_len];
}

/** The key that the writer probably meant, or else all there are. */
static void suggest_key(const cyaml_schema_field_t *fields, const char *key,
                        char out[REMEDY_MAX_BYTES])
{
	const char *nearest = NULL;
	size_t nearest_distance = 3; /* farther is another word */
	size_t n = (size_t)snprintf(out, REMEDY_MAX_BYTES, "the keys here are: ");

	for (const cyaml_schema_field_t *f = fields; f->key != NULL; f++) {
		size_t far = distance(key, f->key);
		if (far < nearest_distance) {
			nearest = f->key;
			nearest_distance = far;
		}
		n += (size_t)snprintf(out + n, REMEDY_MAX_BYTES - n, "%s%s", f == fields ? "" : ", ",
		                      f->key);
	}
	if (nearest != NULL)
		(void)snprintf(out, REMEDY_MAX_BYTES, "did you mean \"%s\"?", nearest);
}

static const cyaml_schema_field_t *find_field(const cyaml_schema_field_t *fields, const char *key)
{
	for (; fields->key != NULL; fields++)
		if (strcmp(fields->key, key) == 0)
			return fields;
	return NULL;
}

/** Refuse the pair's key when a pair before it has the same. */
static int check_seen(struct pop_doc *d, const char *path, const yaml_node_t *map,
                      const yaml_node_pair_t *pair)
{
	const yaml_node_t *key = pop_doc_node(d, pair->key);
	const yaml_node_pair_t *before = map->data.mapping.pairs.start;

	for (; before < pair; before++) {
		const yaml_node_t *other = pop_doc_node(d, before->key);
		if (strcmp(pop_doc_text(other), pop_doc_text(key)) == 0)
			return pop_doc_refuse_node(d, key, "remove one of the two",
			                           "%s: given twice, first in line %zu", path,
			                           other->start_mark.line + 1);
	}
	return 0;
}

static int check_pair(struct pop_doc *d, const char *path, const yaml_node_t *map,
                      const yaml_node_pair_t *pair, const cyaml_schema_field_t *fields)
{
	char below[PATH_MAX_BYTES];
	char remedy[REMEDY_MAX_BYTES];
	yaml_node_t *key = pop_doc_node(d, pair->key);

	path_join(below, path, pop_doc_text(key));
	const cyaml_schema_field_t *field = find_field(fields, pop_doc_text(key));
	if (field == NULL) {
		suggest_key(fields, pop_doc_text(key), remedy);
		return pop_doc_refuse_node(d, key, remedy, "%s: unknown key", below);
	}
	int rc = check_seen(d, below, map, pair);
	if (rc < 0)
		return rc;
	return check_value(d, below, key, pop_doc_node(d, pair->value), &field->value);
}

static int check_mapping(struct pop_doc *d, const char *path, yaml_node_t *place,
                         yaml_node_t *node, const cyaml_schema_value_t *schema)
{
	const cyaml_schema_field_t *fields = schema->mapping.fields;
	const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	char remedy[REMEDY_MAX_BYTES];

	for (; pair < node->data.mapping.pairs.top; pair++) {
		int rc = check_pair(d, path, node, pair, fields);
		if (rc < 0)
			return rc;
	}
	for (const cyaml_schema_field_t *f = fields; f->key != NULL; f++) {
		char below[PATH_MAX_BYTES];
		path_join(below, path, f->key);
		if ((f->value.flags & CYAML_FLAG_OPTIONAL) != 0 || pop_doc_has(d, below))
			continue;
		(void)snprintf(remedy, sizeof(remedy), "add the key \"%s\" here", f->key);
		return pop_doc_refuse_node(d, place, remedy, "%s: missing", below);
	}
	return 0;
}

static int check_sequence(struct pop_doc *d, const char *path, yaml_node_t *place,
                          yaml_node_t *node, const cyaml_schema_value_t *schema)
{
	const yaml_node_item_t *items = node->data.sequence.items.start;
	size_t n = (size_t)(node->data.sequence.items.top - items);

	if (n < schema->sequence.min)
		return pop_doc_refuse_node(d, place, "add an entry, or leave the key out",
		                           "%s: the list is empty", path);
	if (n > schema->sequence.max)
		return pop_doc_refuse_node(d, place, "shorten the list",
		                           "%s: %zu entries, but at most %" PRIu32 " are possible",
		                           path, n, schema->sequence.max);
	for (size_t i = 0; i < n; i++) {
		char below[PATH_MAX_BYTES];
		yaml_node_t *item = pop_doc_node(d, items[i]);
		(void)snprintf(below, sizeof(below), "%.150s[%zu]", path, i);
		int rc = check_value(d, below, item, item, schema->sequence.entry);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int check_number(struct pop_doc *d, const char *path, yaml_node_t *place,
                        yaml_node_t *node, const cyaml_schema_value_t *schema)
{
	const char *text = pop_doc_text(node);
	uint64_t max = UINT64_MAX >> (64 - 8 * schema->data_size);
	char remedy[REMEDY_MAX_BYTES];

	errno = 0;
	uint64_t number = strtoull(text, NULL, 10);
	bool is_decimal = isdigit((unsigned char)text[0]) &&
	                  text[strspn(text, "0123456789")] == '\0' && errno == 0;
	if (is_decimal && number >= 1 && number <= max)
		return 0;
	(void)snprintf(remedy, sizeof(remedy), "give a number from 1 to %" PRIu64, max);
	return pop_doc_refuse_node(d, place, remedy, "%s: \"%s\" is not a number %s", path, text,
	                           is_decimal ? "in the possible range" : "in plain digits");
}

static int check_bool(struct pop_doc *d, const char *path, yaml_node_t *place, yaml_node_t *node,
                      const cyaml_schema_value_t *schema)
{
	(void)schema;
	const char *text = pop_doc_text(node);

	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return 0;
	return pop_doc_refuse_node(d, place, "write true or false",
	                           "%s: \"%s\" is neither true nor false", path, text);
}

static int check_choice(struct pop_doc *d, const char *path, yaml_node_t *place, yaml_node_t *node,
                        const cyaml_schema_value_t *schema)
{
	const cyaml_strval_t *words = schema->enumeration.strings;
	char remedy[REMEDY_MAX_BYTES] = "choose from ";
	size_t n = strlen(remedy);

	for (uint32_t i = 0; i < schema->enumeration.count; i++) {
		if (strcmp(pop_doc_text(node), words[i].str) == 0)
			return 0;
		n += (size_t)snprintf(remedy + n, sizeof(remedy) - n, "%s%s", i == 0 ? "" : ", ", words[i].str);
	}
	return pop_doc_refuse_node(d, place, remedy, "%s: \"%s\" is none of its values", path,
	                           pop_doc_text(node));
}

static int check_text(struct pop_doc *d, const char *path, yaml_node_t *place, yaml_node_t *node,
                      const cyaml_schema_value_t *schema)
{
	const char *text = pop_doc_text(node);
	size_t len = node->data.scalar.length;

	if (len < schema->string.min)
		return pop_doc_refuse_node(d, place, "write a text, or leave an optional key out",
		                           "%s: empty", path);
	if (len > schema->string.max)
		return pop_doc_refuse_node(d, place, "shorten it",
		                           "%s: %zu bytes long, but at most %" PRIu32
		                           " are possible",
		                           path, len, schema->string.max);
	for (size_t i = 0; i < len; i++)
		if (iscntrl((unsigned char)text[i]))
			return pop_doc_refuse_node(d, place, "keep it on one line of plain text",
			                           "%s: has a control character", path);
	return 0;
}

static const struct kind {
	cyaml_type_e type;
	yaml_node_type_t node;
	int (*check)(struct pop_doc *d, const char *path, yaml_node_t *place, yaml_node_t *node,
	             const cyaml_schema_value_t *schema);
	const char *wanted;
	const char *remedy;
} kinds[] = {
	{CYAML_MAPPING, YAML_MAPPING_NODE, check_mapping, "a group of keys",
         "write its keys below it, two spaces further in; {} takes every default"},
	{CYAML_SEQUENCE, YAML_SEQUENCE_NODE, check_sequence, "a list",
         "write every entry on a line of its own, after \"- \""},
	{CYAML_UINT, YAML_SCALAR_NODE, check_number, "a number", "write one number"},
	{CYAML_BOOL, YAML_SCALAR_NODE, check_bool, "true or false", "write true or false"},
	{CYAML_ENUM, YAML_SCALAR_NODE, check_choice, "a word", "write one word"},
	{CYAML_STRING, YAML_SCALAR_NODE, check_text, "a text", "write one text, in quotes if need be"},
};

/** @place is where to point: the key of a group or a list, else the value itself. */
static int check_value(struct pop_doc *d, const char *path, yaml_node_t *place, yaml_node_t *node,
                       const cyaml_schema_value_t *schema)
{
	const struct kind *k = kinds;

	while (k->type != schema->type)
		k++; /* the schema uses no other types */
	if (node->type != k->node)
		return pop_doc_refuse_node(d, place, k->remedy, "%s: %s is expected here",
		                           *path == '\0' ? "the file" : path, k->wanted);
	return k->check(d, path, node->type == YAML_SCALAR_NODE ? node : place, node, schema);
}

int pop_shape_check(struct pop_doc *d, const cyaml_schema_value_t *schema)
{
	yaml_node_t *root = pop_doc_root(d);

	return check_value(d, "", root, root, schema);
}
