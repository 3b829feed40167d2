/* The POP file as a YAML document that knows where everything stands. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_doc.h"

#include "base/mem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int refuse(struct pop_error *reterr, unsigned line, unsigned column, const char *remedy,
                  const char *what)
{
	reterr->line = line + 1; /* libyaml counts from 0 */
	reterr->column = column + 1;
	(void)snprintf(reterr->what, sizeof(reterr->what), "%s", what);
	(void)snprintf(reterr->remedy, sizeof(reterr->remedy), "%s", remedy);
	return -EINVAL;
}

/** Whether line @n (from 0) of @text is indented with a tab. */
static bool has_tab_indent(const char *text, size_t n)
{
	for (; n > 0 && text != NULL; n--) {
		text = strchr(text, '\n');
		if (text != NULL)
			text++;
	}
	return text != NULL && text[strspn(text, " ")] == '\t';
}

/** The byte at @offset is not UTF-8: find its line and column. */
static int refuse_byte(const char *text, size_t offset, struct pop_error *reterr)
{
	unsigned line = 0;
	size_t start = 0;

	for (size_t i = 0; i < offset; i++)
		if (text[i] == '\n') {
			line++;
			start = i + 1;
		}
	return refuse(reterr, line, (unsigned)(offset - start),
	              "save the file as UTF-8, without control characters",
	              "this byte is not text in UTF-8");
}

/** Say what stopped libyaml. */
static int refuse_syntax(const yaml_parser_t *parser, const char *text, struct pop_error *reterr)
{
	unsigned line = (unsigned)parser->problem_mark.line;
	unsigned column = (unsigned)parser->problem_mark.column;
	char what[160];

	if (parser->error == YAML_READER_ERROR)
		return refuse_byte(text, parser->problem_offset, reterr);
	if (has_tab_indent(text, line))
		return refuse(reterr, line, column, "indent with spaces, two per level",
		              "a tab is not allowed as indentation");
	(void)snprintf(what, sizeof(what), "not valid YAML: %s", parser->problem);
	return refuse(reterr, line, column,
	              "look at the indentation, the colons and the quotes of this line and of the "
	              "one above it",
	              what);
}

/** Make sure that nothing follows the document. */
static int check_end(yaml_parser_t *parser, const char *text, struct pop_error *reterr)
{
	yaml_document_t next;

	if (!yaml_parser_load(parser, &next))
		return refuse_syntax(parser, text, reterr);
	const yaml_node_t *root = yaml_document_get_root_node(&next);
	int rc = 0;
	if (root != NULL)
		rc = refuse(reterr, (unsigned)root->start_mark.line,
		            (unsigned)root->start_mark.column,
		            "one file describes one POP: remove the line \"---\" and what follows",
		            "a second document starts here");
	yaml_document_delete(&next);
	return rc;
}

int pop_doc_open(const char *text, size_t len, struct pop_doc *ret, struct pop_error *reterr)
{
	yaml_parser_t parser;
	struct pop_doc d = {.error = reterr};
	int rc;

	if (!yaml_parser_initialize(&parser))
		mem_exhausted();
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);

	if (!yaml_parser_load(&parser, &d.yaml)) {
		rc = refuse_syntax(&parser, text, reterr);
		goto out;
	}
	if (pop_doc_root(&d) == NULL)
		rc = refuse(reterr, 0, 0, "start from a copy of an existing POP file",
		            "the file is empty");
	else
		rc = check_end(&parser, text, reterr);
	if (rc == 0)
		*ret = d;
	else
		pop_doc_close(&d);
out:
	yaml_parser_delete(&parser);
	return rc;
}

void pop_doc_close(struct pop_doc *d)
{
	yaml_document_delete(&d->yaml);
}

yaml_node_t *pop_doc_root(struct pop_doc *d)
{
	return yaml_document_get_root_node(&d->yaml);
}

yaml_node_t *pop_doc_node(struct pop_doc *d, int id)
{
	return yaml_document_get_node(&d->yaml, id);
}

const char *pop_doc_text(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : "";
}

/** Entry @i of the list @node, or NULL. */
static yaml_node_t *entry(struct pop_doc *d, const yaml_node_t *node, unsigned long i)
{
	if (node->type != YAML_SEQUENCE_NODE)
		return NULL;
	const yaml_node_item_t *items = node->data.sequence.items.start;
	return i < (size_t)(node->data.sequence.items.top - items) ? pop_doc_node(d, items[i])
	                                                           : NULL;
}

/** The value of the key of @len bytes in @node, or NULL; *ret_key is the key. */
static yaml_node_t *value(struct pop_doc *d, const yaml_node_t *node, const char *key, size_t len,
                          yaml_node_t **ret_key)
{
	if (node->type != YAML_MAPPING_NODE)
		return NULL;
	const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	for (; pair < node->data.mapping.pairs.top; pair++) {
		yaml_node_t *k = pop_doc_node(d, pair->key);
		const char *text = pop_doc_text(k);
		if (strncmp(text, key, len) != 0 || text[len] != '\0')
			continue;
		*ret_key = k;
		return pop_doc_node(d, pair->value);
	}
	return NULL;
}

/** Follow @path as far as it goes. Return: whether to its end; *ret_place is what to point at. */
static bool follow(struct pop_doc *d, const char *path, yaml_node_t **ret_place)
{
	yaml_node_t *node = pop_doc_root(d);

	*ret_place = node;
	while (*path != '\0') {
		size_t len = 1 + strcspn(path + 1, ".[");
		yaml_node_t *key = NULL;
		if (*path == '[')
			node = entry(d, node, strtoul(path + 1, NULL, 10));
		else
			node = value(d, node, path, len, &key);
		if (node == NULL)
			return false;
		*ret_place = node->type != YAML_SCALAR_NODE && key != NULL ? key : node;
		path += len;
		path += *path == '.';
	}
	return true;
}

bool pop_doc_has(struct pop_doc *d, const char *path)
{
	yaml_node_t *place;

	return follow(d, path, &place);
}

int pop_doc_refuse_node(struct pop_doc *d, const yaml_node_t *place, const char *remedy,
                        const char *what, ...)
{
	char text[sizeof(d->error->what)];
	va_list args;

	va_start(args, what);
	(void)vsnprintf(text, sizeof(text), what, args);
	va_end(args);
	return refuse(d->error, (unsigned)place->start_mark.line,
	              (unsigned)place->start_mark.column, remedy, text);
}

int pop_doc_refuse(struct pop_doc *d, const char *path, const char *remedy, const char *what, ...)
{
	char text[sizeof(d->error->what)];
	yaml_node_t *place;
	va_list args;

	va_start(args, what);
	(void)vsnprintf(text, sizeof(text), what, args);
	va_end(args);
	(void)follow(d, path, &place);
	return pop_doc_refuse_node(d, place, remedy, "%s%s%s", path, *path == '\0' ? "" : ": ",
	                           text);
}
